import type { Proposal } from '../action/action.ts';
import type { Json } from '../shared/json.ts';

/** How an earlier action of a case ended. */
export const ENDINGS = ['succeeded', 'rolledBack', 'deniedByPerson'] as const;

/** What was done, or denied, before the question of a case. Times in milliseconds. */
export interface Earlier {
  /** How long before the question it was asked for. */
  readonly ago: number;
  readonly agent: string;
  readonly version: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  readonly ended: (typeof ENDINGS)[number];
  /** Who approved or denied it. */
  readonly by: string;
  /** Why it was denied, or had to be taken back. */
  readonly because: string;
}

/** A question for practice, as somebody wrote it: what the world was like, what an agent asks for, and whether a person should let it run. */
export interface WrittenCase {
  /** Names the case for its author. It is not on the page. */
  readonly name: string;
  /** What is right or wrong with it, in a few words: results are counted by it. */
  readonly kind: string;
  readonly is: 'good' | 'bad';
  /** One or two sentences for whoever has decided. */
  readonly because: string;
  /** What the page says that shows it, word for word. */
  readonly facts: readonly string[];
  /** When the agent asks, in milliseconds since the epoch. */
  readonly at: number;
  /** How long afterwards the person reads the page, in milliseconds. */
  readonly readAfter: number;
  /** What parameters are, by `service.parameter`. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** Metrics that are not healthy, and for how many milliseconds. */
  readonly metrics: readonly {
    readonly service: string;
    readonly are: 'regressed' | 'unreadable';
    readonly since: number;
  }[];
  /** Incidents that are open, and for how many milliseconds. */
  readonly incidents: readonly { readonly service: string; readonly title: string; readonly since: number }[];
  readonly before: readonly Earlier[];
  readonly asks: Pick<
    Proposal,
    | 'actionType'
    | 'target'
    | 'environment'
    | 'params'
    | 'agent'
    | 'rationale'
    | 'evidence'
    | 'successCriteria'
    | 'declaredTier'
  >;
  /** What somebody changed after it was asked, before the person reads it. */
  readonly edit?:
    | {
        readonly by: string;
        readonly params: { readonly [name: string]: Json };
        readonly because: string;
      }
    | undefined;
}
