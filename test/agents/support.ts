import type { CountersignAgent } from '../../src/agents/governed.ts';
import { asAgent } from '../../src/agents/index.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { World } from '../support/world.ts';

export const INBOX = 'https://approvals.example.com';

/** The agent of the tests, which deploys. */
export const agentOf = (world: World): CountersignAgent =>
  asAgent(world.countersign, {
    agent: { id: 'deploy-agent', version: '2.0.1' },
    environment: 'production',
    inbox: `${INBOX}/`,
  });

/** What a model says beside the arguments. */
export const explanation = {
  summary: 'Checkout loses one payment in forty since 03:10; 2.4.0 has the fix.',
  confidence: 0.8,
  alternatives: [
    { option: 'restart checkout', confidence: 0.2, whyNot: 'it failed again after ten minutes' },
  ],
  evidence: [{ title: 'error ratio of checkout', detail: '2.5 % since 03:10, 0.1 % before' }],
  successCriteria: ['the error ratio of checkout is below 0.5 % again'],
};

/** The action that a call of a tool became. */
export const actionOf = (world: World, callId: string): ActionHandle =>
  world.countersign.action(`deploy-agent.${callId}`);

/** Has a person change the version of a waiting deployment, and another one approve what it is then. */
export async function editAndApprove(world: World, action: ActionHandle, version: string): Promise<void> {
  await world.until(action, 'waiting');
  await world.say('grace', 'edit', action, { params: { version }, reason: 'that one has the fix' });
  await world.untilAskedAgain(action);
  await world.decide('linus', 'approve', action);
  await action.result();
}

/** An id as the providers of models give one. */
export const callId = () => `call_${crypto.randomUUID().replaceAll('-', '')}`;
