import { stopsAction } from '../approval/settlement.ts';
import type { Runnable } from '../ruling/ruling.ts';
import { doubtIn, type OnRecord } from './on-record.ts';

/** A ruling on record under which the action may run. */
export type RuledToRun = NonNullable<OnRecord['ruled']> & { readonly ruling: Runnable };

export type MayRun =
  | { readonly kind: 'may'; readonly ruled: RuledToRun }
  | { readonly kind: 'mayNot'; readonly reason: string };

/** Whether an action may be admitted by its record: it is permitted, and settled where people were to be asked. INVARIANT 1. */
export function mayRun(record: OnRecord): MayRun {
  const { ruled, settled, closed } = record;
  const doubt = doubtIn(record);
  if (doubt !== undefined) return mayNot(doubt);
  if (!ruled) return mayNot('it is not ruled on');
  const { ruling } = ruled;
  if (ruling.kind === 'forbid') return mayNot('it is forbidden');
  if (ruling.mode === 'recommend') return mayNot('it is only recommended: people do it themselves');
  if (closed) return mayNot('it is closed');
  if (ruling.mode !== 'execute' && !settled) return mayNot('people are waited for, and it is not settled');
  const stopOutcome = settled && stopsAction(settled.settlement);
  if (stopOutcome) return mayNot(`it was settled ${stopOutcome.kind}: ${stopOutcome.reason}`);
  return { kind: 'may', ruled: { ...ruled, ruling } };
}

const mayNot = (reason: string): MayRun => ({ kind: 'mayNot', reason });
