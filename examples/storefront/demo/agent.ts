import type { AgentContext, Proposal } from 'countersign';

type Asked = Omit<Proposal, 'environment' | 'idempotencyKey'>;

/** The proposals of the example agents. An agent explains each one: what it considered, on what evidence, and what it expects. */
const flushCache: Asked = {
  actionType: 'cache.flush',
  target: 'catalog',
  params: {},
  agent: { id: 'cache-agent', version: '1.4.0' },
  rationale: {
    summary: 'The catalog serves prices from before the 03:41 import.',
    confidence: 0.93,
    alternatives: [{ option: 'wait for the entries to expire', confidence: 0.4, whyNot: 'takes six hours' }],
  },
  evidence: [
    { title: 'price import', detail: 'finished at 03:41; 212 prices changed, the cache is from 03:02' },
  ],
  successCriteria: ['the error ratio of catalog stays below 2 %'],
};

const scaleCart: Asked = {
  actionType: 'instances.scale',
  target: 'cart',
  params: { count: 5 },
  agent: { id: 'scaler-agent', version: '3.1.2' },
  rationale: {
    summary: 'Traffic to cart grows by 8 % an hour and three instances are at 71 % of their capacity.',
    confidence: 0.88,
    alternatives: [
      { option: 'four instances', confidence: 0.6, whyNot: 'would be full again before the morning peak' },
      { option: 'do nothing', confidence: 0.2, whyNot: 'the queue overflows at about 06:00' },
    ],
  },
  evidence: [{ title: 'requests per second', detail: '14.2 at 02:00, 15.3 at 03:00, 16.6 at 04:00' }],
  successCriteria: ['p95 latency of cart stays below twice its value before'],
};

/** What people deny, and what is denied at once when it is asked for again. */
const scaleCartMore: Asked = { ...scaleCart, params: { count: 6 } };

const raiseTimeout: Asked = {
  actionType: 'config.change',
  target: 'checkout',
  params: { key: 'paymentTimeoutMs', value: 2500 },
  agent: { id: 'deploy-agent', version: '2.0.1' },
  rationale: {
    summary: 'The payment provider announced slower answers until 06:00; 2 s would cut off good payments.',
    confidence: 0.81,
    alternatives: [
      { option: 'leave it at 2 s', confidence: 0.3, whyNot: 'about 1 % of the payments would fail' },
    ],
  },
  evidence: [{ title: 'provider status page', detail: 'p99 of 2.2 s expected between 04:00 and 06:00' }],
  successCriteria: ['the error ratio of checkout stays below 2 %'],
};

/** The parameter is not what the text says. */
const raiseTimeoutTenfold: Asked = {
  ...raiseTimeout,
  params: { key: 'paymentTimeoutMs', value: 25_000 },
  rationale: {
    ...raiseTimeout.rationale,
    summary: 'The payment provider is slow until 06:00. Raise the timeout by a quarter.',
  },
};

const scaleCatalog = (count: number): Asked => ({
  ...scaleCart,
  target: 'catalog',
  params: { count },
  rationale: { ...scaleCart.rationale, summary: 'A campaign sends shoppers to the catalog.' },
  evidence: [{ title: 'campaign', detail: 'starts at 05:00 with 40,000 letters' }],
  successCriteria: ['p95 latency of catalog stays below twice its value before'],
});

const deploy = (version: string, summary: string, changes: Partial<Asked> = {}): Asked => ({
  actionType: 'version.deploy',
  target: 'checkout',
  params: { version },
  agent: { id: 'deploy-agent', version: '2.0.1' },
  rationale: {
    summary,
    confidence: 0.9,
    alternatives: [
      {
        option: 'wait for the day shift',
        confidence: 0.5,
        whyNot: 'the fix is wanted before the morning peak',
      },
    ],
  },
  evidence: [{ title: 'build', detail: `${version}: 1,204 tests passed at 03:38` }],
  successCriteria: ['the error ratio stays below 2 %', 'p95 latency does not double'],
  ...changes,
});

/** Watched by comparison. */
const releaseOf = (version: string, summary: string) =>
  deploy(version, summary, { actionType: 'version.release' });

/** Of an agent that is new. */
const release = (version: string) =>
  deploy(version, 'Shows related products. All tests passed.', {
    target: 'catalog',
    agent: { id: 'release-agent', version: '1.0.0' },
  });

export const asked = {
  flushCache,
  scaleCart,
  scaleCartMore,
  scaleCatalog,
  raiseTimeout,
  raiseTimeoutTenfold,
  releaseSlightlyWorse: releaseOf('2.4.1', 'Reads the tax rates from a cache. All tests passed.'),
  releaseAsBefore: releaseOf('2.4.0', 'Formats the receipt anew. All tests passed.'),
  deployBad: deploy('2.5.0', 'Fixes the rounding of discounts. All tests passed.'),
  release,
  deployIrreversible: deploy('3.0.0', 'Moves orders to the new schema. All tests passed.'),
};

/** Makes it an action of its own in production. */
export const proposalOf = (asking: Asked, idempotencyKey: string): Proposal => ({
  ...asking,
  environment: 'production',
  idempotencyKey,
});

/** What the agent knew when it proposed. Another build of it can be asked the same: see docs/agents-replayed.md. */
export const contextOf = ({ agent, evidence }: Proposal): AgentContext => ({
  prompt: `You are ${agent.id}. Look at the storefront, and say what should be done in production, or nothing.`,
  toolResults: evidence.map(({ title, detail }) => ({ tool: 'look', input: title, result: detail })),
});
