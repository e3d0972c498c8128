import type { Json } from '../shared/json.ts';
import type { Expected, ExpectedOfAction } from './expectations.ts';

/** How a person of an exercise answers. `right`: approves what is good and denies what is bad; `wrong`: the opposite. */
export const ANSWERS = ['right', 'wrong', 'approve', 'deny', 'never'] as const;
export type Answers = (typeof ANSWERS)[number];

/** A time of a scenario, in milliseconds after its beginning; `until` is exclusive. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

export const isWithin = (stretches: readonly Stretch[], at: number): boolean =>
  stretches.some(({ from, until }) => from <= at && at < until);

/** How a person of an exercise behaves. All times in milliseconds. */
export interface Part {
  readonly answers: Answers;
  /** How long after a message the person looks at the action. */
  readonly after: number;
  /** When the person reads nothing. What came meanwhile is looked at afterwards. */
  readonly away: readonly Stretch[];
}

/** What an agent of an exercise asks for. */
export interface ScriptedProposal {
  readonly name: string;
  /** In milliseconds after the beginning. */
  readonly at: number;
  readonly agent: string;
  readonly version: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  /** The agent's reason, in its own words. */
  readonly says: string;
  readonly confidence: number;
  /** Whether a person who knows everything would want it. */
  readonly is: 'good' | 'bad';
  /** The watched metrics of the target get worse so long after the effect, until it is taken back. Absent: they stay healthy. */
  readonly breaksAfter?: number | undefined;
  /** What the governed system answers. `lost`: there may have been an effect. */
  readonly answer: 'done' | 'refused' | 'lost';
  readonly rollbackAnswer: 'done' | 'refused' | 'lost';
  /** Somebody else sends it in the agent's name, without its signature. */
  readonly unsigned: boolean;
  readonly expect: ExpectedOfAction;
}

/** Metrics of a service that are not healthy, whatever agents do. */
export interface BadMetrics extends Stretch {
  readonly service: string;
  readonly are: 'regressed' | 'unreadable';
}

export interface Incident extends Stretch {
  readonly service: string;
  readonly title: string;
}

/** One exercise: what agents, people and the world around them do, and how it should end. */
export interface Scenario {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly begins: number;
  /** In milliseconds. */
  readonly lasts: number;
  readonly people: Readonly<Record<string, Part>>;
  /** How everybody else behaves. */
  readonly everybodyElse: Part;
  readonly pagerDown: readonly Stretch[];
  readonly mailDown: readonly Stretch[];
  readonly metrics: readonly BadMetrics[];
  readonly incidents: readonly Incident[];
  /** What a parameter is before any action changes it, by `service.parameter`. */
  readonly settings: Readonly<Record<string, number | string>>;
  readonly proposals: readonly ScriptedProposal[];
  readonly expect: Expected;
}
