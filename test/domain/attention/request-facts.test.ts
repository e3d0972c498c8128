import { expect, test } from 'vitest';
import { askedIn, decidedIn, samenessOf } from '../../../src/domain/attention/request-facts.ts';
import { closedBody, ruledBody } from '../../support/ledger-bodies.ts';

const quorum = (...people: string[]) => ({
  atLeast: 1,
  group: 'owners',
  excluded: [],
  approvers: people.map((person) => ({ person, keys: [] })),
});

const asking = ruledBody({
  action: { params: { to: 3 } },
  impact: { size: { kind: 'measured', parameter: 'to', from: 2, to: 3, change: 0.5 } },
  ruling: {
    kind: 'permit',
    mode: 'executeWithApproval',
    requirement: { allOf: [quorum('ada', 'grace'), { anyOf: [quorum('grace'), quorum('linus')] }] },
    route: { steps: [{ people: ['ada', 'grace'] }, { people: ['linus'] }] },
  },
});

test('a ruling says what is asked, of whom first, and how many may decide', () => {
  expect(askedIn(asking)).toEqual({
    sameness: samenessOf({
      type: 'cache.flush',
      target: 'catalog',
      environment: 'production',
      params: { to: 3 },
    }),
    asks: true,
    asked: ['ada', 'grace'],
    entitled: 3,
    sizeChange: 0.5,
  });
});

test('what its agent did not sign says so', () => {
  const agent = { id: 'agent', version: '1', owner: 'user:radia', unsigned: 'it was handed in unsigned' };
  expect(askedIn(ruledBody({ action: { agent } }))).toMatchObject({ unsigned: true });
});

test('a recommendation asks nobody, and its owners are told', () => {
  const ruling = { ...asking.ruling, mode: 'recommend', people: { owners: ['ada'] } };
  expect(askedIn({ ...asking, ruling })).toMatchObject({
    asks: false,
    recommends: true,
    asked: ['ada'],
    entitled: 0,
  });
});

test('what the side that asks cancelled is kept as such', () => {
  expect(decidedIn(closedBody('cancelled', { votes: [] }))).toMatchObject({ denial: { cancelled: true } });
});

test.each(['execute', 'forbid'])('where the ruling is %s nobody is asked', (mode) => {
  const ruling = mode === 'forbid' ? { ...asking.ruling, kind: mode } : { ...asking.ruling, mode };
  expect(askedIn({ ...asking, ruling })).toMatchObject({ asks: false, asked: [], entitled: 0 });
});

const vote = (person: string, verdict: string, decidedAt: number) => ({
  person,
  verdict,
  decidedAt,
  jws: 'x',
});
const denied = { settlement: { kind: 'denied', by: 'ada', reason: 'no\0t now' } };

test('the end says what people decided, and who denied it why', () => {
  const votes = [vote('grace', 'approve', 1), vote('ada', 'deny', 2)];
  expect(decidedIn(closedBody('deniedByPerson', { votes, ...denied }))).toEqual({
    decisions: [
      { person: 'grace', verdict: 'approve', at: 1 },
      { person: 'ada', verdict: 'deny', at: 2 },
    ],
    denial: { by: 'ada', reason: 'no�t now' },
  });
});

test.each(['expired', 'deniedByPolicy', 'undeliverable'])('an end as %s is nobody’s denial', (outcome) => {
  expect(decidedIn(closedBody(outcome, { votes: [], ...denied }))).toEqual({ decisions: [] });
});

test('whoever broke the glass decided', () => {
  const breakGlass = { person: 'linus', reason: 'all is down', incident: 'INC-1', at: 5 };
  expect(decidedIn(closedBody('succeeded', { votes: [], breakGlass }))).toEqual({
    decisions: [{ person: 'linus', verdict: 'breakGlass', at: 5 }],
  });
});
