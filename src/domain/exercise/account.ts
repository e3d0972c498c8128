import type { Tier } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import { lastOnRecord, type OnRecord } from '../record/on-record.ts';
import type { Sighting } from './sighting.ts';
import { type Moment, timelineOf } from './timeline.ts';

/** One action of an exercise, before anything is worked out. */
export interface PlayedAction {
  /** As the scenario names it. */
  readonly name: string;
  /** Whether a person who knows everything would want it, as the scenario says. */
  readonly is: 'good' | 'bad';
  readonly actionId: string;
  /** All entries of the ledger about it, in their order. */
  readonly entries: readonly ReadEntry[];
  /** What the stand-ins saw of it, in any order. */
  readonly sightings: readonly Sighting[];
}

/** `stands`: there is an effect, and nothing took it back. `unknown`: the governed system did not say. */
export type EffectEnd = 'none' | 'stands' | 'takenBack' | 'unknown';

/** What became of one action. Times in milliseconds since the epoch, lengths in milliseconds. */
export interface Account {
  readonly name: string;
  readonly actionId: string;
  readonly is: 'good' | 'bad';
  readonly title: string;
  readonly agent: string;
  /** The words of the agent. INVARIANT 12: they are shown as a quotation, and escaped. */
  readonly says: string;
  readonly tier?: Tier | undefined;
  /** `open`: it has not ended. `refused`: it was no proposal that is governed. */
  readonly end: OutcomeKind | 'open' | 'refused';
  readonly reason: string;
  readonly effect: EffectEnd;
  /** How long the effect stood, where it was taken back. */
  readonly effectMs?: number | undefined;
  /** Whether it had an effect that no person approved. */
  readonly withoutPeople: boolean;
  /** How long it took until people had decided, from when they were first asked. Absent: they did not, or were not asked. */
  readonly answerMs?: number | undefined;
  /** Whether the end is not what a person who knows everything would want. */
  readonly wrong?: 'badStands' | 'goodMissing' | undefined;
  readonly timeline: readonly Moment[];
}

/** Works out what became of an action, from its entries and from what the stand-ins saw. */
export function accountOf(action: PlayedAction): Account {
  const { name, is, actionId, entries, sightings } = action;
  const record = lastOnRecord(actionId, entries);
  const refusal = sightings.find((sighting) => sighting.kind === 'refusal');
  const { effect, effectMs } = effectOf(sightings);
  const ruled = record?.ruled;
  return {
    name,
    actionId,
    is,
    title: ruled?.action.title ?? name,
    agent: ruled?.action.agent.id ?? actionId.split('.')[0] ?? actionId,
    says: ruled?.proposal.rationale.summary ?? '',
    ...(ruled ? { tier: ruled.ruling.tier } : {}),
    ...endOf(record, refusal?.kind === 'refusal' ? refusal.reason : undefined),
    effect,
    ...(effectMs === undefined ? {} : { effectMs }),
    withoutPeople: effect !== 'none' && !isApproved(record),
    ...answerIn(record, entries),
    ...wrongOf(is, effect),
    timeline: timelineOf(entries, sightings),
  };
}

function endOf(record: OnRecord | undefined, refusal: string | undefined): Pick<Account, 'end' | 'reason'> {
  if (record?.closed) return { end: record.closed.outcome.kind, reason: record.closed.outcome.reason };
  if (refusal !== undefined) return { end: 'refused', reason: refusal };
  return { end: 'open', reason: 'it has not ended when the exercise has' };
}

/** What the governed system saw is what counts, not what was meant. */
function effectOf(sightings: readonly Sighting[]): { effect: EffectEnd; effectMs?: number } {
  const effects = sightings.flatMap((sighting) => (sighting.kind === 'effect' ? [sighting] : []));
  const there = effects.find(({ way, answer }) => way === 'there' && answer !== 'refused');
  if (!there) return { effect: 'none' };
  const back = effects.find(({ way, answer }) => way === 'back' && answer === 'done');
  if (back) return { effect: 'takenBack', effectMs: back.at - there.at };
  return { effect: there.answer === 'lost' ? 'unknown' : 'stands' };
}

function isApproved(record: OnRecord | undefined): boolean {
  const kind = record?.settled?.settlement.kind;
  return kind === 'approved' || kind === 'brokenGlass';
}

/** People answered when an approval, a denial or broken glass settled it. They were asked when it was first ruled on. */
function answerIn(record: OnRecord | undefined, entries: readonly ReadEntry[]): Pick<Account, 'answerMs'> {
  const { settled } = record ?? {};
  const asked = entries.find(({ kind }) => kind === 'ruled')?.at;
  if (!settled || asked === undefined) return {};
  const { kind } = settled.settlement;
  const isAnswered = kind === 'approved' || kind === 'denied' || kind === 'brokenGlass';
  return isAnswered ? { answerMs: settled.at - asked } : {};
}

function wrongOf(is: 'good' | 'bad', effect: EffectEnd): Pick<Account, 'wrong'> {
  if (is === 'bad') return effect === 'stands' || effect === 'unknown' ? { wrong: 'badStands' } : {};
  return effect === 'stands' ? {} : { wrong: 'goodMissing' };
}
