import { freezesBegunSince } from '../../domain/calendar/calendar.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { endingOf, type OpenWatch, openWatchOf } from '../../domain/record/ended-from-outside.ts';
import type { EntryBodies, OnRecord } from '../../domain/record/on-record.ts';
import { type Outside, outsideText } from '../../domain/record/outside.ts';
import type { Sealed } from '../../domain/shared/seal.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Holds } from '../ports/holds.ts';
import type { Fact } from '../ports/ledger.ts';
import { recordOrSeal, unlessAway } from '../shared/away.ts';
import { type Case, caseOf, type StepDeps } from '../shared/step.ts';

interface OutsideWorld {
  readonly installation: Installation;
  readonly alerts: Alerts;
  readonly holds: Holds;
}

export interface OutsideDeps extends OutsideWorld, StepDeps {
  readonly sealKey: Uint8Array;
}

/** What ended a watch. */
export interface Ended {
  readonly why: string;
  /** The sealed fact of it, where it could not be recorded. */
  readonly unrecorded?: Sealed<Fact> | undefined;
}

/**
 * Returns what ends the watch of an action now. Undefined: nothing does, or it is not watched.
 *
 * @param now milliseconds since the epoch
 */
export async function endingNow(
  world: OutsideWorld,
  record: OnRecord,
  now: number,
): Promise<Outside | undefined> {
  const watch = openWatchOf(record);
  return watch && endingOf(watch, await outsideOf(world, watch, now));
}

/** What came since the action ran, of the kinds that end its watch. */
async function outsideOf(
  { installation, alerts, holds }: OutsideWorld,
  { action, abortOn, since }: OpenWatch,
  now: number,
): Promise<Outside[]> {
  const kinds = new Set(abortOn.map(({ kind }) => kind));
  const place = { service: action.target, environment: action.environment };
  const [alertsSince, standing] = await Promise.all([
    kinds.has('alert') ? alerts.about(place, since) : [],
    kinds.has('hold') ? holds.list() : [],
  ]);
  const freezes = kinds.has('freeze') ? freezesBegunSince(installation, action, since, now) : [];
  return [
    ...alertsSince.map((alert) => ({ kind: 'alert', alert }) as const),
    ...freezes.map(({ name, from, until }) => ({ kind: 'freeze', freeze: { name, from, until } }) as const),
    ...standing.map((hold) => ({ kind: 'hold', hold }) as const),
  ];
}

/**
 * Returns what ended the watch of an action, and records it where it was not yet. INVARIANT 13: it follows from the installation and from
 * what we keep, whoever asks. Undefined: the watch goes on.
 */
export async function endedFromOutside(deps: OutsideDeps, caseNow: Case): Promise<Ended | undefined> {
  const { record, actionId, runId, at } = caseNow;
  if (record.aborted) return { why: record.aborted.why };
  const outside = await endingNow(deps, record, at);
  if (!outside) return undefined;
  const why = outsideText(outside);
  const body: EntryBodies['aborted'] = { digest: record.admitted?.digest ?? '', why, outside };
  const fact: Fact = { eventId: `${actionId}/${runId}/aborted`, actionId, kind: 'aborted', at, body };
  return { why, unrecorded: await recordOrSeal(deps, fact) };
}

export function createOutside(deps: OutsideDeps) {
  return {
    /**
     * Looks whether something from outside ends the watch of this action. Undefined: nothing does, or the ledger is away, and then the next
     * check looks.
     */
    lookOutside: async (): Promise<Ended | undefined> => {
      const ledgerAnswer = await unlessAway(async () => endedFromOutside(deps, await caseOf(deps)));
      return ledgerAnswer.kind === 'here' ? ledgerAnswer.value : undefined;
    },
  };
}
