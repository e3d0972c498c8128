import type { Live } from './live-context.ts';
import { burnRateText } from './live-context-score.ts';

/** Whether a service is in trouble now, with why that is said. */
export type Trouble =
  | { readonly kind: 'inTrouble'; readonly reason: string }
  /** All that operators stated a source for was read, and nothing is wrong. */
  | { readonly kind: 'calm'; readonly reason: string }
  /** Something could not be read, or operators stated no source for anything. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What one fact says about it. */
type Sign = { readonly kind: Trouble['kind']; readonly text: string };

/**
 * Returns whether the target is in trouble: an incident is open on it, its error budget is used too fast, or none is left. INVARIANT 7: a
 * fact that was asked for and is not known is neither trouble nor calm. What happens beside the target is not its own trouble.
 */
export function troubleOf(live: Live, target: string): Trouble {
  const signs = [
    ...incidentSigns(live, target),
    ...burnRateSigns(live, target),
    ...budgetSigns(live, target),
  ];
  const textsOf = (kind: Trouble['kind']) =>
    signs
      .filter((sign) => sign.kind === kind)
      .map(({ text }) => text)
      .join(', and ');
  const wrong = textsOf('inTrouble');
  if (wrong !== '') return { kind: 'inTrouble', reason: wrong };
  const unread = textsOf('unknown');
  if (unread !== '') return { kind: 'unknown', reason: unread };
  const fine = textsOf('calm');
  if (fine !== '') return { kind: 'calm', reason: fine };
  return { kind: 'unknown', reason: 'nobody stated where its incidents or its error budget are read' };
}

function incidentSigns({ incidents }: Live, target: string): Sign[] {
  if (!incidents) return [];
  const open = incidents.find(({ service }) => service === target)?.open;
  if (!open) return [{ kind: 'calm', text: `no incident is open on ${target}` }];
  if (open.kind === 'unknown')
    return [
      { kind: 'unknown', text: `whether an incident is open on ${target} is not known: ${open.reason}` },
    ];
  const count = open.value > 1 ? `${open.value} incidents are` : 'an incident is';
  return [{ kind: 'inTrouble', text: `${count} open on ${target}` }];
}

function burnRateSigns({ errorBudgetBurnRate: burnRate }: Live, target: string): Sign[] {
  if (!burnRate) return [];
  if (burnRate.kind === 'known' && burnRate.value <= 1)
    return [{ kind: 'calm', text: `the error budget of ${target} is not used too fast` }];
  const kind = burnRate.kind === 'known' ? 'inTrouble' : 'unknown';
  return [{ kind, text: burnRateText(burnRate, target) }];
}

function budgetSigns({ errorBudgetLeft: left }: Live, target: string): Sign[] {
  if (!left) return [];
  if (left.kind === 'unknown') {
    const text = `how much of the error budget of ${target} is left is not known: ${left.reason}`;
    return [{ kind: 'unknown', text }];
  }
  return left.value > 0
    ? [{ kind: 'calm', text: `${target} has error budget left` }]
    : [{ kind: 'inTrouble', text: `nothing of the error budget of ${target} is left` }];
}
