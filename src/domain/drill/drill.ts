import type { DecisionKind } from '../approval/decision-statement.ts';
import type { Delivery } from '../escalation/route.ts';
import type { DrillResult } from '../ledger/drill-result.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import type { EntryBodies } from '../record/on-record.ts';
import { hasShape } from '../shared/shape.ts';

/** What is told of a drill once it is over. */
export interface Reveal {
  /** What is wrong with it, in a few words. */
  readonly kind: string;
  readonly because: string;
  /** What its page said that shows it, word for word. */
  readonly facts: readonly string[];
}

/**
 * The entries about a drill. They are of kinds of their own, so no step that changes anything finds what it needs: to it, a drill was never ruled
 * on, and nobody decided anything.
 */
export interface DrillBodies {
  readonly drillAsked: {
    readonly runId: string;
    /** What a ruling on such an action says. */
    readonly ruled: EntryBodies['ruled'];
    readonly reveal: Reveal;
  };
  readonly drillTold: { readonly runId: string; readonly deliveries: readonly Delivery[] };
  readonly drillEnded: {
    readonly runId: string;
    readonly result: DrillResult;
    /** Absent: nobody said anything about it. */
    readonly said?:
      | {
          readonly person: string;
          readonly verdict: DecisionKind;
          readonly decidedAt: number;
          /** The signed statement itself. */
          readonly jws: string;
        }
      | undefined;
  };
}

/** A drill, as the ledger has it. `at` in milliseconds since the epoch. */
export interface DrillOnRecord {
  readonly eventId: string;
  readonly at: number;
  readonly asked: DrillBodies['drillAsked'];
  readonly told: readonly Delivery[];
  readonly ended?: DrillBodies['drillEnded'] | undefined;
}

/** Returns the drill that the entries about an id are about. Undefined: they are about none. */
export function drillIn(entries: readonly ReadEntry[]): DrillOnRecord | undefined {
  const first = entries.find(({ kind }) => kind === 'drillAsked');
  const asked = first && bodyOf(first, 'drillAsked');
  if (!first || !asked) return undefined;
  const told = entries.flatMap((entry) => bodyOf(entry, 'drillTold')?.deliveries ?? []);
  const [ended] = entries.flatMap((entry) => bodyOf(entry, 'drillEnded') ?? []);
  return { eventId: first.eventId, at: first.at, asked, told, ended };
}

/** What an entry says where it is of this kind and has its shape. */
export const bodyOf = <Kind extends keyof DrillBodies>(
  { kind, body }: ReadEntry,
  wanted: Kind,
): DrillBodies[Kind] | undefined =>
  kind === wanted && hasShape(body, SHAPES[wanted]) ? (body as unknown as DrillBodies[Kind]) : undefined;

const SHAPES = {
  drillAsked: { runId: 'text', ruled: { ruling: {} }, reveal: { because: 'text', facts: 'list' } },
  drillTold: { runId: 'text', deliveries: 'list' },
  drillEnded: { runId: 'text', result: 'text' },
} as const;

/** Whether an entry is of a kind that only drills have. */
export const isAboutDrill = ({ kind }: ReadEntry): boolean => Object.hasOwn(SHAPES, kind);

/** What somebody's statement makes of a drill. Undefined: it goes on. */
export function resultOf(verdict: DecisionKind): Exclude<DrillResult, 'expired'> | undefined {
  switch (verdict) {
    case 'deny':
    case 'revoke':
      return 'caught';
    case 'approve':
    case 'breakGlass':
      return 'missed';
    case 'ask':
    case 'edit':
      return 'lookedCloser';
    default:
      return undefined;
  }
}

/** What everybody reads who opens a drill that is over. Who said what is nobody's business. */
export function revealText({ because, facts }: Reveal): string {
  const shown = facts.map((fact) => JSON.stringify(fact)).join(' and ');
  return `this was a drill: no agent asked for it, and nothing could run. ${because} The page said ${shown}`;
}
