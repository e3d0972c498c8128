import { type CancellationScope, condition } from '@temporalio/workflow';
import type { Route } from '../domain/escalation/route.ts';
import { routeDurationOf } from '../domain/escalation/route-duration.ts';
import { acknowledged, openingOf, pass, type Told, type Walk } from '../domain/escalation/route-progress.ts';
import type { ActionRecord } from './action-record.ts';
import { takePageBack, tell } from './notify.ts';

/** Opens a gate and returns the walk along its route. All times count from the ruling, as in the activities that judge them later. */
export function openRoute(record: ActionRecord, route: Route): Walk {
  const openedAt = record.ruledAt;
  const walk = openingOf(openedAt, routeDurationOf(route));
  record.following = { route, walk };
  record.add({ status: 'waiting', openedAt, deadline: walk.deadline });
  return walk;
}

/** Holds the next step back, once, because somebody acknowledged. The deadline moves by no more than that step is held back. */
export function holdRoute(record: ActionRecord): void {
  if (!record.following) return;
  const { route, walk } = record.following;
  const { acknowledgements = [] } = record.state;
  const heldWalk = acknowledgements.reduce((walkSoFar, { at }) => acknowledged(route, walkSoFar, at), walk);
  if (heldWalk === walk) return;
  record.following = { route, walk: heldWalk };
  record.add({ deadline: heldWalk.deadline });
}

export interface Following {
  readonly isDecided: () => boolean;
  readonly messages: CancellationScope;
  readonly pending: Map<string, Told>;
}

/**
 * Tells people along a route until they decided or their time is over. Neither a slow message nor a worker that was away moves a
 * deadline. An acknowledgement does, once, by as long as it holds back the next step.
 *
 * @param isDecided asked whenever the answer may have changed
 * @param messages the scope in which messages are sent while the workflow waits
 * @param pending the messages that are still being tried, by their step
 */
export async function followRoute(
  record: ActionRecord,
  route: Route,
  openingWalk: Walk,
  { isDecided, messages, pending }: Following,
): Promise<void> {
  const currentWalk = () => record.following?.walk ?? openingWalk;
  const isDelivered = (name: string) =>
    record.state.deliveries.some(
      (delivery) => delivery.delivered && delivery.step.split('/').at(-1) === name,
    );

  while (!isDecided()) {
    const { at, next } = currentWalk();
    // The worker that ruled has its own clock, and after a local activity a replay may see another time. So a step that is due at the
    // opening is due even when this clock is behind.
    const now = Math.max(Date.now(), openingWalk.at);
    if (at > now) {
      const summary = nextIn(route, next);
      await condition(() => isDecided() || currentWalk().at !== at, at - now, { summary });
      continue;
    }
    if (next >= route.steps.length) return;
    const passage = pass(route, currentWalk(), isDelivered);
    record.following = { route, walk: passage.walk };
    holdRoute(record);
    const { told } = passage;
    if (!told) continue;
    pending.set(told.name, told);
    messages
      .run(() => ask(record, told))
      .then(
        () => pending.delete(told.name),
        () => {
          // The scope is cancelled once people decided. tell() itself records what could not be delivered.
        },
      );
  }
}

async function ask(record: ActionRecord, message: Told): Promise<void> {
  const { people, name } = message;
  const { by, whom, to, shifts } = message.step;
  if (shifts && people.length === 0) return addUndelivered(record, message, name, 'nobody is on call');
  // An open page does not ring again.
  if (by === 'page') await takePageBack(record, (delivery) => delivery.to === to);
  await tell(record, { kind: 'asked', name }, { by, whom, step: name });
}

/** Records the messages that were still being tried at the settlement. Nobody waits to know whether they arrive after all. */
export function giveUp(record: ActionRecord, pending: ReadonlyMap<string, Told>): void {
  for (const [step, message] of pending)
    addUndelivered(record, message, step, 'no longer tried, as it was settled first');
}

function addUndelivered(
  record: ActionRecord,
  { people, step: { by, whom } }: Told,
  step: string,
  detail: string,
) {
  const delivery = { step, by, whom, people, delivered: false, detail };
  record.add({ deliveries: [...record.state.deliveries, delivery] });
}

/** What the timer waits for, as operators see it in the Temporal UI. */
function nextIn({ steps, onSilence }: Route, next: number): string {
  const step = steps[next];
  if (!step) return onSilence === 'proceed' ? 'the window ends, then it proceeds' : 'then it expires';
  if ('by' in step) return `then ${step.by} to ${step.whom}`;
  return `then ${step.name ?? 'the next step'}`;
}
