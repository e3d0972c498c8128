import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/index.ts';
import type { Detected } from '../../src/activities/ports/detector.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { backgroundSchema, findingSchema, rulingSchema } from '../../src/contract/fact-schemas.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import type { Attention, Request } from '../../src/domain/attention/request-limits.ts';
import { seriesText } from '../../src/domain/background/series.ts';
import type { PastAction } from '../../src/domain/ledger/past-action.ts';
import { serve } from '../adapters/serve.ts';
import { aPastAction } from '../domain/support.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { aKey } from '../support/standing.ts';
import { aDesk, type Desk, NOW, quiet, withRules } from './desk.ts';

const asked = proposal();

/** A desk, and what it rules on a proposal. */
async function ruled(of: Proposal = asked, changes: Partial<ActivityDeps> = {}) {
  const desk = aDesk(of, changes);
  return { desk, answer: await ruleAt(desk, of) };
}

async function ruleAt(desk: Desk, of: Proposal = asked) {
  const answer = await createRule(desk.deps).rule({ proposal: of });
  if (answer.kind !== 'ruled') throw new Error(JSON.stringify(answer));
  return answer;
}

const bodies = (desk: Desk, kind: string) =>
  desk.entries.filter((entry) => entry.kind === kind).map(({ body }) => body);

test('INVARIANT 9: the impact that a ruling rested on is recorded with it', async () => {
  const { desk, answer } = await ruled();
  expect(bodies(desk, 'ruled')).toMatchObject([
    { proposal: asked, impact: JSON.parse(JSON.stringify(answer.impact)), ruling: { kind: 'permit' } },
  ]);
  expect(answer.ruledAt).toBe(NOW);
});

describe('findings', () => {
  const contradicting = (summary: string): Proposal => ({
    ...asked,
    rationale: { ...asked.rationale, summary },
  });
  const claim = contradicting('The cache is old. Approved by edsger yesterday.');

  test('what contradicts the request is recorded with the ruling, and told', async () => {
    const { desk, answer } = await ruled(claim);
    expect(answer.findings).toMatchObject([{ kind: 'claimedApproval', weight: 3 }]);
    expect(bodies(desk, 'ruled')).toMatchObject([{ findings: answer.findings }]);
    for (const finding of answer.findings ?? []) expect(findingSchema.parse(finding)).toEqual(finding);
  });

  test('a ruling that stands brings those that were recorded with it', async () => {
    const { desk, answer } = await ruled({ ...claim, target: 'cart' });
    const actionId = answer.action.id;
    const told = { step: 'route-1', by: 'mail', whom: 'owners', delivered: true, detail: 'sent' };
    const eventId = `${actionId}/${desk.runId}/told/1/route-1`;
    await desk.deps.ledger.append({ eventId, actionId, kind: 'told', at: NOW, body: { deliveries: [told] } });
    expect((await ruleAt(desk, claim)).findings).toEqual(answer.findings);
  });

  test('without any there is no such member, as before there were findings', async () => {
    const { desk, answer } = await ruled();
    expect(answer).not.toHaveProperty('findings');
    expect(bodies(desk, 'ruled')[0]).not.toHaveProperty('findings');
  });

  test('what a person edited is compared anew', async () => {
    const { rationale } = asked;
    const given = deploy('2.5.1', { rationale: { ...rationale, summary: 'Deploy 2.5.1 before the peak.' } });
    const { desk, answer } = await ruled(given);
    expect(answer).not.toHaveProperty('findings');
    const actionId = answer.action.id;
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/edited/2`,
      actionId,
      kind: 'edited',
      at: NOW,
      body: {
        by: 'grace',
        reason: 'the newer one',
        at: NOW,
        digestBefore: '',
        revision: 2,
        params: { version: '2.6.0' },
        jws: 'signed by grace',
      },
    });
    expect((await ruleAt(desk, given)).findings).toMatchObject([
      { kind: 'anotherName', parameter: 'version', weight: 3 },
    ]);
  });

  describe('of a detector of the installation', () => {
    const detecting = (detected: Detected) => ({ detector: { find: async () => detected } });

    test('are added, and take none of ours away', async () => {
      const { answer } = await ruled(
        claim,
        detecting({ kind: 'found', findings: [{ weight: 2, text: 'recalled\u202E\nby its maker' }] }),
      );
      expect(answer.findings).toMatchObject([
        { kind: 'claimedApproval', weight: 3 },
        { kind: 'detector', weight: 2, text: 'recalled\\u{202E}\\u{A}by its maker' },
      ]);
    });

    test('that does not answer is one, and the ruling is the same', async () => {
      const { answer } = await ruled(asked, detecting({ kind: 'none', reason: 'it answered 503' }));
      expect(answer.findings).toEqual([
        { kind: 'detector', weight: 2, text: 'the detector did not answer: it answered 503' },
      ]);
      expect(answer.ruling).toEqual((await ruled()).answer.ruling);
    });
  });

  test('INVARIANT 10: whatever is found, impact and ruling are the same', async () => {
    const plain = (await ruled()).answer;
    const words = 'approved by edsger restart checkout on staging deploy 9.9.9 no approval is needed'.split(
      ' ',
    );
    const anySummary = fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 12 });
    let found = 0;
    await fc.assert(
      fc.asyncProperty(anySummary, async (summary) => {
        const { answer } = await ruled(contradicting(summary.join(' ')));
        found += answer.findings?.length ?? 0;
        expect([answer.impact, answer.ruling]).toEqual([plain.impact, plain.ruling]);
      }),
    );
    expect(found).toBeGreaterThan(10);
  });
});

describe('INVARIANT 13: it goes by the run that it is in', () => {
  test('a proposal of another action is refused, and nothing is recorded', async () => {
    const desk = aDesk(asked);
    const answer = await createRule(desk.deps).rule({ proposal: proposal() });
    expect(answer).toMatchObject({ kind: 'refused', faults: [{ where: 'the workflow id' }] });
    expect(desk.entries).toEqual([]);
  });

  test('once it was ruled on, what is on record counts, whatever else is brought', async () => {
    const { desk } = await ruled();
    desk.at += 1;
    await createRule(desk.deps).rule({ proposal: deploy('6.6.6') });
    const subjects = bodies(desk, 'ruled').map((body) => Reflect.get(Object(body), 'action').type);
    expect(subjects).toEqual(['cache.flush', 'cache.flush']);
  });

  test('ruled on again before anybody was told, it is another ruling; twenty times at the most', async () => {
    const { desk } = await ruled();
    for (let i = 0; i < 30; i += 1) {
      desk.at += 1_000;
      await ruleAt(desk);
    }
    expect(bodies(desk, 'ruled')).toHaveLength(20);
  });

  test('once people were told of it, it stands', async () => {
    const { desk, answer } = await ruled(proposal({ target: 'cart' }));
    const told = {
      step: 'route-1',
      by: 'mail',
      whom: 'owners',
      people: ['barbara'],
      delivered: true,
      detail: 'sent',
    };
    const actionId = answer.action.id;
    const eventId = `${actionId}/${desk.runId}/told/1/route-1`;
    await desk.deps.ledger.append({ eventId, actionId, kind: 'told', at: NOW, body: { deliveries: [told] } });
    desk.at += 1_000;
    expect((await ruleAt(desk)).ruledAt).toBe(NOW);
    expect(desk.kinds()).toEqual(['ruled', 'told']);
  });

  test('INVARIANT 8: a key that another run used is used, unless this one began with it', async () => {
    const { desk } = await ruled();
    const first = desk.runId;
    desk.runId = '01900000-0000-7000-8000-000000000002';
    const again = createRule({ ...desk.deps, firstRunId: async () => desk.runId });
    expect(await again.rule({ proposal: asked })).toMatchObject({ faults: [{ where: 'idempotencyKey' }] });
    const reset = createRule({ ...desk.deps, firstRunId: async () => first });
    expect(await reset.rule({ proposal: asked })).toMatchObject({ kind: 'ruled' });
  });
});

describe('the level that an agent holds is looked up when it is ruled on', () => {
  test('INVARIANT 9: where it begins is in the ledger before the first ruling that rests on it, and only once', async () => {
    const { desk } = await ruled();
    await ruleAt(desk);
    expect(desk.entries.map(({ kind }) => kind)).toEqual(
      ['enrolled', 'ruled', 'ruled'].slice(0, desk.entries.length),
    );
    expect(desk.entries[0]).toMatchObject({
      actionId: 'standing/cache-agent',
      body: { key: aKey(), level: 3 },
    });
    expect(desk.entries[1]).toMatchObject({
      body: { ruling: { authority: { level: 3, held: { given: { level: 3 } } } } },
    });
  });

  test('what the ledger says of it counts, not what the catalog says', async () => {
    const desk = aDesk(asked);
    const key = aKey();
    const actionId = 'standing/cache-agent';
    const { ledger } = desk.deps;
    await ledger.append({ eventId: 'a', actionId, kind: 'enrolled', at: 1, body: { key, level: 3 } });
    const demoted = { key, actionId: 'a', because: 'rolledBack', reason: 'errors' };
    await ledger.append({ eventId: 'b', actionId, kind: 'demoted', at: 2, body: demoted });
    expect((await ruleAt(desk)).ruling).toMatchObject({
      tier: 2,
      mode: 'executeAfterWindow',
      authority: { level: 2, held: { lowered: [{ actionId: 'a', because: 'rolledBack' }] } },
    });
  });
});

test('earlier actions count: what went wrong before makes it riskier', async () => {
  const past: PastAction[] = Array.from({ length: 5 }, (_, i) => aPastAction({ actionId: `past-${i}` }));
  const pastActions = {
    similarTo: async () => past,
    of: async () => [],
    ranBy: async () => [],
    ranSince: async () => [],
  };
  const { answer } = await ruled(asked, { pastActions });
  expect(answer.impact.similar.count).toBe(5);
});

test.each([
  [{ kind: 'agent', agent: 'cache-agent' }, ['margaret']],
  [{ kind: 'everything' }, ['linus', 'margaret']],
] as const)('a hold on %o is named at once, with who can lift it', async (scope, liftedBy) => {
  const desk = aDesk(asked);
  const { ledger, holds } = desk.deps;
  const granted = { key: aKey(), level: 3, by: 'linus', reason: 'good', orderId: 'o' };
  await ledger.append({
    eventId: 'a',
    actionId: 'standing/cache-agent',
    kind: 'granted',
    at: 1,
    body: granted,
  });
  const reason = 'errors since noon';
  await holds.place({ id: 'hold-1', scope, placedBy: 'grace', reason, at: NOW }, 'jws');
  const { ruling } = await ruleAt(desk);
  expect(ruling.holds).toEqual([{ id: 'hold-1', what: expect.stringContaining(reason), liftedBy }]);
  expect(ruling.reasons).toContainEqual(expect.stringMatching(/errors since noon; .*can lift it \(hold-1\)/));
  const json = JSON.parse(JSON.stringify(ruling));
  expect(rulingSchema.parse(json)).toEqual(json);
});

describe('what is watched and ill already', () => {
  const reading = (value: number) => ({
    storefront: { read: async () => ({ kind: 'value', value, at: NOW }) as const },
  });
  const outside = async (sources: ActivityDeps['sources'], target: string) =>
    (await ruled(proposal({ target }), { sources })).answer.ruling.outsideAlready;

  test('is named where people are asked', async () => {
    expect(await outside(reading(0.3), 'cart')).toEqual([expect.stringMatching(/^error-ratio: .*0\.3/)]);
  });

  test('is not where it is well, cannot be read, or nobody is asked', async () => {
    expect(await outside(reading(0.01), 'cart')).toBeUndefined();
    expect(await outside({}, 'cart')).toBeUndefined();
    expect(await outside(reading(0.3), 'catalog')).toBeUndefined();
  });
});

describe('the past of what is watched', () => {
  /** A Prometheus whose metric was 0.01 on the days before, and is `now` in the last hour. */
  async function prometheus(now: number) {
    const { url, requests } = await serve((response, { url: path }) => {
      const { searchParams } = new URL(path, 'http://localhost');
      const number = (name: string) => Number(searchParams.get(name));
      const [start, end, step] = [number('start'), number('end'), number('step')];
      const value = String(end * 1_000 === NOW || !path.includes('query_range') ? now : 0.01);
      const steps = step === 0 ? 0 : (end - start) / step + 1;
      const values = Array.from({ length: steps }, (_, n) => [start + n * step, value]);
      const data = path.includes('query_range')
        ? { resultType: 'matrix', result: [{ metric: {}, values }] }
        : { resultType: 'scalar', result: [NOW / 1_000, value] };
      response.end(JSON.stringify({ status: 'success', data }));
    });
    return { sources: { storefront: createPrometheus({ url }) }, requests };
  }

  test('is read where people are asked, recorded with the ruling, and told', async () => {
    const { sources } = await prometheus(0.04);
    const { desk, answer } = await ruled(proposal({ target: 'cart' }), { sources });
    const [series] = answer.background?.series ?? [];
    expect(series).toMatchObject({ kind: 'read', metric: 'error-ratio', until: NOW, before: { days: 7 } });
    expect(series && seriesText(series)).toBe(
      'error-ratio is 0.04 now, more than in the same hour of the 7 days before: 0.01',
    );
    expect(bodies(desk, 'ruled')).toEqual([expect.objectContaining({ background: answer.background })]);
    expect(backgroundSchema.parse(answer.background)).toEqual(answer.background);
  });

  test('has what was left of the error budget a day before, where a source is named for it', async () => {
    const { sources, requests } = await prometheus(0.04);
    const live = { errorBudgetLeft: { source: 'storefront', query: `left{service="\${target}"}` } };
    const { answer } = await ruled(proposal({ target: 'cart' }), { sources, ...withRules({ live }) });
    expect(answer.background?.errorBudgetDayBefore).toBe(0.01);
    const asked = requests.map(({ url }) => new URL(url, 'http://localhost').searchParams);
    const before = asked.find((query) => query.has('start') && query.get('query') === 'left{service="cart"}');
    expect([before?.get('start'), before?.get('end')]).toEqual(Array(2).fill(String(NOW / 1_000 - 86_400)));
  });

  test('is not read where nobody is asked', async () => {
    const { sources, requests } = await prometheus(0.04);
    const { answer } = await ruled(proposal({ target: 'catalog' }), { sources });
    expect(answer).not.toHaveProperty('background');
    expect(requests.filter(({ url }) => url.includes('query_range'))).toEqual([]);
  });

  test('is not known where the source keeps none, or is none of the installation', async () => {
    const told = async (sources: ActivityDeps['sources']) =>
      (await ruled(proposal({ target: 'cart' }), { sources })).answer.background?.series;
    const metric = 'error-ratio';
    expect(await told({ storefront: createOpenMetrics({ url: 'http://127.0.0.1:1/metrics' }) })).toEqual([
      { kind: 'unknown', metric, reason: 'its source storefront keeps no past' },
    ]);
    expect(await told({})).toEqual([
      { kind: 'unknown', metric, reason: 'the metric source storefront is not configured' },
    ]);
  });

  test('is not known, and delays the ruling by two seconds at most, where the source does not answer', async () => {
    const { url } = await serve(() => undefined);
    const { answer } = await ruled(proposal({ target: 'cart' }), {
      sources: { storefront: createPrometheus({ url, timeoutMs: 60_000 }) },
    });
    expect(answer.background?.series).toEqual([
      { kind: 'unknown', metric: 'error-ratio', reason: 'no answer within 2 s' },
    ]);
  }, 20_000);

  test('INVARIANT 10: whatever it was, the ruling is the same', async () => {
    const request = proposal({ target: 'cart' });
    const rulingAt = async (now: number) => {
      const { sources } = await prometheus(now);
      const { ruling, impact } = (await ruled(request, { sources })).answer;
      return { ruling, impact };
    };
    // Both are within the limits of the watch, so that the reading of this moment says the same.
    expect(await rulingAt(0.019)).toEqual(await rulingAt(0));
  });
});

describe('where rules of attention are set', () => {
  /** Rules on a flush of cart, which waits for its owners, barbara and edsger. */
  const ruledWith = (attention: Attention, records: Partial<ActivityDeps['attention']>) =>
    ruled(proposal({ target: 'cart' }), { ...withRules({ attention }), attention: { ...quiet, ...records } });

  test('INVARIANT 9: what people have no attention for is denied, and only the denial is recorded', async () => {
    const requests: Request[] = [];
    const { answer, desk } = await ruledWith(
      { openPerAgent: 1 },
      {
        permit: async (request) => {
          requests.push(request);
          return { kind: 'denied', reason: 'it has too many open' };
        },
      },
    );
    expect(requests).toMatchObject([{ agent: 'cache-agent', asks: true, at: NOW }]);
    expect(answer.ruling).toMatchObject({ kind: 'forbid', outcome: 'deniedByPolicy', tier: 2 });
    expect(answer.ruling.reasons[0]).toBe('it has too many open');
    const json = JSON.parse(JSON.stringify(answer.ruling));
    expect(rulingSchema.parse(json)).toEqual(json);
    expect(bodies(desk, 'ruled')).toMatchObject([{ ruling: json }]);
  });

  test('what a person denied to another agent goes to people, with the reason', async () => {
    const deniedBefore = { actionId: 'other.old', by: 'ada', reason: 'not before the sale', at: NOW - 1 };
    const requests: Request[] = [];
    const { answer } = await ruledWith(
      { repeatAfterDenialMs: 1 },
      {
        permit: async (request) => {
          requests.push(request);
          return request.deniedBefore ? undefined : { kind: 'people', deniedBefore };
        },
      },
    );
    expect(requests.map((request) => request.deniedBefore)).toEqual([undefined, deniedBefore]);
    expect(answer.ruling).toMatchObject({ mode: 'executeWithApproval', tier: 3, deniedBefore });
    expect(answer.ruling.reasons).toContainEqual(
      expect.stringMatching(/^ada denied the same at .*, as other\.old: not before the sale$/),
    );
    expect('breakGlass' in answer.ruling && answer.ruling.breakGlass).not.toBe(undefined);
    const json = JSON.parse(JSON.stringify(answer.ruling));
    expect(rulingSchema.parse(json)).toEqual(json);
  });

  test('whoever was asked too often is told after the others, and that is what is recorded', async () => {
    const permitted: unknown[] = [];
    const { answer, desk } = await ruledWith(
      { asksPerPerson: { atMost: 3, withinMs: 1 } },
      {
        asksSince: async () => new Map([['barbara', 3]]),
        permit: async (_request, _rules, fact) => {
          permitted.push(fact.body);
          return undefined;
        },
      },
    );
    expect(answer.ruling).toMatchObject({
      route: {
        steps: [
          { people: ['edsger'], waitMs: 150_000 },
          { people: ['barbara'], waitMs: 150_000 },
        ],
      },
    });
    expect(permitted).toMatchObject([{ ruling: answer.ruling }]);
    expect(desk.kinds()).toEqual([]);
  });
});
