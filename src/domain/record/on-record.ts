import type { Action, Plan, Proposal } from '../action/action.ts';
import type { Outcome } from '../action/outcome.ts';
import type { Measurement } from '../analysis/metrics.ts';
import type { BrokenGlass, Edit, Revocation } from '../approval/interventions.ts';
import type { Vote } from '../approval/requirement.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { Delivery } from '../escalation/route.ts';
import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { Impact } from '../risk/impact.ts';
import type { Review } from '../ruling/mode.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { hasShape, type Shape } from '../shared/shape.ts';
import type { Round } from './action-state.ts';

/** What the entries about an action say, by kind. Each is written by one activity, after it made sure of it itself. */
export interface EntryBodies {
  readonly ruled: {
    /** As the agent made it. */
    readonly proposal: Proposal;
    readonly action: Action;
    readonly impact: Impact;
    readonly ruling: Ruling;
  };
  /** A person changed the parameters: what comes after it is about another action. */
  readonly edited: Edit & {
    readonly revision: number;
    readonly params: Action['params'];
    /** The signed statement itself. */
    readonly jws: string;
  };
  /** It did not come to run as it was ruled: it became worse, something spoke against it, or its agent asks for too much. */
  readonly refusedAtAdmit: {
    readonly digest: string;
    readonly drift?: readonly string[] | undefined;
    readonly anomaly?: string | undefined;
    /** It is over by this. */
    readonly outcome?: Outcome | undefined;
  };
  /** A vote, or that somebody took theirs back. */
  readonly voted: {
    readonly digest: string;
    readonly person: string;
    readonly verdict: Vote['verdict'] | 'withdraw';
    readonly decidedAt: number;
    readonly jws: string;
  };
  /** A person's question to the agent. */
  readonly asked: {
    readonly id: string;
    readonly person: string;
    readonly text: string;
    /** The signed statement itself. */
    readonly jws: string;
  };
  /** How people decided, or that they did not, with everything that they signed. */
  readonly settled: {
    readonly digest: string;
    readonly settlement: Settlement;
    readonly votes: readonly Vote[];
    readonly breakGlass?: BrokenGlass | undefined;
    /** From when on the permission to run runs out: milliseconds since the epoch. */
    readonly since: number;
  };
  readonly told: { readonly deliveries: readonly Delivery[] };
  readonly admitted: {
    readonly digest: string;
    readonly settlement: Settlement | null;
    readonly votes: readonly Vote[];
    readonly execute: Plan;
    /** What each metric was before, by its name. One that could not be read is absent. */
    readonly baseline?: Readonly<Record<string, number>> | undefined;
  };
  /** An attempt to run a command that runs once begins, or one to take it back. */
  readonly begun: { readonly way: 'there' | 'back'; readonly attempt: string };
  /** What came of an attempt to run it. `refused`: there was no effect. `unknown`: there may have been. */
  readonly executed: {
    readonly digest: string;
    readonly kind: 'done' | 'refused' | 'unknown';
    readonly summary: string;
  };
  /** One check of the watch, counted from 0. */
  readonly measured: { readonly check: number; readonly measurements: readonly Measurement[] };
  readonly revoked: Revocation & { readonly digest: string };
  /** It is about to be taken back. */
  readonly verdict: { readonly why: string; readonly digest: string };
  /** What came of an attempt to take it back. */
  readonly takenBack: {
    readonly digest: string;
    readonly kind: 'done' | 'refused' | 'unknown';
    readonly summary: string;
  };
  /** Its workflow is gone, and its effect may stand. */
  readonly lost: { readonly digest: string; readonly reason: string };
  readonly closed: {
    readonly outcome: Outcome;
    readonly hold: boolean;
    readonly record: { readonly [member: string]: unknown };
    readonly review: Review | null;
  };
}

/** A fact with the time at which it was recorded: milliseconds since the epoch. */
type At<Body> = Body & { readonly at: number };

/** What the ledger says of one run of an action: what every step that changes something rests on. */
export interface OnRecord {
  readonly actionId: string;
  readonly runId: string;
  /** The last ruling; undefined where it is not ruled on. */
  readonly ruled?: At<EntryBodies['ruled']> | undefined;
  /** How often it was ruled on. */
  readonly rulings: number;
  /** How often people were asked, counting from 1: each time that it became worse or was edited is another one. */
  readonly round: number;
  /** All who voted, in any round. */
  readonly voters: readonly string[];
  readonly edits: readonly EntryBodies['edited'][];
  readonly questions: readonly At<EntryBodies['asked']>[];
  /** What it was before it was ruled on anew, the oldest first. */
  readonly earlier: readonly Round[];
  /** Why it has to be ruled on again: what came after the last ruling. Empty: it has not. */
  readonly again: readonly string[];
  /** Of the last ruling, as all that follows. */
  readonly told: readonly At<Delivery>[];
  readonly settled?: At<EntryBodies['settled']> | undefined;
  /** Why it did not come to run. */
  readonly refusal?: Outcome | undefined;
  readonly admitted?: At<EntryBodies['admitted']> | undefined;
  /** The attempt that began first. */
  readonly begun: Readonly<Partial<Record<EntryBodies['begun']['way'], string>>>;
  readonly executed?: At<EntryBodies['executed']> | undefined;
  readonly measured: readonly At<EntryBodies['measured']>[];
  readonly revoked?: At<EntryBodies['revoked']> | undefined;
  readonly takingBack?: At<EntryBodies['verdict']> | undefined;
  readonly takenBack?: At<EntryBodies['takenBack']> | undefined;
  readonly anomaly?: string | undefined;
  readonly lost?: At<EntryBodies['lost']> | undefined;
  readonly closed?: At<EntryBodies['closed']> | undefined;
  /** Places in the ledger of what is of this run and cannot be read. With one of them, nothing that runs can be relied on. */
  readonly unreadable: readonly number[];
}

/**
 * Reads what the ledger has of one run of an action. What another run did does not count: decisions, and what rests on them,
 * are bound to theirs.
 *
 * @param entries all about the action, in their order
 */
export function onRecord(actionId: string, runId: string, entries: readonly ReadEntry[]): OnRecord {
  const nothing: OnRecord = {
    actionId,
    runId,
    rulings: 0,
    round: 1,
    voters: [],
    edits: [],
    questions: [],
    earlier: [],
    again: [],
    told: [],
    begun: {},
    measured: [],
    unreadable: [],
  };
  return entries.filter((entry) => runOf(entry) === runId).reduce(next, nothing);
}

/** What it has of the last run that was ruled on. Undefined: it never was. */
export function lastOnRecord(actionId: string, entries: readonly ReadEntry[]): OnRecord | undefined {
  const runs = entries.flatMap((entry) => (entry.kind === 'ruled' ? runOf(entry) : []));
  return [...new Set(runs.toReversed())]
    .map((runId) => onRecord(actionId, runId, entries))
    .find(({ ruled }) => ruled !== undefined);
}

/** Why nothing may be begun by this record. Undefined: nothing keeps it. */
export function doubtIn({ unreadable }: OnRecord): string | undefined {
  if (unreadable.length === 0) return undefined;
  const which = unreadable.length === 1 ? `entry ${unreadable[0]}` : `entries ${unreadable.join(', ')}`;
  return `${which} of the ledger, about it, cannot be read`;
}

function next(known: OnRecord, { kind, at, body, seq }: ReadEntry): OnRecord {
  /** With what the entry says, where it can be read. */
  function said<Kind extends keyof EntryBodies>(
    of: Kind,
    changes: (read: At<EntryBodies[Kind]>) => Partial<OnRecord>,
  ): OnRecord {
    return hasShape(body, SHAPES[of])
      ? { ...known, ...changes({ ...(body as EntryBodies[Kind]), at }) }
      : { ...known, unreadable: [...known.unreadable, seq] };
  }
  switch (kind) {
    case 'ruled':
      return said(kind, (ruled) => ({
        ...NOT_ASKED,
        ruled,
        rulings: known.rulings + 1,
        round: known.again.length > 0 ? known.round + 1 : known.round,
        earlier: known.again.length > 0 ? [...known.earlier, roundOf(known)] : known.earlier,
      }));
    case 'voted':
      return said(kind, ({ person }) => ({ voters: [...new Set([...known.voters, person])] }));
    case 'edited':
      return said(kind, (edit) => ({
        edits: [...known.edits, edit],
        again: [...known.again, `${edit.by} edited it: ${edit.reason}`],
      }));
    case 'refusedAtAdmit':
      return said(kind, ({ drift = [], anomaly = known.anomaly, outcome = known.refusal }) => ({
        anomaly,
        refusal: outcome,
        again: [...known.again, ...drift],
      }));
    case 'told':
      return said(kind, ({ deliveries }) => ({
        told: [...known.told, ...deliveries.map((delivery) => ({ ...delivery, at }))],
      }));
    case 'asked':
      return said(kind, (asked) => ({ questions: [...known.questions, asked] }));
    case 'settled':
      return said(kind, (settled) => ({ settled }));
    case 'admitted':
      return said(kind, (admitted) => ({ admitted }));
    case 'begun':
      return said(kind, ({ way, attempt }) => ({
        begun: { [way]: attempt, ...known.begun },
      }));
    case 'executed':
      return said(kind, (executed) => ({ executed }));
    case 'measured':
      return said(kind, (measured) => ({ measured: [...known.measured, measured] }));
    case 'revoked':
      return said(kind, (revoked) => ({ revoked }));
    case 'verdict':
      return said(kind, (takingBack) => ({ takingBack }));
    case 'takenBack':
      return said(kind, (takenBack) => ({ takenBack }));
    case 'lost':
      return said(kind, (lost) => ({ lost }));
    case 'closed':
      return said(kind, (closed) => ({ closed }));
    case 'unreadable':
      return { ...known, unreadable: [...known.unreadable, seq] };
    default:
      return known;
  }
}

/** What everybody who reads an entry relies on: it was written by us, and the chain of hashes covers it, but by which version? */
const SHAPES: Readonly<Record<keyof EntryBodies, Shape>> = {
  ruled: {
    proposal: { agent: {}, rationale: {} },
    action: { agent: {}, params: {} },
    impact: {},
    ruling: { tier: 'number', reasons: 'list', modes: 'list', pins: {}, people: {}, context: {} },
  },
  voted: { person: 'text' },
  edited: { by: 'text', reason: 'text', params: {}, jws: 'text' },
  asked: { id: 'text', person: 'text', text: 'text' },
  refusedAtAdmit: {},
  settled: { settlement: {}, votes: 'list' },
  told: { deliveries: 'list' },
  admitted: { execute: {}, votes: 'list' },
  begun: { way: 'text', attempt: 'text' },
  executed: { kind: 'text', summary: 'text' },
  measured: { check: 'number', measurements: 'list' },
  revoked: { by: 'text' },
  verdict: { why: 'text' },
  takenBack: { kind: 'text', summary: 'text' },
  lost: { reason: 'text' },
  closed: { outcome: {}, record: {} },
};

/** What a ruling begins anew. */
const NOT_ASKED = {
  again: [],
  told: [],
  settled: undefined,
  refusal: undefined,
  admitted: undefined,
  begun: {},
  executed: undefined,
  measured: [],
  revoked: undefined,
  takingBack: undefined,
  takenBack: undefined,
  lost: undefined,
  closed: undefined,
} satisfies Partial<OnRecord>;

/** What people were asked until then. What became worse, or who changed it, ended it. */
function roundOf({ ruled, settled, told, again, edits, earlier }: OnRecord): Round {
  const edited = edits.length > earlier.filter(({ edit }) => edit !== undefined).length;
  const edit = edited ? edits.at(-1) : undefined;
  return {
    digest: ruled?.ruling.digest ?? '',
    votes: settled?.votes ?? [],
    settlement: settled?.settlement,
    deliveries: told,
    drift: edit ? [] : again,
    ...(edit
      ? { edit: { by: edit.by, reason: edit.reason, at: edit.at, digestBefore: edit.digestBefore } }
      : {}),
  };
}
