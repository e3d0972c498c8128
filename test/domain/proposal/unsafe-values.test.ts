import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inquiry, Proposal } from '../../../src/domain/action/action.ts';
import type { PlanTemplate } from '../../../src/domain/installation/installation.ts';
import type { ValueSource } from '../../../src/domain/installation/parameter-rule.ts';
import { resolve, valueSourcesOf } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { actionTypeWith, aMetric } from '../support.ts';

const { installation } = testInstallation();
const noFaults = () => [];

const resolved = (given: Proposal, from = installation) => {
  const answer = resolve(from, given, noFaults);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.faults));
  return answer;
};
const faultsOf = (given: Proposal, from = installation) => {
  const answer = resolve(from, given, noFaults);
  return answer.kind === 'refused' ? answer.faults : [];
};

describe('what an agent sends stays inside the place that the operator gave it', () => {
  const httpTo = (url: string, body: { [key: string]: string } = {}): PlanTemplate => ({
    executor: 'http',
    method: 'POST',
    url,
    body,
    timeoutMs: 1_000,
  });
  const template = `\${environment.adminUrl}/flags/\${params.flag}/set?why=\${params.why}`;
  const withPlan = (execute: PlanTemplate, changes = {}) =>
    testInstallation({
      actionTypes: { 'flag.set': actionTypeWith({ name: 'flag.set', execute, ...changes }) },
    }).installation;
  const setFlag = (params: Proposal['params']) => proposal({ actionType: 'flag.set', params });
  const urlFor = (params: Proposal['params']) => {
    const { execute } = resolved(setFlag({ why: 'x', ...params }), withPlan(httpTo(template))).action;
    return execute.executor === 'http' ? execute.url : '';
  };

  test.each([
    ['dark-mode', 'dark-mode'],
    ['a b', 'a%20b'],
    ['@evil.example', '%40evil.example'],
    ['x=1&y=2', 'x%3D1%26y%3D2'],
    ['...', '...'],
    ['é', '%C3%A9'],
    [7, '7'],
    [['a', 'b'], '%5B%22a%22%2C%22b%22%5D'],
  ])('%j is one segment of the path: %s', (flag, segment) => {
    expect(urlFor({ flag })).toBe(`http://storefront.example/admin/flags/${segment}/set?why=x`);
  });

  const NOT_ONE =
    'must be one part of an address: neither empty nor dots alone, and without / \\ % ? # ; or control characters';

  test.each([
    '.',
    '..',
    '',
    'a/b',
    '../../admin',
    '..\\..\\admin',
    '%2e%2e',
    '%2F',
    'a%',
    '?x=1',
    'a#b',
    '..;',
    'a;b=c',
    'a b\r\nHost: evil',
    'a\u0000',
    'a\u202Eb',
    'a\u2028b',
    '．．',
    '‥',
    'a／b',
    'a＼b',
    '℀',
    'a％2Fb',
  ])('%j, which a server may read as more than one segment, is refused', (flag) => {
    expect(faultsOf(setFlag({ flag, why: 'x' }), withPlan(httpTo(template)))).toEqual([
      { where: 'params.flag', problem: NOT_ONE },
    ]);
  });

  test.each(['.', '', '../../admin', 'a/b?c#d%2F;', 'x\r\ny'])(
    '%j is a value of the query all the same, where it is encoded',
    (why) => {
      const { searchParams, pathname } = new URL(urlFor({ flag: 'x', why }));
      expect([pathname, searchParams.get('why')]).toEqual(['/admin/flags/x/set', why]);
    },
  );

  test("whatever the text, it is refused, or host, path and query stay the operator's", () => {
    const text = fc
      .oneof(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'binary' }),
        fc
          .array(fc.constantFrom('.', '/', '\\', '%', '2', 'f', 'e', ';', '?', '#', 'a'))
          .map((all) => all.join('')),
      )
      .filter((each) => !/\p{Surrogate}/u.test(each));
    const installed = withPlan(httpTo(template));
    fc.assert(
      fc.property(text, text, (flag, why) => {
        const answer = resolve(installed, setFlag({ flag, why }), noFaults);
        if (answer.kind === 'refused') return;
        const { execute } = answer.action;
        const { origin, pathname, searchParams, hash } = new URL(
          execute.executor === 'http' ? execute.url : '',
        );
        expect([origin, pathname.split('/').length, hash]).toEqual(['http://storefront.example', 5, '']);
        // Decoded as often as a careless server may, it is still one segment.
        const segment = decodeURIComponent(pathname.split('/')[3] ?? '');
        expect(segment).toBe(flag);
        expect(decodeURIComponent(segment).normalize('NFKC')).not.toMatch(/[/\\?#;]|^\.{0,2}$/);
        expect([...searchParams]).toEqual([['why', why]]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('several such are reported at once, each of them once', () => {
    const both = withPlan(httpTo(template.replace('set?why=', '')), {
      rollback: httpTo(`\${environment.adminUrl}/undo/\${params.flag}`),
    });
    expect(faultsOf(setFlag({ flag: '..', why: '' }), both).map(({ where }) => where)).toEqual([
      'params.flag',
      'params.why',
    ]);
  });

  test('it stays inside where the value now is read too', () => {
    const reading = (source: ValueSource) =>
      withPlan(httpTo('http://a/b'), { current: { flag: { source } } });
    const asked = reading({ by: 'http', url: `http://a/flags/\${params.flag}`, timeoutMs: 1 });
    expect(faultsOf(setFlag({ flag: '../admin' }), asked)).toEqual([
      { where: 'params.flag', problem: NOT_ONE },
    ]);
    const { action, type } = resolved(setFlag({ flag: 'dark mode' }), asked);
    expect(valueSourcesOf(asked, type, action)).toEqual({
      flag: { by: 'http', url: 'http://a/flags/dark%20mode', timeoutMs: 1 },
    });
    const run = reading({ by: 'command', argv: ['flags', `\${params.flag}`], timeoutMs: 1 });
    expect(faultsOf(setFlag({ flag: '--force' }), run).map(({ where }) => where)).toEqual(['params.flag']);
  });

  test('so it does where the effect is looked up', () => {
    const conditions = { present: 'status == 200', absent: 'status == 404', settleMs: 30_000 };
    const asking = (ask: Inquiry) =>
      withPlan(httpTo('http://a.example/'), { reconcile: { ask, ...conditions } });
    const get = asking({ by: 'http', url: `http://a/flags/\${params.flag}`, timeoutMs: 1 });
    expect(faultsOf(setFlag({ flag: '../checkout' }), get).map(({ where }) => where)).toEqual([
      'params.flag',
    ]);
    expect(resolved(setFlag({ flag: 'dark mode' }), get).action.reconcile).toMatchObject({
      ask: { url: 'http://a/flags/dark%20mode' },
    });
    const run = asking({ by: 'command', argv: ['flags', `\${params.flag}`], timeoutMs: 1 });
    expect(faultsOf(setFlag({ flag: '--force' }), run).map(({ where }) => where)).toEqual(['params.flag']);
  });

  test("an operator's own address is taken as it is written", () => {
    const environments = { production: { adminUrl: 'https://u.example:8443/a/../b' } };
    const { actionTypes } = withPlan(httpTo(template));
    const { execute } = resolved(
      setFlag({ flag: 'x', why: 'y' }),
      testInstallation({ environments, actionTypes }).installation,
    ).action;
    expect(execute).toMatchObject({ url: 'https://u.example:8443/a/../b/flags/x/set?why=y' });
  });

  test('a body keeps the types of parameters', () => {
    const plan = httpTo('http://a.example/', { replicas: `\${params.n}`, note: `n=\${params.n}` });
    expect(resolved(setFlag({ n: 3 }), withPlan(plan)).action.execute).toMatchObject({
      body: { replicas: 3, note: 'n=3' },
    });
  });
});

describe('what an agent sends is compared with a label as it is', () => {
  const watching = (query: string) =>
    testInstallation({
      actionTypes: {
        'flag.set': actionTypeWith({ name: 'flag.set', watch: { metrics: [aMetric({ query })] } }),
      },
    }).installation;
  const setFlag = (params: Proposal['params']) => proposal({ actionType: 'flag.set', params });
  const watched = (query: string, params: Proposal['params'] = {}, target = 'catalog') =>
    resolved({ ...setFlag(params), target }, watching(query)).action.watch?.metrics[0]?.query;

  test.each([
    ['x"} or vector(0) #', String.raw`x\"} or vector(0) #`],
    ['x\\', String.raw`x\\`],
    ['\\"', String.raw`\\\"`],
    ['a\nb', String.raw`a\nb`],
    ['.*', '.*'],
    ['${target}', '${target}'],
    ['é', 'é'],
  ])('INVARIANT 12: %j stays inside its quotes: %s', (flag, written) => {
    expect(watched(`errors{flag="\${params.flag}"}`, { flag })).toBe(`errors{flag="${written}"}`);
    expect(watched(`errors{flag != "\${params.flag}"}`, { flag })).toBe(`errors{flag != "${written}"}`);
  });

  test('one that is empty is refused: it would stand for every series without that label', () => {
    expect(faultsOf(setFlag({ flag: '' }), watching(`errors{flag="\${params.flag}"}`))).toEqual([
      {
        where: 'params.flag',
        problem: 'is empty, which would stand for every metric without this label; give a value',
      },
    ]);
  });

  test('so is one in the query of the current value', () => {
    const current = { source: 'storefront', query: `limit{flag="\${params.flag}"}` };
    const size = { parameter: 'n', current, raise: [] };
    const { installation: sized } = testInstallation({
      actionTypes: { 'flag.set': actionTypeWith({ name: 'flag.set', size }) },
    });
    expect(faultsOf(setFlag({ flag: '', n: 1 }), sized).map(({ where }) => where)).toEqual(['params.flag']);
  });

  test('the name of a service may stand outside of quotes, where a source has no quotes', () => {
    expect(watched('sum:errors{service:${target},env:${environment.name}}')).toBe(
      'sum:errors{service:catalog,env:production}',
    );
  });

  test('the name of a service is text in a regular expression too', () => {
    const services = {
      'web.api': { name: 'web.api', owner: 'group:cart-team', serviceTier: 3, dependsOn: [] },
    } as const;
    const { actionTypes } = watching(`errors{pod=~"\${target}-[0-9]+", service="\${target}"}`);
    const given = proposal({ actionType: 'flag.set', target: 'web.api' });
    const { action } = resolved(given, testInstallation({ services, actionTypes }).installation);
    expect(action.watch?.metrics[0]?.query).toBe(
      String.raw`errors{pod=~"web\\.api-[0-9]+", service="web.api"}`,
    );
  });
});
