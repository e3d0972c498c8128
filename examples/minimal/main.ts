/** An agent asks to restart a service, a person signs that it may, and only then is the service told. */
import { connect } from 'countersign';
import { signDecision } from '../../src/cli/signing.ts';
import { startEverything } from './everything.ts';

const { address, keyOfAda, stop } = await startEverything();
const countersign = await connect({ address });
try {
  // The agent asks, and explains itself. Without an explanation it is refused.
  const { action, ruling } = await countersign.proposeAndRule({
    actionType: 'service.restart',
    target: 'cart',
    environment: 'production',
    params: {},
    agent: { id: 'ops-agent', version: '1.0.0' },
    rationale: {
      summary: 'The memory of cart grows by 40 MB an hour and reaches its limit at 04:00.',
      confidence: 0.8,
      alternatives: [{ option: 'wait for the deployment', confidence: 0.3, whyNot: 'it is at 09:00' }],
    },
    evidence: [{ title: 'memory', detail: '410 MB at 22:00, 450 MB at 23:00, 490 MB at 00:00' }],
    successCriteria: ['cart uses less than 300 MB after the restart'],
    idempotencyKey: 'restart-cart-1',
  });
  console.log(`ops-agent  asks to restart cart, which is tier ${ruling.tier}: people decide`);

  // A person signs a decision on exactly this: the run of this action, and the digest of what would be done.
  const { workflowId, runId } = await action.state();
  const decision = {
    installation: 'minimal',
    workflowId,
    runId,
    digest: ruling.digest,
    person: 'ada',
    verdict: 'approve',
    decidedAt: Date.now(),
    authentication: 'signing-key',
  } as const;
  console.log(`ada        signs "${decision.verdict}"`);
  await countersign.decide(workflowId, await signDecision(decision, keyOfAda));

  // Now it runs. The outcome is known once all of it is over.
  const { outcome } = await action.result();
  console.log(`outcome    ${outcome.kind}`);
} finally {
  await countersign.close();
  await stop();
}
