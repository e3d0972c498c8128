import type { Countersign } from '../client/index.ts';
import { DecisionRefused } from '../contract/errors.ts';
import { actionWorkflowId, reviewWorkflowId } from '../contract/ids.ts';
import type { DecisionKind } from '../domain/approval/decision-statement.ts';
import type { Part, Scenario, ScriptedProposal } from '../domain/exercise/scenario.ts';
import type { SeenMessage } from '../domain/exercise/sighting.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import type { Agenda } from './agenda.ts';
import type { Cast } from './cast.ts';
import type { Time } from './time.ts';

/** The messages after which a person looks. The others only tell how something went on. */
const ASKING = [
  'approvalRequested',
  'windowOpened',
  'proceeding',
  'inconclusive',
  'reviewDue',
  'reviewOverdue',
];

interface Stage {
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly time: Time;
  readonly now: () => number;
  readonly cast: Cast;
  readonly countersign: Countersign;
  readonly proposalOf: (actionId: string) => ScriptedProposal | undefined;
}

/**
 * Has the people of a scenario answer what they are told. A person reads a message after their own time, or once they are back, and then says what
 * the script has them say, signed: whether it counts, the workflow judges.
 */
export function createPeople({ scenario, agenda, time, now, cast, countersign, proposalOf }: Stage) {
  const looking = new Set<string>();

  async function look(person: string, part: Part, actionId: string, isReview: boolean): Promise<void> {
    const workflowId = isReview ? reviewWorkflowId(actionId) : actionWorkflowId(actionId);
    await time.bringTo(workflowId, now());
    const question = isReview
      ? await reviewQuestion(actionId)
      : actionQuestion(await countersign.action(actionId).state(), verdictOf(part, proposalOf(actionId)));
    if (!question) return;
    const { runId, digest, verdict } = question;
    const jws = await cast.sign({
      workflowId,
      runId,
      digest,
      person,
      verdict: verdict ?? verdictOf(part, proposalOf(actionId)),
      reason: 'an exercise',
      decidedAt: now(),
    });
    try {
      await countersign.decide(workflowId, jws);
    } catch (error) {
      // Somebody else was first, or the person may not decide: that is how it goes in real life too.
      if (!(error instanceof DecisionRefused)) throw error;
    }
    await time.settle(workflowId);
  }

  async function reviewQuestion(actionId: string) {
    const { runId, digest, result } = await countersign.review(actionId);
    return result ? undefined : { runId, digest, verdict: undefined };
  }

  return {
    /** Has everybody look who got this message. */
    hear({ people, taken, about, actionId, workflowId, at }: SeenMessage): void {
      if (!taken || !ASKING.includes(about)) return;
      for (const person of people) {
        const part = scenario.people[person] ?? scenario.everybodyElse;
        const key = `${person} ${workflowId}`;
        if (part.answers === 'never' || looking.has(key)) continue;
        looking.add(key);
        agenda.add(whenRead(part, scenario.begins, at), async () => {
          looking.delete(key);
          await look(person, part, actionId, workflowId.startsWith('review/'));
        });
      }
    },
  };
}

/** When a person looks at what came at a time, in milliseconds since the epoch. */
export function whenRead({ after, away }: Part, begins: number, at: number): number {
  const read = at - begins + after;
  const absence = away.find(({ from, until }) => from <= read && read < until);
  return begins + (absence ? absence.until + after : read);
}

function verdictOf({ answers }: Part, proposal: ScriptedProposal | undefined): 'approve' | 'deny' {
  const isGood = proposal?.is === 'good';
  if (answers === 'approve' || answers === 'deny') return answers;
  return isGood === (answers === 'right') ? 'approve' : 'deny';
}

/** What a person can say about an action as it is now. Undefined: there is nothing left to say. */
function actionQuestion(
  { status, runId, ruling, settlement }: ActionState,
  verdict: 'approve' | 'deny',
): { readonly runId: string; readonly digest: string; readonly verdict: DecisionKind } | undefined {
  if (!ruling) return undefined;
  const { digest } = ruling;
  if (status === 'waiting') return { runId, digest, verdict };
  if (status === 'undecided') return { runId, digest, verdict: verdict === 'approve' ? 'keep' : 'revoke' };
  const isRunning = status === 'executing' || status === 'watching';
  return isRunning && verdict === 'deny' && settlement ? { runId, digest, verdict: 'revoke' } : undefined;
}
