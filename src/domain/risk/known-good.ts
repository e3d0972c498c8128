import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { ActionType } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { canonicalJson } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';
import { shownJson } from '../shared/shown-json.ts';
import type { NotKnownGood, ParameterChange } from './parameter-change.ts';
import { type Setting, setsTheSame } from './sets-the-same.ts';

/** How such an ending is told. */
const ENDED: Partial<Readonly<Record<OutcomeKind, string>>> = {
  rolledBack: 'was rolled back',
  rollbackFailed: 'could not be rolled back',
  rollbackUnverified: 'was rolled back, and its metrics were not known to be back,',
  cancelled: 'was cancelled while it ran',
  revoked: 'was revoked while it ran',
  lost: 'was lost while it ran',
  // Only where people reported it.
  succeeded: 'was reported by people to have made things worse; it ended',
};

/**
 * Returns what the record says against a value: the last action that set it and was watched to an end was not found healthy. Undefined:
 * nothing does. An action that nothing watched says neither. One that is not over is left out: it has the target, and the next one is assessed
 * again before it gets it.
 *
 * @param past actions of the same type
 */
export function notKnownGood(
  type: ActionType,
  action: Setting,
  name: string,
  value: Json,
  past: readonly PastAction[],
): NotKnownGood | undefined {
  const known = canonicalJson(value);
  const last = past
    .filter(setsTheSame(type, action, name))
    .filter(({ params = {} }) => {
      const set = lookup(params, name);
      return set !== undefined && canonicalJson(set) === known;
    })
    .sort((a, b) => (b.admittedAt ?? 0) - (a.admittedAt ?? 0))
    .find((run) => wentWrong(run) || run.closed?.foundHealthy === true);
  if (!last?.closed || !wentWrong(last)) return undefined;
  const { at, outcome, reason } = last.closed;
  return { actionId: last.actionId, at, outcome, ...(reason === undefined ? {} : { reason }) };
}

function wentWrong({ closed, reported }: PastAction): boolean {
  if (!closed) return false;
  switch (closed.outcome) {
    case 'succeeded':
      return reported?.found === 'regressed';
    case 'cancelled':
    case 'revoked':
      // Where nothing was taken back, nothing ran.
      return closed.rollbackMs !== undefined;
    default:
      return ENDED[closed.outcome] !== undefined;
  }
}

/** The parameters that the rollback sets to a value that is not known to be good. */
export const leadsToDoubt = (changes: readonly ParameterChange[] = []) =>
  changes.flatMap(({ parameter, from }) =>
    from.kind !== 'unknown' && from.notKnownGood
      ? [{ parameter, value: from.value, found: from.notKnownGood }]
      : [],
  );

/** Says where the rollback leads, in one sentence without its final period. No id of an action is in it: agents choose them. */
export function doubtText({ parameter, value, found }: ReturnType<typeof leadsToDoubt>[number]): string {
  const day = new Date(found.at).toISOString().slice(0, 10);
  const ending = `the action that set it last ${ENDED[found.outcome] ?? found.outcome} on ${day}`;
  return `its rollback leads to ${parameter} ${shownJson(value)}, which is not known to be good: ${ending}`;
}

/**
 * Returns why an action counts as one that cannot be taken back: it has no rollback, or the rollback leads to what is not known to be good.
 * Undefined: it can be. The tier floor, the policies and the rollback difficulty all go by this.
 */
export function whyNotUndone(
  { rollback }: Pick<Action, 'rollback'>,
  changes: readonly ParameterChange[] | undefined,
): string | undefined {
  if (!rollback) return 'it has no rollback';
  const [doubt] = leadsToDoubt(changes);
  return doubt && doubtText(doubt);
}
