import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Message, MessageKind } from '../activities/notify.ts';
import { type Delivery, type Means, PAGE_PATIENCE_MS, type Route } from '../domain/escalation.ts';
import { standingOf } from '../domain/votes.ts';
import type { ActionRecord } from './action-record.ts';
import { notify, resolvePage } from './activities.ts';

export interface Telling {
  readonly kind: MessageKind;
  readonly by: Means;
  readonly whom: string;
  readonly people: readonly string[];
  /** Whose pager it is, as a step of a route names them. Absent: on-call's. */
  readonly to?: string | undefined;
  /** The message to bring up to date. */
  readonly ref?: string | undefined;
  /** Stable within the action, so that a repeated message is recognised as the same. */
  readonly step: string;
  readonly deadline?: number;
  /** What a person said or did that this is about. */
  readonly said?: string;
  /** Told beside the escalation route. */
  readonly aside?: true;
}

type About = Omit<Message, 'kind' | 'step' | 'deadline' | 'said'>;

/** Sends one message and records whether it arrived. That it did not is a fact for the rules, not an error here. */
export async function tell(record: ActionRecord, telling: Telling): Promise<void> {
  const { workflowId, runId, proposal, outcome, settlement, votes } = record.state;
  const { ruling } = record.known;
  const standing = 'requirement' in ruling ? standingOf(ruling.requirement, votes) : undefined;
  const about = { ...record.known, workflowId, runId, proposal, outcome, settlement, standing };
  const delivery = await send(telling, about);
  record.add({ deliveries: [...record.state.deliveries, delivery] });
}

/** Sends one message. Cancellation passes through; any other end is a delivery, made or not. */
export async function send(telling: Telling, known: About): Promise<Delivery> {
  const { by, whom, people, to, ref, kind, step, deadline, said, aside } = telling;
  const about = { step, by, whom, people, ...(to === undefined ? {} : { to }), ...(aside ? { aside } : {}) };
  const message = { ...known, kind, step, deadline, said };
  // A window's page decides whether silence proceeds: this long, not ten minutes.
  const patience = kind === 'proceeding' ? { scheduleToCloseTimeout: PAGE_PATIENCE_MS } : {};
  try {
    const sent = await notify.executeWithOptions({ summary: `${by} to ${whom}: ${kind}`, ...patience }, [
      { by, people, to, ref, message },
    ]);
    return { ...about, delivered: true, ...sent };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ...about, delivered: false, detail: reasonOf(error) };
  }
}

/**
 * Says how it was settled wherever it was asked and can be said: once for each message that can be changed, once in each other
 * place, and by mail where the route says so, to those who did not decide it.
 */
export async function tellSettled(record: ActionRecord, { mailSettled }: Route): Promise<void> {
  const { deliveries, settlement } = record.state;
  const asked = deliveries.filter(({ delivered, aside }) => delivered && !aside);
  const [mail, ...mails] = mailSettled ? asked.filter(({ by }) => by === 'mail') : [];
  const deciders = settlement && 'by' in settlement ? [settlement.by].flat() : [];
  const mailed = [mail, ...mails].flatMap((each) => each?.people ?? []);
  const people = [...new Set(mailed)].filter((person) => !deciders.includes(person));
  const places = asked.filter(({ by }) => by === 'slack' || by === 'webhook');
  const messages: Pick<Delivery, 'by' | 'whom' | 'step' | 'ref' | 'people'>[] = [
    ...new Map(places.map(({ people: _, ...each }) => [`${each.by} ${each.ref}`, each])).values(),
    ...(mail && people.length > 0 ? [{ ...mail, whom: 'those who were asked', people }] : []),
  ];
  record.telling += messages.length;
  await Promise.all(
    messages.map(async ({ by, whom, ref, step, people: told = [] }) => {
      try {
        await tell(record, { by, whom, people: told, ref, kind: 'settled', step: `${step}/settled` });
      } finally {
        record.telling -= 1;
      }
    }),
  );
}

/**
 * Takes pages back once there is nothing left to do for those who were paged.
 *
 * @param which of those that were delivered; all, unless it is said
 */
export async function takePageBack(
  record: ActionRecord,
  which: (delivery: Delivery) => boolean = () => true,
): Promise<void> {
  const { deliveries, earlierRounds } = record.state;
  const all = [...earlierRounds.flatMap((round) => round.deliveries), ...deliveries];
  const paged = all.filter((delivery) => delivery.by === 'page' && delivery.delivered && which(delivery));
  await Promise.all(
    [...new Set(paged.map(({ to }) => to))].map((to) => takeBack({ actionId: record.known.action.id, to })),
  );
}

/** Takes one page back. */
export async function takeBack(page: {
  readonly actionId: string;
  readonly to?: string | undefined;
}): Promise<void> {
  try {
    await resolvePage(page);
  } catch (error) {
    // The pager's own time-out ends the page: nothing more depends on it.
    if (isCancellation(error)) throw error;
  }
}

/** The plainest words for why an activity failed. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
