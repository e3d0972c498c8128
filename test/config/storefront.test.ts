import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { type Loaded, loadInstallation } from '../../src/config/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { excludedFrom, peopleIn } from '../../src/domain/approval/requirement.ts';
import { resolve, valueSourcesOf } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact, type ImpactFacts } from '../../src/domain/risk/impact.ts';
import { liveOf, liveQuestionsOn } from '../../src/domain/risk/live-context.ts';
import { calmFacts, readNow } from '../domain/support.ts';
import { ruleOn } from '../support/policies.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { copyStorefront, STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { type Edit, edited, faultsOf, lineOf } from './broken.ts';

type Storefront = Extract<Loaded, { kind: 'loaded' }>;

async function load(...edits: readonly Edit[]): Promise<Storefront> {
  const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

test('as committed, nobody can sign, and the faults say what to do', async () => {
  const folder = await copyStorefront();
  const faults = await faultsOf(folder);
  expect(faults).toContainEqual({
    file: 'countersign.yaml',
    line: await lineOf(folder, 'countersign.yaml', 'grantedBy: group:storefront-engineering'),
    problem:
      'standing.grantedBy: nobody of group:storefront-engineering has a signing key: run "countersign keys" for ada, elif, grace, jonas, mei, priya, tomas, or write "gateway:", where everybody of the catalog can sign in',
  });
  expect(faults).toContainEqual({
    file: 'countersign.yaml',
    line: await lineOf(folder, 'countersign.yaml', 'approval: { atLeast: 1, of: [owners] }'),
    problem:
      'review.approval: 1 of web-team must approve what cache-agent asks for on web (and 15 more pairs of agent and service), and 0 can: run "countersign keys" for ada, elif, grace, jonas, mei, priya, tomas, or write "gateway:", where everybody of the catalog can sign in',
  });
});

describe('with keys', () => {
  let storefront: Storefront;
  beforeEach(async () => {
    storefront = await load();
  });

  function ruled(asked: Proposal) {
    const { installation, checkParams, authorize } = storefront;
    const resolved = resolve(installation, asked, checkParams);
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    const impact = impactOf(asked, { values: { count: readNow(4) } });
    return {
      action: resolved.action,
      ruling: ruleOn(installation, resolved.action, undefined, authorize, impact),
    };
  }

  const scale = (target: string) =>
    proposal({
      actionType: 'instances.scale',
      target,
      params: { count: 6 },
      agent: { id: 'scaler-agent', version: '1.0.0' },
    });

  test.each([
    ['web', 2, ['cart', 'catalog', 'checkout']],
    ['checkout', 1, ['cart']],
    ['cart', 2, ['catalog']],
    ['catalog', 3, []],
  ])('%s is a tier-%i service that needs %j', (name, serviceTier, dependsOn) => {
    expect(storefront.installation.services[name]).toMatchObject({ serviceTier, dependsOn });
  });

  function impactOf(asked: Proposal, facts: Partial<ImpactFacts> = {}) {
    const { installation, checkParams } = storefront;
    const resolved = resolve(installation, asked, checkParams);
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    return assessImpact(installation, resolved, { ...calmFacts, ...facts });
  }

  test('what happens to catalog reaches everything', () => {
    expect(impactOf(proposal({ target: 'catalog' })).blastRadius).toEqual({
      direct: { count: 2, names: ['cart', 'web'] },
      transitive: { count: 1, names: ['checkout'] },
      byServiceTier: { 1: 1, 2: 2, 3: 0, 4: 0 },
      mostCritical: { name: 'checkout', serviceTier: 1, steps: 2, path: ['catalog', 'cart', 'checkout'] },
    });
  });

  test('what is at stake is written beside each service', () => {
    expect(storefront.installation.services.checkout).toMatchObject({
      costPerHour: 6000,
      dataClassification: 'restricted',
      slo: 99.9,
    });
  });

  test.each([
    [4, readNow(4), 2],
    [6, readNow(4), 2],
    [7, readNow(4), 3],
    [20, readNow(4), 4],
    [6, { kind: 'unknown', reason: 'no sample' }, 4],
  ] as const)('scaling to %i with now %j is performance %i', (count, now, performance) => {
    const values = { count: now };
    expect(impactOf({ ...scale('cart'), params: { count } }, { values }).severity).toMatchObject({
      performance,
    });
  });

  test('the example of docs/risk.md is as it says', async () => {
    const page = await readFile(new URL('../../docs/risk.md', import.meta.url), 'utf8');
    const asked = { ...scale('cart'), params: { count: 9 } };
    const values = { count: readNow(4) };
    const impact = impactOf(asked, { values });
    expect(impact).toMatchObject({
      severity: { performance: 3, serviceDisruption: 2 },
      rollbackDifficulty: 2,
      costs: { waitingPerHourInTrouble: 2400, beingWrong: 4650 },
    });
    expect(impact.reasons.riskScore.join()).toContain(
      'severity 25.3 of 40, dependents 7.4 of 20, taking it back 10 of 20, record 0 of 12, service tier 8 of 12, size 4.3 of 8, live context 0 of 22',
    );

    const query = { source: 'storefront', query: 'any' };
    const { installation } = storefront;
    const live = { errorBudgetLeft: query, incidents: query, onCall: query };
    storefront = { ...storefront, installation: { ...installation, rules: { ...installation.rules, live } } };
    const { action } = ruled(asked);
    const answers = liveQuestionsOn(storefront.installation, action).map(({ what, service }) => {
      const value = {
        errorBudgetLeft: 0.25,
        errorBudgetBurnRate: 1,
        load: 1,
        incidents: service === 'catalog' ? 1 : 0,
        onCall: 1,
      }[what];
      return { what, service, value: { kind: 'known', value } as const };
    });
    const standing = (given: typeof answers) =>
      liveOf(storefront.installation, action, { at: 0, answers: given, running: [] });
    const bad = impactOf(asked, { values, live: standing(answers) });
    const silent = impactOf(asked, { values, live: standing([]) });
    const scores = [impact, bad, silent].map(({ riskScore }) => riskScore);
    expect(scores).toEqual([55, 64, 71]);
    for (const score of scores) expect(page).toContain(`**risk ${score} of 100**`);
    expect(page).toContain('(2400 + 6000 + 900) x 50 % x 1 h = 4650');
  });

  test.each([
    ['checkout', '3.0.1', 'some'],
    ['checkout', '2.4.0', 'nothing'],
    ['catalog', '3.0.0', 'nothing'],
  ])(
    'what taking a deployment back leaves behind is known by service and version: %s %s',
    (target, version, kind) => {
      const deploy = { ...scale(target), actionType: 'version.deploy', params: { version } };
      expect(impactOf(deploy).leftBehind?.kind).toBe(kind);
    },
  );

  test('the instances that run now are read where the storefront says them', () => {
    const { installation } = storefront;
    const type = installation.actionTypes['instances.scale'];
    if (!type) throw new Error('it scales instances');
    expect(valueSourcesOf(installation, type, ruled(scale('cart')).action)).toEqual({
      count: { by: 'metric', source: 'storefront', query: 'storefront_instances{service="cart"}' },
    });
  });

  test.each([
    ['catalog', 'execute'],
    ['cart', 'executeAfterWindow'],
    ['checkout', 'executeWithApproval'],
  ])('scaling %s is ruled %s', (target, mode) => {
    expect(ruled(scale(target)).ruling).toMatchObject({ kind: 'permit', mode });
  });

  test('a deployment is resolved to the requests that will be sent', () => {
    const { action } = ruled(deploy('2.5.0', { idempotencyKey: 'k1' }));
    expect(action).toMatchObject({
      title: 'deploy 2.5.0 to checkout',
      execute: {
        method: 'PUT',
        url: 'http://storefront.example:8080/admin/checkout/version',
        body: { version: '2.5.0' },
      },
      rollback: {
        method: 'POST',
        url: 'http://storefront.example:8080/admin/checkout/undo',
        body: { operation: 'deploy-agent.k1' },
      },
    });
  });

  test('ada is of the team that owns checkout and of the team that owns deploy-agent, so she may not approve', () => {
    const { ruling } = ruled(deploy('2.5.0'));
    if (!('requirement' in ruling)) throw new Error('there is nothing to approve');
    expect(peopleIn(ruling.requirement)).toEqual(['grace', 'linus', 'noor']);
    expect(excludedFrom(ruling.requirement).map(({ person }) => person)).toEqual(['ada', 'samira']);
  });

  test('its agents start at level 3 but the new one, and an agent of which nothing is said at level 1', async () => {
    const levelsOf = ({ installation: { agents } }: Storefront) =>
      Object.fromEntries(Object.values(agents).map(({ id, level }) => [id, level]));
    expect(levelsOf(storefront)).toEqual({
      'cache-agent': 3,
      'scaler-agent': 3,
      'deploy-agent': 3,
      'release-agent': 1,
    });
    const unsaid = await load({
      file: 'catalog/agents.yaml',
      replace: '  annotations:\n    countersign.dev/autonomy: "3"\n',
      by: '',
    });
    expect(levelsOf(unsaid)).toMatchObject({ 'cache-agent': 1, 'scaler-agent': 3 });
  });

  test('its engineers grant levels, and where nobody is named nobody does', async () => {
    expect(storefront.installation.rules.standing).toEqual({ grantedBy: 'group:storefront-engineering' });
    const silent = await load({
      file: 'countersign.yaml',
      replace: 'standing:\n  grantedBy: group:storefront-engineering\n',
      by: '',
    });
    expect(silent.installation.rules.standing).toBeUndefined();
  });

  test('a migration is only recommended', () => {
    const { ruling } = ruled(
      proposal({ actionType: 'schema.migrate', target: 'checkout', params: { layout: 2 } }),
    );
    expect(ruling).toMatchObject({ kind: 'permit', mode: 'recommend' });
  });

  test('everyone in a team is in the department', () => {
    const { groups } = storefront.installation;
    expect(groups['storefront-engineering']).toEqual([
      'ada',
      'elif',
      'grace',
      'jonas',
      'mei',
      'priya',
      'tomas',
    ]);
  });

  test('the worker is told how to reach the world', () => {
    expect(storefront.connections).toEqual({
      mail: { smtpUrl: STOREFRONT_ENV.SMTP_URL, from: 'countersign@storefront.example' },
      pager: { url: STOREFRONT_ENV.PAGER_URL, routingKey: STOREFRONT_ENV.PAGER_ROUTING_KEY },
      uiUrl: 'https://temporal.example/namespaces/default/workflows',
      metricSources: {
        storefront: {
          kind: 'openmetrics',
          url: 'http://storefront.example:8080/metrics',
          intervalMs: 60_000,
        },
        'storefront-history': {
          kind: 'http',
          intervalMs: 1_000,
          times: 'ms',
          series: {
            url: 'http://storefront.example:8080/metrics/history?query=${query}&from=${from}&until=${until}',
            list: 'answer.series',
            labels: 'series.labels',
            points: 'series.points',
          },
        },
      },
      databases: {},
      governedSystems: {},
      credentialSources: {},
      witnesses: [],
      witnessesNeeded: 0,
      checkpointCopies: [],
    });
  });
});
