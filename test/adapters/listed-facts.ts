import type { Json } from '../../src/domain/shared/json.ts';
import { ruledBody } from '../support/ledger-bodies.ts';
import { fact } from './postgres-support.ts';

/** Facts of the ledger that lists are made of. */

export const quorum = (group: string, ...people: string[]) => ({
  group,
  atLeast: 1,
  excluded: [],
  approvers: people.map((person) => ({ person, keys: [] })),
});

/** Waits for one of a group, for so many milliseconds from when it was ruled on. */
export const waiting = (
  actionId: string,
  at: number,
  waitMs: number,
  requirement: Json = quorum('team', 'ada', 'bo'),
  action = {},
) =>
  fact(actionId, {
    at,
    body: ruledBody({
      action: { title: `flush ${actionId}`, ...action },
      impact: { riskScore: 30 },
      ruling: { tier: 3, requirement, route: { onSilence: 'deny', steps: [{ waitMs }] } },
    }),
  });

export const afterwards = (
  actionId: string,
  kind: 'admitted' | 'verdict' | 'closed' | 'reviewed' | 'reported',
  at: number,
  body: object,
) => fact(actionId, { eventId: `${actionId}/run/${kind}`, kind, at, body });

export const approve = (person: string, decidedAt: number) => ({
  person,
  verdict: 'approve',
  decidedAt,
  jws: 'j',
});

export const deny = (person: string, decidedAt: number, reason: string) => ({
  person,
  verdict: 'deny',
  decidedAt,
  jws: 'j',
  reason,
});
