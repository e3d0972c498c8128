import type { Means } from '../escalation/route.ts';
import { grouped } from '../shared/grouped.ts';
import type { Account, PlayedAction } from './account.ts';
import type { SeenMessage } from './sighting.ts';

/** A request to people that nobody got, or that nobody answered in time. */
export interface Unheard {
  readonly name: string;
  readonly actionId: string;
  /** When it was first tried, or first asked: milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'notDelivered' | 'notAnswered';
  readonly by: readonly Means[];
  readonly people: readonly string[];
}

/** The messages that want something of people. */
const ASKING = ['approvalRequested', 'windowOpened', 'proceeding', 'inconclusive'];

/**
 * Finds the requests about one action that nobody heard: each message that never arrived, and all of them together where the action ended
 * because nobody decided. A window that passes in silence is no such request: silence has a meaning there.
 */
export function unheardOf(
  { actionId, name, sightings }: PlayedAction,
  { end }: Pick<Account, 'end'>,
): Unheard[] {
  const asked = sightings.flatMap((sighting) =>
    sighting.kind === 'message' && ASKING.includes(sighting.about) ? [sighting] : [],
  );
  const bySteps = grouped(asked, ({ workflowId, step, by }) => `${workflowId} ${step} ${by}`);
  const lost = bySteps.flatMap((attempts) =>
    attempts.some(({ taken }) => taken) ? [] : [unheard('notDelivered', attempts)],
  );
  const arrived = asked.filter(({ taken }) => taken);
  return end === 'expired' && arrived.length > 0 ? [...lost, unheard('notAnswered', arrived)] : lost;

  function unheard(kind: Unheard['kind'], messages: readonly SeenMessage[]): Unheard {
    return {
      name,
      actionId,
      at: Math.min(...messages.map(({ at }) => at)),
      kind,
      by: [...new Set(messages.map(({ by }) => by))],
      people: [...new Set(messages.flatMap(({ people }) => people))],
    };
  }
}
