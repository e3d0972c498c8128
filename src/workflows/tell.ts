import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Message, MessageKind } from '../activities/notify.ts';
import { type Delivery, PAGE_PATIENCE_MS } from '../domain/escalation.ts';
import { standingOf } from '../domain/votes.ts';
import type { ActionRecord } from './action-record.ts';
import { notify, resolvePage } from './activities.ts';

export interface Telling {
  readonly kind: MessageKind;
  readonly by: 'mail' | 'page';
  readonly whom: string;
  readonly people: readonly string[];
  /** Stable within the action, so that a repeated message is recognised as the same. */
  readonly step: string;
  readonly deadline?: number;
}

type About = Omit<Message, 'kind' | 'step' | 'deadline'>;

/** Sends one message and records whether it arrived. That it did not is a fact for the rules, not an error here. */
export async function tell(record: ActionRecord, telling: Telling): Promise<void> {
  const { workflowId, runId, proposal, outcome, votes } = record.state;
  const { ruling } = record.known;
  const standing = 'requirement' in ruling ? standingOf(ruling.requirement, votes) : undefined;
  const about = { ...record.known, workflowId, runId, proposal, outcome, standing };
  const delivery = await send(telling, about);
  record.add({ deliveries: [...record.state.deliveries, delivery] });
}

/** Sends one message. Cancellation passes through; any other end is a delivery, made or not. */
export async function send(telling: Telling, about: About): Promise<Delivery> {
  const { by, whom, people, kind, step, deadline } = telling;
  const message = { ...about, kind, step, deadline };
  // A window's page decides whether silence proceeds: this long, not ten minutes.
  const patience = kind === 'proceeding' ? { scheduleToCloseTimeout: PAGE_PATIENCE_MS } : {};
  try {
    const detail = await notify.executeWithOptions({ summary: `${by} to ${whom}: ${kind}`, ...patience }, [
      { by, people, message },
    ]);
    return { step, by, whom, delivered: true, detail };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { step, by, whom, delivered: false, detail: reasonOf(error) };
  }
}

/** Takes the page back once there is nothing left to do for those who were paged. */
export async function takePageBack(record: ActionRecord): Promise<void> {
  const { deliveries, earlierRounds } = record.state;
  const all = [...earlierRounds.flatMap((round) => round.deliveries), ...deliveries];
  if (!all.some(({ by, delivered }) => by === 'page' && delivered)) return;
  try {
    await resolvePage(record.known.action.id);
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
