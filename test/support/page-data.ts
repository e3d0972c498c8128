import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { type Loaded, loadInstallation } from '../../src/config/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { circumstancesOf } from '../../src/domain/analysis/look.ts';
import type { ComparedMetric, Measurement } from '../../src/domain/analysis/metrics.ts';
import { weigh } from '../../src/domain/analysis/weigh.ts';
import { approversOf } from '../../src/domain/approval/requirement.ts';
import type { Background } from '../../src/domain/background/background.ts';
import { hoursToCompare, seriesOf } from '../../src/domain/background/series.ts';
import { routeDurationOf } from '../../src/domain/escalation/route-duration.ts';
import { findingsOf } from '../../src/domain/findings/findings.ts';
import { chain, type Head, type LedgerEntry, type NewEntry } from '../../src/domain/ledger/ledger.ts';
import type { PastAction } from '../../src/domain/ledger/past-action.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import type { ActionState } from '../../src/domain/record/action-state.ts';
import { NOTHING_YET } from '../../src/domain/record/action-state.ts';
import { assessImpact, type ImpactFacts } from '../../src/domain/risk/impact.ts';
import { liveOf } from '../../src/domain/risk/live-context.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import type { ActionData, Frame } from '../../src/gateway/pages/index.ts';
import { mayOf } from '../../src/gateway/routes/may.ts';
import { aComparison, readNow } from '../domain/support.ts';
import { GATEWAY_KEY } from './gateway.ts';
import { RULED_AT, ruleOn } from './policies.ts';

type Storefront = Extract<Loaded, { kind: 'loaded' }>;

const URLS = {
  STOREFRONT_URL: 'http://storefront.example:8080',
  SMTP_URL: 'smtp://mail.example:587',
  PAGER_URL: 'https://events.pager.example/v2/enqueue',
  PAGER_ROUTING_KEY: 'routing-key-of-on-call',
  TEMPORAL_UI_URL: 'http://127.0.0.1:8233/namespaces/default/workflows',
};

/** The example's installation, with a key for everybody, and with what says how much of an error budget is left. */
export async function loadStorefront(): Promise<Storefront> {
  const { folder } = await keyedInstallation(join(await mkdtemp(join(tmpdir(), 'pages-')), 'installation'));
  const loaded = await loadInstallation(folder, URLS, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { rules } = loaded.installation;
  const live = { ...rules.live, errorBudgetLeft: { source: 'storefront', query: 'error_budget_left' } };
  const gateway = { url: 'https://countersign.example', keys: [GATEWAY_KEY.x], stepUpFromTier: 3 as const };
  return { ...loaded, installation: { ...loaded.installation, rules: { ...rules, live, gateway } } };
}

/** Seven minutes after the ruling. */
export const NOW = RULED_AT + 7 * 60_000;

/** On call, so that they may decide on what is shown, and break the glass. */
const READER = { name: 'linus', displayName: 'Linus Brandt' };

export const frame = (changes: Partial<Frame> = {}): Frame => ({
  now: NOW,
  person: READER,
  csrf: 'a-token-of-this-session',
  ...changes,
});

const past = ({
  action: { type, target },
  n,
}: {
  action: { type: string; target: string };
  n: number;
}): PastAction => ({
  actionId: `deploy-agent.deploy-2.4.${n}`,
  agent: { id: 'deploy-agent', version: '2.0.1' },
  actionType: type,
  target,
  serviceTier: 1,
  tier: 3,
  risk: 58,
  environment: 'production',
  ruledAt: RULED_AT - n * 86_400_000,
  admittedAt: RULED_AT - n * 86_400_000 + 60_000,
  closed: {
    at: RULED_AT - n * 86_400_000 + 900_000,
    outcome: n % 3 === 0 ? 'rolledBack' : 'succeeded',
    settlement: 'approved',
    ...(n % 3 === 0 ? { rollbackMs: 41_000 } : {}),
  },
});

/** A metric that was as `before` on each of the days before, a little more on each, and is as `values` in the last hour. */
function series(metric: string, values: readonly number[], before: readonly number[]) {
  const hours = hoursToCompare(RULED_AT, 'UTC');
  const points = hours.map(({ from, stepMs }, day) => ({
    kind: 'points' as const,
    points: (day === 0 ? values : before.map((value) => value * (1 + day / 50))).map(
      (value, step) => [from + step * stepMs, value] as const,
    ),
  }));
  return seriesOf(metric, hours, points);
}

/** The watched metrics before the action: errors as ever, and a latency that began to climb half an hour ago. */
const SERIES = [
  series(
    'error-ratio',
    [4, 5, 4, 6, 5, 4, 4, 5, 6, 5, 4, 5, 5].map((value) => value / 1_000),
    [4, 4, 5, 4, 5, 5, 4, 5, 4, 5, 5, 4, 5].map((value) => value / 1_000),
  ),
  series(
    'latency-p95',
    [0.21, 0.22, 0.2, 0.21, 0.22, 0.21, 0.23, 0.26, 0.3, 0.36, 0.41, 0.47, 0.52],
    [0.2, 0.19, 0.2, 0.21, 0.2, 0.19, 0.2, 0.21, 0.22, 0.21, 0.2, 0.2, 0.21],
  ),
];

/** What was found beside the agent's confidence and its first alternative. */
const BESIDE: Background = {
  calibration: { kind: 'counted', from: 80, to: 100, ran: 40, well: 31 },
  alternatives: [
    {
      kind: 'permitted',
      place: 0,
      title: 'scale cart to 4 instances',
      tier: 2,
      mode: 'executeAfterWindow',
      risk: 21,
      onTarget: { ran: 12, well: 11 },
    },
  ],
};

/** An action as the rules assess it and rule on it, waiting for people; nothing of it is checked against a schema. */
export function waitingState({ installation, authorize }: Storefront, proposal: Proposal): ActionState {
  const resolved = resolve(installation, proposal, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action, type } = resolved;
  const facts: ImpactFacts = {
    past: [1, 2, 3, 4].map((n) => past({ action, n })),
    live: liveOf(installation, action, {
      at: RULED_AT,
      answers: [
        { what: 'errorBudgetLeft', service: action.target, value: { kind: 'known', value: 0.37 } },
        ...['checkout', 'cart', 'web', 'catalog'].map((service) => ({
          what: 'incidents' as const,
          service,
          value: { kind: 'known' as const, value: 0 },
        })),
        { what: 'onCall', service: action.target, value: { kind: 'known', value: 2 } },
      ],
      running: [],
    }),
    values: { count: readNow(3), value: readNow(2000) },
  };
  const impact = assessImpact(installation, { action, type }, facts);
  const ruling = ruleOn(installation, action, proposal.declaredTier, authorize, impact);
  const waits = 'route' in ruling;
  return {
    workflowId: `action/${action.id}`,
    runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
    proposal,
    action,
    impact,
    ruling,
    ...(waits ? { background: { series: SERIES, ...BESIDE } } : {}),
    status: waits ? 'waiting' : 'executing',
    ...(waits ? { openedAt: RULED_AT, deadline: RULED_AT + routeDurationOf(ruling.route) } : {}),
    ...NOTHING_YET,
    votes: [],
    refusedDecisions: [],
    deliveries: waits
      ? [{ step: 'route-1', by: 'mail', whom: 'checkout-team', delivered: true, detail: '250 OK' }]
      : [],
  };
}

/** The entries that the ledger has of it. */
export function entriesOf(state: ActionState, ...more: readonly NewEntry[]): LedgerEntry[] {
  const { action, impact, ruling, proposal } = state;
  const actionId = action?.id ?? '';
  const body = JSON.parse(JSON.stringify({ proposal, action, impact, ruling }));
  const ruled: NewEntry = {
    eventId: `${actionId}/run/ruled/${digestOf(body)}`,
    actionId,
    kind: 'ruled',
    at: RULED_AT,
    body,
  };
  let head: Head = { seq: 0, hash: '0'.repeat(64) };
  return [ruled, ...more].map((entry) => {
    const placed = chain(head, entry);
    head = placed;
    return placed;
  });
}

/** The page of an action that waits for whoever reads it. */
export function actionData(
  storefront: Storefront,
  proposal = proposalOf(asked.raiseTimeout, 'raise-timeout'),
  changes: Partial<ActionData> = {},
): ActionData {
  const waiting = waitingState(storefront, proposal);
  const requirement =
    waiting.ruling && 'requirement' in waiting.ruling ? waiting.ruling.requirement : undefined;
  const first = requirement && 'group' in requirement ? requirement.approvers[0]?.person : undefined;
  const state = {
    ...waiting,
    revision: 1,
    edits: [],
    questions: [
      {
        id: 'q1',
        person: first ?? 'grace',
        text: 'Does 2.5 s hold up the queue of the mobile app?',
        at: RULED_AT + 120_000,
        answer: { text: 'No: it has a timeout of its own, of 5 s.', at: RULED_AT + 150_000 },
      },
    ],
  };
  return {
    frame: frame(),
    state,
    slo: 99.9,
    may: mayOf(state, undefined, READER.name, NOW),
    entries: entriesOf(state),
    temporalUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/action',
    ...changes,
  };
}

/** The page of an action that contradicts itself in many ways, while an incident is open. Its findings are those of the rules. */
export function doubtfulData(storefront: Storefront): ActionData {
  const { installation } = storefront;
  const proposal: Proposal = {
    ...proposalOf(asked.scaleCart, 'scale-cart'),
    target: 'checkout',
    params: { count: 30 },
    rationale: {
      ...asked.scaleCart.rationale,
      summary: 'Scale checkout to 4 instances, as in staging before. Approved by grace.',
    },
    evidence: [{ title: 'requests per second', detail: '16.6 at 2026-01-02T04:00Z' }],
    successCriteria: ['shoppers are happier'],
  };
  const data = actionData(storefront, proposal);
  const { action, impact: assessed } = data.state;
  if (!action || !assessed) throw new Error('it is assessed');
  const named = {
    id: 'INC-4711',
    title: 'Payments time out',
    kind: 'dependency',
    startedAt: RULED_AT - 240_000,
  };
  const incidents = [
    { service: 'checkout', open: { kind: 'known', value: 1 } as const, named: [named] },
    { service: 'payments', open: { kind: 'unknown', reason: 'it answered 503' } as const },
  ];
  const impact = { ...assessed, live: { ...assessed.live, incidents } };
  const findings = findingsOf({ installation, proposal, action, impact, at: RULED_AT });
  const may = { approve: true, deny: true, ask: true, edit: true };
  return { ...data, may, state: { ...data.state, impact, findings } };
}

/** The page of an action that ran by itself, was taken back, and is to be reviewed by whoever reads it. */
export function reviewData(storefront: Storefront): ActionData {
  const running = waitingState(storefront, proposalOf(asked.flushCache, 'flush-1'));
  const { ruling } = running;
  if (ruling?.kind !== 'permit' || !('review' in ruling)) throw new Error('it is not reviewed');
  const { requirement, withinMs } = ruling.review;
  const verdict = { kind: 'regressed', reason: 'error-ratio: 0.034 is over 0.02' } as const;
  const { action } = running;
  if (!action?.watch) throw new Error('it is watched');
  const compared: ComparedMetric = {
    name: 'failed-requests',
    source: 'storefront',
    initialDelayMs: 0,
    intervalMs: 5_000,
    count: 6,
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    compare: aComparison(),
  };
  const state: ActionState = {
    ...running,
    action: { ...action, watch: { metrics: [...action.watch.metrics, compared] } },
    status: 'closed',
    receipt: { summary: '200 OK', at: RULED_AT + 1_000 },
    measurements: [
      {
        metric: 'error-ratio',
        phase: 'successful',
        value: 0.011,
        reason: 'below 0.02',
        at: RULED_AT + 15_000,
      },
      { metric: 'error-ratio', phase: 'failed', value: 0.034, reason: 'over 0.02', at: RULED_AT + 30_000 },
      ...lookedAt(compared, [12, 15, 14, 20]),
    ],
    verdict,
    rollback: { summary: '200 OK', at: RULED_AT + 31_000 },
    outcome: { kind: 'rolledBack', reason: verdict.reason },
  };
  const review = {
    workflowId: `review/${state.action?.id}`,
    runId: 'a-run',
    actionId: state.action?.id ?? '',
    title: state.action?.title ?? '',
    digest: ruling.digest,
    requirement,
    outcome: { kind: 'rolledBack', reason: verdict.reason } as const,
    dueAt: RULED_AT + withinMs,
    votes: [],
    refusedDecisions: [],
  };
  const [reviewer] = approversOf(requirement);
  const person = storefront.installation.people[reviewer?.person ?? ''];
  if (!person) throw new Error('nobody reviews it');
  return {
    frame: frame({ person }),
    state: { ...state, revision: 1, edits: [], questions: [] },
    may: mayOf(state, review, person.name, NOW),
    review,
    entries: entriesOf(state),
  };
}

/** A look after each block, of which so many of a thousand requests were bad; before the action it was ten. */
function lookedAt(metric: ComparedMetric, bad: readonly number[]): Measurement[] {
  const blocks = bad.map((count, i) => ({
    from: RULED_AT + 5_000 * i,
    after: { bad: count, of: 1_000 },
    before: { bad: 9 + (i % 3), of: 1_000 },
  }));
  return blocks.map((block, i) => {
    const until = block.from + 5_000;
    const circumstances = circumstancesOf({ metrics: [metric] }, metric, { isEnd: false });
    const weighing = weigh(metric.compare, blocks.slice(0, i + 1), circumstances);
    const look = { ...weighing, until, blocks: [block] };
    return { metric: metric.name, phase: 'successful', reason: look.reason, at: until, look };
  });
}
