import { type KeyFile, signDecision } from '../src/cli/signing.ts';
import type { ActionHandle, Countersign, Proposal } from '../src/client/index.ts';
import type { ActionState } from '../src/domain/record/action-state.ts';
import { AGENT, serviceName } from './installation.ts';
import { type BenchTier, notStuck, type Side, type Started, whenWaiting } from './side.ts';

/** Proposed through the SDK, which waits for the ruling. */
export const governedSide = (countersign: Countersign, approver: KeyFile): Side => ({
  start: async (tier) => startedOf(countersign, approver, await countersign.propose(nextProposal(tier))),
});

/** Counts over all callers: no two of them may share an idempotency key. */
let proposed = 0;

function startedOf(countersign: Countersign, approver: KeyFile, action: ActionHandle): Started {
  const { workflowId, actionId } = action;
  const waiting = () => whenWaiting(() => action.state());
  return {
    workflowId,
    effectKey: actionId,
    waiting,
    approve: async () => {
      const jws = await signedApproval(await waiting(), approver);
      const sentAt = performance.now();
      await countersign.decide(workflowId, jws);
      return sentAt;
    },
    result: () => succeeded(action),
  };
}

type Ruling = NonNullable<ActionState['ruling']>;

/** What a decision names of the action that it is about. */
export interface Decidable extends Pick<ActionState, 'workflowId' | 'runId'> {
  readonly ruling?: Pick<Ruling, 'installation' | 'digest'> | undefined;
}

/** What an approver signs with their own key. */
export const signedApproval = (
  { workflowId, runId, ruling }: Decidable,
  approver: KeyFile,
): Promise<string> =>
  signDecision(
    {
      installation: ruling?.installation ?? '',
      workflowId,
      runId,
      digest: ruling?.digest ?? '',
      person: approver.person,
      verdict: 'approve',
      authentication: 'signing-key',
      decidedAt: Date.now(),
    },
    approver,
  );

/** Resolves when it is done. Throws when it ended in any other way than with its effect. */
export async function succeeded(action: ActionHandle): Promise<void> {
  const { outcome } = await notStuck(action.result(), () => action.state());
  if (outcome.kind !== 'succeeded')
    throw new Error(`${action.workflowId} ended ${outcome.kind}: ${outcome.reason}`);
}

/** One more action of this tier, as an agent proposes it. */
export function nextProposal(tier: BenchTier): Proposal {
  proposed += 1;
  return proposalOf(tier, proposed);
}

const proposalOf = (tier: BenchTier, n: number): Proposal => ({
  actionType: `bench.tier-${tier}`,
  target: serviceName(n),
  environment: 'production',
  params: { version: `1.${n}` },
  agent: { id: AGENT, version: '1.4.0' },
  rationale: {
    // The version that it asks for: an approval of another one would have to confirm that.
    summary: `The error budget of the last hour is spent by timeouts of the previous version; 1.${n} shortens them.`,
    confidence: 0.9,
    alternatives: [
      {
        option: 'wait for the next release',
        confidence: 0.4,
        whyNot: 'the budget is spent within two hours',
      },
      { option: 'restart the instances', confidence: 0.3, whyNot: 'helped for four minutes at 02:10' },
    ],
  },
  evidence: [{ title: 'error ratio', detail: '1.8 % since 03:12, 0.2 % the day before' }],
  successCriteria: ['the error ratio stays below 2 %'],
  idempotencyKey: `bench-${n}`,
});
