import { isCancellation } from '@temporalio/workflow';
import { type Delivery, type Means, PAGE_PATIENCE_MS, type Route } from '../domain/escalation/route.ts';
import type { Announcement } from '../domain/record/announcement.ts';
import type { ActionRecord } from './action-record.ts';
import { notify, resolvePage } from './activities.ts';
import { reasonOf } from './activity-error.ts';

/** How operators read of a message, and what is recorded of one that did not arrive. */
export interface Shown {
  readonly by: Means;
  readonly whom: string;
  /** Names the message within the action. Absent: the kind of the announcement is the name. */
  readonly step?: string | undefined;
}

/** Sends a message that is due and records whether it arrived. A failed delivery is a fact for the rules, not an error here. */
export async function tell(record: ActionRecord, announcement: Announcement, display: Shown): Promise<void> {
  const delivery = await send(record, announcement, display);
  record.add({ deliveries: [...record.state.deliveries, delivery] });
}

/** Sends one message and returns the delivery, made or not. Throws only when cancelled. */
async function send(
  record: ActionRecord,
  announcement: Announcement,
  { by, whom, step = announcement.kind }: Shown,
): Promise<Delivery> {
  // The page of a window decides whether silence proceeds. So it is tried for this long, not for ten minutes.
  const patience = announcement.kind === 'proceeding' ? { scheduleToCloseTimeout: PAGE_PATIENCE_MS } : {};
  const summary = `${by} to ${whom}: ${announcement.kind}`;
  try {
    return await notify.executeWithOptions({ summary, ...patience }, [
      { announcement, statements: record.statements },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { step, by, whom, delivered: false, detail: reasonOf(error) };
  }
}

/**
 * Tells how the action was settled, in every place where it was asked: once for each message that can be updated, and once in each
 * other place. Where the route asks for it, also by mail to those who did not decide.
 */
export async function tellSettled(record: ActionRecord, { mailSettled }: Route): Promise<void> {
  const { deliveries, settlement } = record.state;
  const arrivedDeliveries = deliveries.filter(({ delivered, aside }) => delivered && !aside);
  const mails = mailSettled ? arrivedDeliveries.filter(({ by }) => by === 'mail') : [];
  const deciders = settlement && 'by' in settlement ? [settlement.by].flat() : [];
  const otherPeople = mails
    .flatMap(({ people = [] }) => people)
    .filter((person) => !deciders.includes(person));
  const places = arrivedDeliveries.filter(({ by }) => by === 'slack' || by === 'webhook');
  const messages = [
    ...new Map(places.map((delivery) => [`${delivery.by} ${delivery.ref}`, delivery])).values(),
    ...(otherPeople.length > 0 ? mails.slice(0, 1) : []),
  ];
  record.telling += messages.length;
  await Promise.all(
    messages.map(async ({ by, whom, step }) => {
      try {
        await tell(record, { kind: 'settled', of: step }, { by, whom, step: `${step}/settled` });
      } finally {
        record.telling -= 1;
      }
    }),
  );
}

/**
 * Resolves pages once those who were paged have nothing left to do.
 *
 * @param isChosen chooses among the delivered pages; all of them by default
 */
export async function takePageBack(
  record: ActionRecord,
  isChosen: (delivery: Delivery) => boolean = () => true,
): Promise<void> {
  const { deliveries, earlierRounds } = record.state;
  const allDeliveries = [...earlierRounds.flatMap((round) => round.deliveries), ...deliveries];
  const pages = allDeliveries.filter(
    (delivery) => delivery.by === 'page' && delivery.delivered && isChosen(delivery),
  );
  await Promise.all([...new Set(pages.map(({ to }) => to))].map((to) => takeBack(() => resolvePage({ to }))));
}

/** Resolves one page. A pager that fails is ignored. */
export async function takeBack(resolve: () => Promise<unknown>): Promise<void> {
  try {
    await resolve();
  } catch (error) {
    // The pager ends the page by its own time-out, and nothing else depends on it.
    if (isCancellation(error)) throw error;
  }
}
