import { describe, expect, test } from 'vitest';
import { editFile } from '../../support/storefront-folder.ts';
import { edited, faultsOf, lineOf, testBroken } from '../broken.ts';

const flush = 'actions/cache-flush.yaml';
const scale = 'actions/instances-scale.yaml';
const deploy = 'actions/version-deploy.yaml';
const migrate = 'actions/schema-migrate.yaml';

describe('the shape of an action type', () => {
  testBroken([
    {
      rule: 'an unknown key is named with the one that is closest',
      file: migrate,
      replace: 'tier: 4',
      by: 'tier: 4\nwach: {}',
      at: 'wach',
      problem: 'wach: unknown key; did you mean "watch"?',
    },
    {
      rule: 'an unknown key that resembles none is answered with all that are known',
      file: flush,
      replace: '    timeout: 5s\nrollback',
      by: '    timeout: 5s\n    authorization: basic\nrollback',
      at: 'authorization',
      problem: 'execute.http.authorization: unknown key; known: body, method, success, timeout, url',
    },
    {
      rule: 'a member that is missing is named where it belongs',
      file: migrate,
      replace: 'title: migrate the data of ${target} to layout ${params.layout}\n',
      by: '',
      at: 'name: schema.migrate',
      problem: 'title: is missing: write a text',
    },
    {
      rule: 'a tier is one of four',
      file: migrate,
      replace: 'tier: 4',
      by: 'tier: 5',
      problem:
        'tier: must be 1, 2, 3 or 4, or one of these for each service tier, such as {1: 3, 2: 2, 3: 1, 4: 1}',
    },
    {
      rule: 'a table of tiers has all four service tiers',
      file: flush,
      replace: 'tier: { 1: 2, 2: 2, 3: 1, 4: 1 }',
      by: 'tier: { 1: 2, 2: 2, 3: 1 }',
      problem:
        'tier: must be 1, 2, 3 or 4, or one of these for each service tier, such as {1: 3, 2: 2, 3: 1, 4: 1}',
    },
    {
      rule: 'a number that would be read as another one is named',
      file: deploy,
      replace: '{ version: "${params.version}" }',
      by: '{ version: "${params.version}", quota: 9007199254740993 }',
      problem:
        '9007199254740993 would arrive as another number: whole numbers go up to 9007199254740991 (2^53 - 1); send a larger one as text, in quotes',
    },
    {
      rule: 'an action that runs without approval needs a rollback',
      file: migrate,
      replace: 'tier: 4',
      by: 'tier: { 1: 4, 2: 4, 3: 3, 4: 2 }',
      problem:
        'tier: tiers 1 and 2 run without approval, and only what can be taken back may: write a rollback, or tiers 3 and 4',
    },
    {
      rule: 'a severity is 0 to 4',
      file: migrate,
      replace: 'severity: { dataAccess: 4,',
      by: 'severity: { dataAccess: 5,',
      problem: 'severity.dataAccess: must be 0 (none) to 4 (the worst)',
    },
    {
      rule: 'a category that nobody knows is refused',
      file: migrate,
      replace: 'severity: { dataAccess: 4,',
      by: 'severity: { dataAcess: 4,',
      problem: 'severity.dataAcess: unknown key; did you mean "dataAccess"?',
    },
    {
      rule: 'what runs is one thing',
      file: migrate,
      replace: 'execute:\n',
      by: 'execute:\n  http: { method: POST, url: "https://storefront.example/migrate", timeout: 1m }\n',
      at: 'execute:',
      problem: 'execute: needs exactly one of http, command, job, sql, flag, github, mcp, terraform',
    },
    {
      rule: 'a duration has units',
      file: migrate,
      replace: 'timeout: 15m',
      by: 'timeout: 900',
      problem: 'execute.command.timeout: must be a duration, such as 90s, 5m, 24h or 1h30m',
    },
    {
      rule: 'an agent does not choose the program that runs',
      file: migrate,
      replace: '- storefront-migrate\n',
      by: '- x${params.layout}\n',
      problem: 'execute.command.argv.0: must be a program, written out',
    },
    {
      rule: 'an agent does not choose the host of a request',
      file: flush,
      replace: 'url: ${environment.adminUrl}/${target}/cache/flush',
      by: 'url: https://${target}.storefront.example/cache/flush',
      problem:
        'execute.http.url: must start with ${environment.NAME}/ or with http:// or https:// and a host',
    },
    {
      rule: 'a second action type of the same name is refused',
      file: flush,
      replace: 'name: cache.flush',
      by: 'name: schema.migrate',
      in: migrate,
      at: 'name: schema.migrate',
      problem: 'name: schema.migrate is there twice: give it another name',
    },
  ]);
});

describe('parameters', () => {
  testBroken([
    {
      rule: 'parameters that nobody declared are refused, so the schema must say so',
      file: scale,
      replace: 'additionalProperties: false',
      by: 'additionalProperties: true',
      problem: 'parameters.additionalProperties: must be false: a parameter that nobody declared is refused',
    },
    {
      rule: 'what is not JSON Schema is named at its place',
      file: scale,
      replace: 'minimum: 1,',
      by: 'minimum: one,',
      problem: 'parameters.properties.count.minimum: this is not JSON Schema 2020-12: must be number',
    },
    {
      rule: 'a keyword that JSON Schema does not know would check nothing, so it is refused',
      file: scale,
      replace: 'maximum: 20',
      by: 'maximun: 20',
      at: 'parameters:',
      problem: 'parameters: this is not JSON Schema 2020-12: strict mode: unknown keyword: "maximun"',
    },
    {
      rule: 'a required parameter must be declared',
      file: scale,
      replace: 'required: [count]',
      by: 'required: [count, region]',
      at: 'parameters:',
      problem:
        'parameters: this is not JSON Schema 2020-12: strict mode: required property "region" is not defined at "#" (strictRequired)',
    },
    {
      rule: 'a parameter has a name that templates can hold',
      file: scale,
      replace: 'properties:\n',
      by: 'properties:\n    pool.size: { type: integer }\n',
      at: 'pool.size',
      problem:
        'parameters.properties.pool.size: this name is not allowed: it must be letters, digits, "_" and "-", with a letter first',
    },
  ]);
});

describe('templates', () => {
  testBroken([
    {
      rule: 'a template that names nothing is refused',
      file: scale,
      replace: '{ count: "${params.count}" }',
      by: '{ count: "${params.cuont}" }',
      problem: 'execute.http.body.count: ${params.cuont} names nothing; did you mean "params.count"?',
    },
    {
      rule: 'the environment of the worker is not for action types',
      file: flush,
      replace: 'query: storefront_error_ratio{service="${target}"}',
      by: 'query: storefront_error_ratio{service="${env.SERVICE}"}',
      problem:
        'watch.metrics.0.query: ${env.SERVICE} cannot be read here: make it a variable of every environment in countersign.yaml',
    },
  ]);

  test('a parameter that a template needs must be required, wherever it is named', async () => {
    const folder = await edited({ file: deploy, replace: 'required: [version]', by: 'required: []' });
    const problem = '${params.version} may be missing: add version to parameters.required';
    expect(await faultsOf(folder)).toEqual([
      { file: deploy, line: await lineOf(folder, deploy, 'title:'), problem: `title: ${problem}` },
      {
        file: deploy,
        line: await lineOf(folder, deploy, 'body: { version:'),
        problem: `execute.http.body.version: ${problem}`,
      },
    ]);
  });

  test('a variable must be set in every environment', async () => {
    const folder = await edited(
      {
        file: 'countersign.yaml',
        replace: 'environments:\n',
        by: 'environments:\n  staging: { adminUrl: "https://staging.example/admin", shop: demo }\n',
      },
      { file: migrate, replace: '${environment.name}', by: '${environment.shop}' },
    );
    expect(await faultsOf(folder)).toEqual([
      {
        file: migrate,
        line: await lineOf(folder, migrate, '${environment.shop}'),
        problem:
          'execute.command.argv.2: ${environment.shop} is not set in every environment of countersign.yaml: set it in each',
      },
    ]);
  });
});

describe('what is watched', () => {
  const condition = 'must be a CEL condition over result and baseline, such as "result <= 0.02"';

  testBroken([
    {
      rule: 'a metric source must be configured',
      file: flush,
      replace: '      source: storefront\n      query: storefront_error_ratio',
      by: '      source: storefornt\n      query: storefront_error_ratio',
      problem:
        'watch.metrics.0.source: is not among metricSources in countersign.yaml; did you mean "storefront"?',
    },
    {
      rule: 'a condition must be CEL',
      file: flush,
      replace: 'failureCondition: result > 0.05',
      by: 'failureCondition: result >',
      problem: `watch.metrics.0.failureCondition: ${condition}: Unexpected token: EOF`,
    },
    {
      rule: 'a condition must give true or false',
      file: flush,
      replace: 'failureCondition: result > 0.05',
      by: 'failureCondition: result + 0.05',
      problem: `watch.metrics.0.failureCondition: ${condition}: it gives a double, a condition gives a bool`,
    },
    {
      rule: 'a condition compares doubles with doubles',
      file: flush,
      replace: 'successCondition: result <= baseline * 2.0 + 0.05',
      by: 'successCondition: result <= baseline * 2',
      problem: `watch.metrics.1.successCondition: ${condition}: no such overload: double * int; write numbers with a point, such as 2.0`,
    },
    {
      rule: 'a metric without a condition would judge nothing',
      file: flush,
      replace: '      successCondition: result <= baseline * 2.0 + 0.05\n',
      by: '',
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: needs a successCondition, a failureCondition or both, or compare',
    },
    {
      rule: 'a metric is measured at least once',
      file: flush,
      replace: '      count: 3\n      successCondition: result <= 0.02',
      by: '      count: 0\n      successCondition: result <= 0.02',
      problem: 'watch.metrics.0.count: must be at least 1',
    },
    {
      rule: 'a watch makes a thousand checks at most, all metrics together',
      file: flush,
      replace: '      interval: 2s\n      count: 3\n      successCondition: result <= 0.02',
      by: '      interval: 1s\n      count: 100000\n      successCondition: result <= 0.02',
      at: 'count: 100000',
      problem:
        'watch.metrics.0.count: makes 100003 checks in all, and a watch makes at most 1000: write at most 997 here, and a longer interval to watch as long',
    },
    {
      rule: 'so does one of several metrics that would be too many together',
      file: flush,
      replace: '      count: 3\n      successCondition: result <= 0.02',
      by: '      count: 998\n      successCondition: result <= 0.02',
      at: 'count: 998',
      problem:
        'watch.metrics.0.count: makes 1001 checks in all, and a watch makes at most 1000: write at most 997 here, and a longer interval to watch as long',
    },
    {
      rule: 'measurements are apart in time',
      file: flush,
      replace: '      interval: 2s\n      count: 3\n      successCondition: result <= 0.02',
      by: '      interval: 0s\n      count: 3\n      successCondition: result <= 0.02',
      problem: 'watch.metrics.0.interval: must be longer than 0s',
    },
    {
      rule: 'two metrics of a watch have two names',
      file: flush,
      replace: 'name: latency-p95',
      by: 'name: error-ratio # again',
      at: '# again',
      problem: 'watch.metrics.1.name: names a second metric: give it another name',
    },
    {
      rule: 'what an agent sent stands in quotes in a query, where it is escaped',
      file: flush,
      replace: 'query: storefront_error_ratio{service="${target}"}',
      by: 'query: ${target}_error_ratio',
      problem:
        'watch.metrics.0.query: ${target} may only stand in the value of a label, such as {label="${target}"}',
    },
  ]);

  const aCondition = '      successCondition: result <= baseline * 2.0 + 0.05\n';
  const compared = (...lines: string[]) => `${aCondition}${lines.map((line) => `      ${line}\n`).join('')}`;
  const counted = '{ bad: storefront_errors_total }';

  testBroken([
    {
      rule: 'a metric is measured so often or for so long, one of the two',
      file: flush,
      replace: `      count: 3\n${aCondition}`,
      by: aCondition,
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: needs exactly one of count, for',
    },
    {
      rule: 'a comparison has one form',
      file: flush,
      replace: aCondition,
      by: compared('compare:', `  counts: ${counted}`, '  ratio: { bad: a_total, total: b_total }'),
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: has several of counts, ratio, latency: write one',
    },
    {
      rule: 'counts have no control, which has other traffic',
      file: flush,
      replace: aCondition,
      by: compared('compare:', `  counts: ${counted}`, '  against: { control: { bad: b_total } }'),
      at: 'name: latency-p95',
      problem:
        'watch.metrics.1: counts cannot be compared with a control, which has other traffic: use ratio',
    },
    {
      rule: 'a control has the members of its comparison',
      file: flush,
      replace: aCondition,
      by: compared(
        'compare:',
        '  ratio: { bad: a_total, total: b_total }',
        '  against: { control: { bad: c_total, query: d } }',
      ),
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: the control of a ratio needs bad and total, and nothing else',
    },
    {
      rule: 'only values have a direction',
      file: flush,
      replace: aCondition,
      by: compared('compare:', `  counts: ${counted}`, '  direction: decrease'),
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: direction, missing and outliers are for values: leave them out',
    },
    {
      rule: 'what is compared is read from a source that keeps a past',
      file: flush,
      replace: aCondition,
      by: compared('compare: { tolerance: 2 }'),
      problem:
        'watch.metrics.1.compare: its source storefront is openmetrics, which keeps no past to compare with: read it from prometheus, from datadog, or from http with series',
    },
    {
      rule: 'less than what it was is no tolerance',
      file: flush,
      replace: aCondition,
      by: compared('compare: { tolerance: 0.9 }'),
      problem: 'watch.metrics.1.compare.tolerance: must be at least 1',
    },
    {
      rule: 'a comparison alone has no query that nothing uses',
      file: flush,
      replace: aCondition,
      by: `      compare: { counts: ${counted} }\n`,
      at: 'name: latency-p95',
      problem: 'watch.metrics.1: has a query that nothing uses: add a condition, or leave the query out',
    },
    {
      rule: 'weights count with scores alone',
      file: flush,
      replace: aCondition,
      by: compared('weight: 2'),
      at: 'name: latency-p95',
      problem:
        'watch.metrics.1: has critical or weight, which count with scores alone: write scores, or leave them out',
    },
    {
      rule: 'a score that passes is not below the marginal one',
      file: flush,
      replace: aCondition,
      by: `${aCondition}  scores: { pass: 50, marginal: 75 }\n`,
      problem: 'watch.scores: needs a marginal that is not above pass',
    },
  ]);

  test('what an agent sent does not choose what is compared', async () => {
    const folder = await edited({
      file: flush,
      replace: aCondition,
      by: compared('compare: { counts: { bad: "errors_${target}" } }'),
    });
    expect(await faultsOf(folder)).toMatchObject([
      {
        problem:
          'watch.metrics.1.compare.counts.bad: ${target} may only stand in the value of a label, such as {label="${target}"}',
      },
      { problem: expect.stringContaining('keeps no past') },
    ]);
  });

  test('a watch that decides nothing is refused', async () => {
    const folder = await edited({
      file: flush,
      replace: aCondition,
      by: compared('dryRun: true'),
    });
    expect(await faultsOf(folder)).toEqual([]);
    await editFile(folder, flush, (text) =>
      text.replace(
        'successCondition: result <= 0.02',
        'successCondition: result <= 0.02\n      dryRun: true',
      ),
    );
    expect(await faultsOf(folder)).toMatchObject([
      { problem: 'watch.metrics: are all dryRun, and nothing would decide: let one of them decide' },
    ]);
  });

  test('queries are checked by whoever knows the kind of their source', async () => {
    const asked: string[] = [];
    const folder = await edited();
    const faults = await faultsOf(folder, undefined, (kind, query) => {
      asked.push(`${kind} ${query}`);
      return query.includes('latency') ? 'no such sample' : null;
    });
    expect(asked).toContain('openmetrics storefront_error_ratio{service="${target}"}');
    expect(faults).toContainEqual({
      file: flush,
      line: await lineOf(folder, flush, 'query: storefront_latency'),
      problem: 'watch.metrics.1.query: no such sample',
    });
  });
});
