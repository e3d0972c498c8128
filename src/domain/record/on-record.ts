import type { Action, Plan, Proposal } from '../action/action.ts';
import type { Outcome } from '../action/outcome.ts';
import type { Previewed } from '../action/preview.ts';
import type { Found } from '../action/reconcile.ts';
import type { Authority } from '../action/session-name.ts';
import type { Measurement } from '../analysis/metrics.ts';
import type { BrokenGlass, Edit, Extended, Kept, Revocation } from '../approval/interventions.ts';
import type { Vote } from '../approval/requirement.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { Background } from '../background/background.ts';
import type { Delivery } from '../escalation/route.ts';
import type { Finding } from '../findings/finding.ts';
import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { Impact } from '../risk/impact.ts';
import type { Review } from '../ruling/mode.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { hasShape, type Shape } from '../shared/shape.ts';
import type { Round } from './action-state.ts';
import type { Outside } from './outside.ts';

/** The bodies of the entries about an action, by kind. Each is written by one activity, which verified it itself. */
export interface EntryBodies {
  /** What the governed system said that a plan would do. */
  readonly previewed: {
    /** Lower-case hex SHA-256 of the plan, as canonical JSON. */
    readonly plan: string;
    /** When the answer came, by the clock of the worker: milliseconds since the epoch. */
    readonly madeAt: number;
    readonly previewed: Previewed;
  };
  readonly ruled: {
    /** The proposal as the agent made it. */
    readonly proposal: Proposal;
    readonly action: Action;
    readonly impact: Impact;
    readonly ruling: Ruling;
    /** What was found to contradict it, what weighs most first. Absent: nothing was, or nobody looked. */
    readonly findings?: readonly Finding[] | undefined;
    /** What people who are asked are told beside the impact. Absent: nobody is asked, or nobody looked. */
    readonly background?: Background | undefined;
  };
  /** A person changed the parameters: the entries after it are about a different action. */
  readonly edited: Edit & {
    readonly revision: number;
    readonly params: Action['params'];
    /** The signed statement itself. */
    readonly jws: string;
  };
  /** The action was not run as ruled: it became worse, something spoke against it, or its agent asks for too much. */
  readonly refusedAtAdmit: {
    readonly digest: string;
    readonly drift?: readonly string[] | undefined;
    readonly anomaly?: string | undefined;
    /** Present when this ended the action. */
    readonly outcome?: Outcome | undefined;
  };
  /** A vote, or the withdrawal of one. */
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
    /** The start of the time in which the action may run: milliseconds since the epoch. */
    readonly since: number;
  };
  readonly told: {
    readonly deliveries: readonly Delivery[];
    /** Until when people are asked whether to keep an effect, in milliseconds since the epoch. Absent: it is another message. */
    readonly keepUntil?: number | undefined;
  };
  readonly admitted: {
    readonly digest: string;
    readonly settlement: Settlement | null;
    readonly votes: readonly Vote[];
    readonly execute: Plan;
    /** The value of each metric before the action, by its name. A metric that could not be read is absent. */
    readonly baseline?: Readonly<Record<string, number>> | undefined;
  };
  /**
   * The start of an attempt to run what must run only once (`there`), or to roll it back (`back`). `job`: the attempt began a job, and
   * this is the address that says how it stands.
   */
  readonly begun: {
    readonly way: 'there' | 'back';
    readonly attempt: string;
    readonly job?: string | undefined;
  };
  /** The result of an attempt to run the action. `refused`: there was no effect. `unknown`: there may have been one. */
  readonly executed: {
    readonly digest: string;
    readonly kind: 'done' | 'refused' | 'unknown';
    readonly summary: string;
  };
  /** What an attempt to look the effect up found, where nobody knows whether it ran. From the first one on, the effect is not sent again. */
  readonly reconciled: Found & { readonly digest: string };
  /** One check of the watch, counted from 0. */
  readonly measured: { readonly check: number; readonly measurements: readonly Measurement[] };
  readonly revoked: Revocation & { readonly digest: string };
  /** A person keeps an effect of which the watch could not tell whether it did harm. */
  readonly kept: Kept & { readonly digest: string };
  /** A person has a watch go on that could not tell. `check`: the number of the check that it goes on with. */
  readonly extended: Extended & { readonly digest: string; readonly check: number };
  /** Something that came from outside ended the watch: an alert, a freeze or a hold. */
  readonly aborted: { readonly digest: string; readonly why: string; readonly outside: Outside };
  /** The action is about to be taken back. */
  readonly verdict: { readonly why: string; readonly digest: string };
  /** The result of an attempt to take it back. */
  readonly takenBack: {
    readonly digest: string;
    readonly kind: 'done' | 'refused' | 'unknown';
    readonly summary: string;
  };
  /** One check after it was taken back, counted from 0. */
  readonly measuredBack: EntryBodies['measured'];
  /** The workflow is gone, and the effect of the action may stand. */
  readonly lost: { readonly digest: string; readonly reason: string };
  readonly closed: {
    readonly outcome: Outcome;
    readonly hold: boolean;
    readonly record: { readonly [member: string]: unknown };
    readonly review: Review | null;
  };
}

/** A body with the time at which it was recorded: milliseconds since the epoch. */
type At<Body> = Body & { readonly at: number };

/** The address that says how a job stands, and since when it is followed: milliseconds since the epoch. */
interface Job {
  readonly statusUrl: string;
  readonly since: number;
}

/** What the ledger says about one run of an action. Every step that changes something decides by it. */
export interface OnRecord {
  readonly actionId: string;
  readonly runId: string;
  /** The last preview since the last ruling. It may be of another plan, or old. */
  readonly previewed?: At<EntryBodies['previewed']> | undefined;
  /** The last ruling; undefined when there is none yet. */
  readonly ruled?: At<EntryBodies['ruled']> | undefined;
  /** How often the action was ruled on. */
  readonly rulings: number;
  /** The round of asking people, counted from 1. Each time that the action becomes worse or is edited starts another. */
  readonly round: number;
  /** Everybody who voted, in any round. */
  readonly voters: readonly string[];
  readonly edits: readonly EntryBodies['edited'][];
  readonly questions: readonly At<EntryBodies['asked']>[];
  /** The earlier rounds, the oldest first. */
  readonly earlier: readonly Round[];
  /** Why the action must be ruled on again, from the entries after the last ruling. Empty: it need not be. */
  readonly again: readonly string[];
  /** This and all members below are about the last ruling only. */
  readonly told: readonly At<Delivery>[];
  readonly settled?: At<EntryBodies['settled']> | undefined;
  /** Why the action did not run. */
  readonly refusal?: Outcome | undefined;
  readonly admitted?: At<EntryBodies['admitted']> | undefined;
  /** The attempt that began first, by way. */
  readonly begun: Readonly<Partial<Record<EntryBodies['begun']['way'], string>>>;
  /** The job that was begun, by way. */
  readonly jobs: Readonly<Partial<Record<EntryBodies['begun']['way'], Job>>>;
  readonly executed?: At<EntryBodies['executed']> | undefined;
  readonly reconciled: readonly At<EntryBodies['reconciled']>[];
  readonly measured: readonly At<EntryBodies['measured']>[];
  readonly revoked?: At<EntryBodies['revoked']> | undefined;
  readonly kept?: At<EntryBodies['kept']> | undefined;
  readonly extended: readonly At<EntryBodies['extended']>[];
  readonly aborted?: At<EntryBodies['aborted']> | undefined;
  readonly takingBack?: At<EntryBodies['verdict']> | undefined;
  readonly takenBack?: At<EntryBodies['takenBack']> | undefined;
  readonly measuredBack: readonly At<EntryBodies['measuredBack']>[];
  readonly anomaly?: string | undefined;
  readonly lost?: At<EntryBodies['lost']> | undefined;
  readonly closed?: At<EntryBodies['closed']> | undefined;
  /** Set where what its end was has been erased: it has ended, and nobody can say how. */
  readonly endErased?: true | undefined;
  /** The sequence numbers of entries of this run that cannot be read. If there is one, nothing may run by this record. */
  readonly unreadable: readonly number[];
}

/**
 * Reads what the ledger says about one run of an action. Entries of other runs do not count, because decisions, and what depends on them,
 * are bound to a run.
 *
 * @param entries all entries about the action, in their order
 */
export function onRecord(actionId: string, runId: string, entries: readonly ReadEntry[]): OnRecord {
  const emptyRecord: OnRecord = {
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
    jobs: {},
    reconciled: [],
    measured: [],
    extended: [],
    measuredBack: [],
    unreadable: [],
  };
  return entries.filter((entry) => runOf(entry) === runId).reduce(next, emptyRecord);
}

/** Reads the record of the last run that was ruled on. Undefined: none was. */
export function lastOnRecord(actionId: string, entries: readonly ReadEntry[]): OnRecord | undefined {
  const runs = entries.flatMap((entry) => (entry.kind === 'ruled' ? runOf(entry) : []));
  return [...new Set(runs.toReversed())]
    .map((runId) => onRecord(actionId, runId, entries))
    .find(({ ruled }) => ruled !== undefined);
}

/** Returns for whom an action is executed or taken back. Undefined: it is not admitted. */
export function authorityOn({
  ruled,
  admitted,
}: Pick<OnRecord, 'ruled' | 'admitted'>): Authority | undefined {
  if (!ruled || !admitted) return undefined;
  const { environment } = ruled.action;
  return { environment, approvedBy: approversIn(admitted.settlement) };
}

/** The people whose decision let an action run. Empty: it ran by itself. */
export function approversIn(settlement: Settlement | null): readonly string[] {
  switch (settlement?.kind) {
    case 'approved':
      return settlement.by;
    case 'brokenGlass':
      return [settlement.by];
    default:
      return [];
  }
}

/** Returns why nothing may be started by this record. Undefined: nothing prevents it. */
export function doubtIn({ unreadable }: OnRecord): string | undefined {
  if (unreadable.length === 0) return undefined;
  const entriesText = unreadable.length === 1 ? `entry ${unreadable[0]}` : `entries ${unreadable.join(', ')}`;
  return `${entriesText} of the ledger, about it, cannot be read`;
}

function next(record: OnRecord, entry: ReadEntry): OnRecord {
  const { kind, at, body, seq } = entry;
  /** Adds what the entry says when its body has the expected shape; otherwise marks the entry as unreadable. */
  function withEntry<Kind extends keyof EntryBodies>(
    entryKind: Kind,
    changes: (read: At<EntryBodies[Kind]>) => Partial<OnRecord>,
  ): OnRecord {
    return hasShape(body, SHAPES[entryKind])
      ? { ...record, ...changes({ ...(body as EntryBodies[Kind]), at }) }
      : { ...record, unreadable: [...record.unreadable, seq] };
  }
  switch (kind) {
    case 'previewed':
      return withEntry(kind, (previewed) => ({ previewed }));
    case 'ruled':
      return withEntry(kind, (ruled) => ({
        ...NOT_ASKED,
        ruled,
        rulings: record.rulings + 1,
        round: record.again.length > 0 ? record.round + 1 : record.round,
        earlier: record.again.length > 0 ? [...record.earlier, roundOf(record)] : record.earlier,
      }));
    case 'voted':
      return withEntry(kind, ({ person }) => ({ voters: [...new Set([...record.voters, person])] }));
    case 'edited':
      return withEntry(kind, (edit) => ({
        edits: [...record.edits, edit],
        again: [...record.again, `${edit.by} edited it: ${edit.reason}`],
      }));
    case 'refusedAtAdmit':
      return withEntry(kind, ({ drift = [], anomaly = record.anomaly, outcome = record.refusal }) => ({
        anomaly,
        refusal: outcome,
        again: [...record.again, ...drift],
      }));
    case 'told':
      return withEntry(kind, ({ deliveries }) => ({
        told: [...record.told, ...deliveries.map((delivery) => ({ ...delivery, at }))],
      }));
    case 'asked':
      return withEntry(kind, (question) => ({ questions: [...record.questions, question] }));
    case 'settled':
      return withEntry(kind, (settled) => ({ settled }));
    case 'admitted':
      return withEntry(kind, (admitted) => ({ admitted }));
    case 'begun':
      return withEntry(kind, ({ way, attempt, job, at: since }) => ({
        begun: { [way]: attempt, ...record.begun },
        jobs: job === undefined ? record.jobs : { [way]: { statusUrl: job, since }, ...record.jobs },
      }));
    case 'executed':
      return withEntry(kind, (executed) => ({ executed }));
    case 'reconciled':
      return withEntry(kind, (found) => ({ reconciled: [...record.reconciled, found] }));
    case 'measured':
      return withEntry(kind, (measured) => ({ measured: [...record.measured, measured] }));
    case 'revoked':
      return withEntry(kind, (revoked) => ({ revoked }));
    case 'kept':
      return withEntry(kind, (kept) => ({ kept }));
    case 'extended':
      return withEntry(kind, (extension) => ({ extended: [...record.extended, extension] }));
    case 'aborted':
      return withEntry(kind, (aborted) => ({ aborted }));
    case 'verdict':
      return withEntry(kind, (takingBack) => ({ takingBack }));
    case 'takenBack':
      return withEntry(kind, (takenBack) => ({ takenBack }));
    case 'measuredBack':
      return withEntry(kind, (measured) => ({ measuredBack: [...record.measuredBack, measured] }));
    case 'lost':
      return withEntry(kind, (lost) => ({ lost }));
    case 'closed':
      return withEntry(kind, (closed) => ({ closed }));
    case 'unreadable':
      return { ...record, unreadable: [...record.unreadable, seq] };
    case 'erased':
      return {
        ...record,
        unreadable: [...record.unreadable, seq],
        ...(entry.was === 'closed' ? { endErased: true } : {}),
      };
    default:
      return record;
  }
}

/** The shape that readers of an entry rely on. The chain of hashes shows that we wrote it, but not which version of us did. */
const SHAPES: Readonly<Record<keyof EntryBodies, Shape>> = {
  previewed: { plan: 'text', madeAt: 'number', previewed: { kind: 'text' } },
  ruled: {
    proposal: { agent: {}, rationale: {} },
    action: { agent: {}, params: {} },
    impact: {},
    ruling: { tier: 'number', reasons: 'list', modes: 'list', pins: {}, people: {}, context: {} },
    findings: ['orNothing', 'list'],
    background: ['orNothing', { series: ['orNothing', 'list'], alternatives: ['orNothing', 'list'] }],
  },
  voted: { person: 'text' },
  edited: { by: 'text', reason: 'text', params: {}, jws: 'text' },
  asked: { id: 'text', person: 'text', text: 'text' },
  refusedAtAdmit: {},
  settled: { settlement: {}, votes: 'list' },
  told: { deliveries: 'list' },
  admitted: { execute: {}, votes: 'list' },
  begun: { way: 'text', attempt: 'text', job: ['orNothing', 'text'] },
  executed: { kind: 'text', summary: 'text' },
  reconciled: { found: 'text', summary: 'text' },
  measured: { check: 'number', measurements: 'list' },
  revoked: { by: 'text' },
  kept: { by: 'text', reason: 'text' },
  extended: { by: 'text', reason: 'text', check: 'number' },
  aborted: { why: 'text', outside: { kind: 'text' } },
  verdict: { why: 'text' },
  takenBack: { kind: 'text', summary: 'text' },
  measuredBack: { check: 'number', measurements: 'list' },
  lost: { reason: 'text' },
  closed: { outcome: {}, record: {} },
};

/** The members that a new ruling resets. */
const NOT_ASKED = {
  previewed: undefined,
  again: [],
  told: [],
  settled: undefined,
  refusal: undefined,
  admitted: undefined,
  begun: {},
  jobs: {},
  executed: undefined,
  reconciled: [],
  measured: [],
  revoked: undefined,
  kept: undefined,
  extended: [],
  aborted: undefined,
  takingBack: undefined,
  takenBack: undefined,
  measuredBack: [],
  lost: undefined,
  closed: undefined,
} satisfies Partial<OnRecord>;

/** Returns the round that the ruling ends: what people were asked, and what became worse or who edited it. */
function roundOf({ ruled, settled, told, again, edits, earlier }: OnRecord): Round {
  const isEdited = edits.length > earlier.filter(({ edit }) => edit !== undefined).length;
  const edit = isEdited ? edits.at(-1) : undefined;
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
