import type {
  ActionsData,
  DashboardData,
  DecidedData,
  PendingData,
  ReviewsData,
} from '../../src/gateway/pages/index.ts';
import type { ListedAction, PendingAction } from '../../src/gateway/ports/read-model.ts';
import { frame, NOW } from './page-data.ts';
import { RULED_AT } from './policies.ts';

const listed = (changes: Partial<ListedAction>): ListedAction => ({
  actionId: 'deploy-agent.raise-timeout',
  title: 'set paymentTimeoutMs of checkout to 2500',
  actionType: 'config.change',
  target: 'checkout',
  environment: 'production',
  agent: 'deploy-agent',
  tier: 3,
  risk: 64,
  status: 'waiting',
  ruledAt: RULED_AT,
  ...changes,
});

const waits = (changes: Partial<PendingAction>): PendingAction => ({
  ...listed({}),
  needed: '1 of checkout-team or sre-on-call',
  group: 'config.change / checkout / production',
  deadline: NOW + 23 * 60_000,
  ...changes,
});

const flush = (n: number, minutes: number) =>
  waits({
    actionId: `cache-agent.flush-${n}`,
    title: `flush the cache of cart, part ${n} of 3`,
    actionType: 'cache.flush',
    target: 'cart',
    agent: 'cache-agent',
    tier: 2,
    risk: 22,
    needed: '1 of cart-team or sre-on-call',
    group: 'cache.flush / cart / production',
    deadline: NOW + minutes * 60_000,
  });

export const pending = (): PendingData => ({
  frame: frame(),
  first: true,
  list: {
    items: [
      flush(1, 3),
      flush(2, 4),
      flush(3, 4),
      waits({}),
      waits({
        actionId: 'deploy-agent.deploy-2.5.0',
        title: 'deploy 2.5.0 to checkout',
        actionType: 'version.deploy',
        risk: 71,
        group: 'version.deploy / checkout / production',
        deadline: NOW + 55 * 60_000,
        needed: '1 of checkout-team or sre-on-call, and 1 of security',
      }),
    ],
    next: 'after-these',
  },
});

export const decided = (): DecidedData => ({
  frame: frame(),
  first: true,
  list: {
    items: [
      {
        ...listed({ status: 'closed', outcome: 'succeeded' }),
        verdict: 'approve',
        decidedAt: NOW - 3_600_000,
      },
      {
        ...listed({
          actionId: 'b',
          title: 'deploy 2.4.9 to checkout',
          status: 'closed',
          outcome: 'deniedByPerson',
        }),
        verdict: 'deny',
        reason: 'Wrong time: the sale begins at noon',
        decidedAt: NOW - 7_200_000,
      },
    ],
  },
});

export const reviews = (): ReviewsData => ({
  frame: frame(),
  first: true,
  list: {
    items: [
      {
        actionId: 'cache-agent.flush-0',
        title: 'flush the cache of catalog',
        agent: 'cache-agent',
        tier: 1,
        outcome: 'succeeded',
        dueAt: NOW + 19 * 3_600_000,
      },
      {
        actionId: 'scaler-agent.scale-cart',
        title: 'scale cart to 5 instances',
        agent: 'scaler-agent',
        tier: 2,
        outcome: 'rolledBack',
        dueAt: NOW - 600_000,
      },
    ],
  },
});

export const actions = (): ActionsData => ({
  frame: frame(),
  first: false,
  filter: { environment: 'production' },
  list: {
    items: [
      listed({}),
      listed({ actionId: 'c', title: 'scale cart to 5 instances', tier: 2, risk: 35, status: 'running' }),
      listed({
        actionId: 'd',
        title: 'flush the cache of catalog',
        tier: 1,
        risk: 12,
        status: 'closed',
        outcome: 'succeeded',
      }),
      listed({
        actionId: 'e',
        title: 'deploy 2.5.0 to checkout',
        risk: 71,
        status: 'closed',
        outcome: 'rolledBack',
      }),
      listed({
        actionId: 'f',
        title: 'deploy 3.0.0 to checkout',
        tier: 4,
        risk: 88,
        status: 'closed',
        outcome: 'deniedByPolicy',
      }),
    ],
    next: 'after-these',
  },
});

export const dashboard = (): DashboardData => ({
  frame: frame(),
  dashboard: {
    at: NOW,
    pending: 12,
    overdue: 2,
    denialRate: 0.134,
    findings: [
      { kind: 'largeChange', shown: 12, followed: 5, approvedPast: 3 },
      { kind: 'evidenceWithoutSource', shown: 9, followed: 0, approvedPast: 0 },
    ],
    watches: [
      {
        actionType: 'version.deploy',
        watched: 40,
        found: 3,
        medianDetectionMs: 24_000,
        falseRollbacks: 1,
        missed: 2,
      },
      {
        actionType: 'cache.flush',
        watched: 7,
        found: 0,
        medianDetectionMs: null,
        falseRollbacks: 0,
        missed: 0,
      },
    ],
    advice: [
      {
        kind: 'askLess',
        actionType: 'config.change',
        target: 'catalog',
        environment: 'production',
        asked: 14,
        unseen: 13,
        medianMs: 11_000,
        suggestion: { kind: 'level', agents: ['config-agent'] },
        wouldHaveRun: [],
      },
      {
        kind: 'askMore',
        actionType: 'cache.flush',
        target: 'search',
        environment: 'production',
        ran: 12,
        regretted: [
          { actionId: 'cache-agent.41', why: 'it was rolled back' },
          { actionId: 'cache-agent.44', why: 'its review disagreed' },
        ],
      },
    ],
    timeToApprove: {
      byTier: [
        { of: 'tier 2', count: 41, p50: 95_000, p95: 280_000 },
        { of: 'tier 3', count: 118, p50: 412_000, p95: 2_940_000 },
      ],
      byGroup: [
        { of: 'checkout-team', count: 96, p50: 390_000, p95: 2_100_000 },
        { of: 'sre-on-call', count: 63, p50: 180_000, p95: 1_500_000 },
      ],
    },
    days: Array.from({ length: 28 }, (_, i) => ({
      day: new Date(NOW - (27 - i) * 86_400_000).toISOString().slice(0, 10),
      proposed: 14 + ((i * 7) % 11),
      denied: (i * 5) % 4,
      autoProceeded: (i * 3) % 5,
      policyDenied: i % 3,
      rolledBack: i % 9 === 0 ? 1 : 0,
    })),
    standing: [
      { agent: 'cache-agent', actionType: 'cache.flush', level: 3 },
      { agent: 'deploy-agent', actionType: 'version.deploy', level: 1 },
      { agent: 'scaler-agent', actionType: 'instances.scale', level: 2 },
    ],
    load: [
      { person: 'priya', pending: 7, decided: 54 },
      { person: 'grace', pending: 5, decided: 31 },
      { person: 'linus', pending: 0, decided: 12 },
    ],
  },
});
