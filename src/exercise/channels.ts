import type { Channel, Pager, SendResult } from '../activities/ports/channels.ts';
import type { Means } from '../domain/escalation/route.ts';
import { isWithin, type Scenario } from '../domain/exercise/scenario.ts';
import type { SeenMessage } from '../domain/exercise/sighting.ts';

export interface Channels {
  readonly mail: Channel;
  readonly pager: Pager;
  readonly slack: Channel;
  readonly webhook: Channel;
}

/** The channels of an exercise: they reach nobody outside, and are down when the scenario says so. @param saw is told of each message */
export function createChannels(
  { begins, pagerDown, mailDown }: Scenario,
  now: () => number,
  saw: (message: SeenMessage) => void,
): Channels {
  const down = { mail: mailDown, page: pagerDown, slack: [], webhook: [] } as const;
  const unlessDown = (by: Means, detail: string): SendResult =>
    isWithin(down[by], now() - begins)
      ? { kind: 'unavailable', reason: `the ${by === 'page' ? 'pager' : by} of the exercise is down` }
      : { kind: 'delivered', detail };
  const channel = (by: Means): Channel => ({
    send: async ({ action, workflowId, kind, step }, people) => {
      const result = unlessDown(by, `to ${people.join(', ')}`);
      const taken = result.kind === 'delivered';
      saw({
        kind: 'message',
        at: now(),
        actionId: action.id,
        workflowId,
        step,
        by,
        about: kind,
        people,
        taken,
      });
      return result;
    },
  });
  return {
    mail: channel('mail'),
    pager: {
      ...channel('page'),
      alarm: async (_, __, people) => unlessDown('page', `to ${people.join(', ')}`),
      resolve: async () => unlessDown('page', 'resolved'),
    },
    slack: channel('slack'),
    webhook: channel('webhook'),
  };
}
