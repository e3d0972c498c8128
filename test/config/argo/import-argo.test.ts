import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { watchSchema } from '../../../src/config/action-types/watch.ts';
import { type ImportWishes, importArgo } from '../../../src/config/argo/import-argo.ts';

const FIXTURES = new URL('../../fixtures/argo/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, FIXTURES), 'utf8');

interface Given {
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly length?: string;
}

const wishes = ({ args = {}, target, length }: Given = {}): ImportWishes => ({
  args: { values: args, target },
  source: 'prometheus',
  length,
});

/** What a file becomes: the metrics by watch, and each remark with its line. Our own loader takes every watch. */
function imported(file: string, text: string, given?: Given) {
  const { watches, remarks } = importArgo(file, text, wishes(given));
  for (const { watch } of watches) expect(watchSchema.safeParse(watch).error).toBeUndefined();
  return {
    watches: Object.fromEntries(watches.map(({ name, watch }) => [name, watch.metrics])),
    remarks: remarks.map(({ line, problem }) => `${line} ${problem}`),
  };
}

const ofFixture = (name: string, given?: Given) => imported(name, fixture(name), given);

/** A template with one metric, which has these lines. */
const withMetric = (...lines: readonly string[]) =>
  [
    'apiVersion: argoproj.io/v1alpha1',
    'kind: AnalysisTemplate',
    'spec:',
    '  metrics:',
    '    - name: m',
    ...lines.map((line) => `      ${line}`),
    '      provider: { prometheus: { query: up } }',
  ].join('\n');

test('a template that a rollout runs in the background becomes a watch with a length', () => {
  const given = { target: 'service-name', length: '15m' };
  expect(ofFixture('mesh-success-rate.yaml', given)).toEqual({
    watches: {
      'success-rate': [
        {
          name: 'success-rate',
          source: 'prometheus',
          query: [
            'sum(irate(',
            '  mesh_requests_total{reporter="source",destination_service=~"${target}",response_code!~"5.*"}[5m]',
            ')) /',
            'sum(irate(',
            '  mesh_requests_total{reporter="source",destination_service=~"${target}"}[5m]',
            '))',
          ].join('\n'),
          interval: '5m',
          for: '15m',
          successCondition: 'result >= 0.95',
          failureLimit: 3,
        },
      ],
    },
    remarks: [],
  });
  expect(importArgo('f', fixture('mesh-success-rate.yaml'), wishes(given)).watches).toMatchObject([
    { kind: 'AnalysisTemplate', addresses: ['http://prometheus.monitoring.svc:9090'] },
  ]);
});

test('without a length it is left out, and the option that gives one is named', () => {
  expect(ofFixture('mesh-success-rate.yaml', { target: 'service-name' })).toEqual({
    watches: {},
    remarks: [
      '13 spec.metrics.0.interval: the metric is left out: without a count it is measured until the rollout has ended, and a watch has an end of its own: say how long with --watch-for, such as --watch-for 15m',
    ],
  });
});

test('arguments stand in numbers, durations and conditions too, with and without blanks', () => {
  expect(ofFixture('cluster-gate.yaml', { args: { 'max-latency': '0.75' }, target: 'service' })).toEqual({
    watches: {
      'standard-gate': [
        {
          name: 'error-ratio',
          source: 'prometheus',
          query:
            'sum(rate(http_requests_total{namespace="shop", service="${target}", code=~"5.."}[2m])) / sum(rate(http_requests_total{namespace="shop", service="${target}"}[2m]))',
          interval: '30s',
          count: 10,
          successCondition: 'result <= 0.02',
          failureLimit: 2,
        },
        {
          name: 'latency-p99',
          source: 'prometheus',
          query: expect.stringContaining('service="${target}"}[2m])\n))'),
          initialDelay: '1m',
          interval: '30s',
          count: 10,
          failureCondition: 'result > 0.75',
        },
      ],
    },
    remarks: [],
  });
});

test('an argument without a value leaves its metric out, and is named once', () => {
  expect(ofFixture('cluster-gate.yaml').remarks).toEqual(
    [28, 39].map(
      (line, i) =>
        `${line} spec.metrics.${i}.provider.prometheus.query: the metric is left out: the argument service has no value: give --arg service=VALUE, or --target-arg service if it is the name of the service`,
    ),
  );
});

test('each template of a file becomes a watch, and a dry run is found by its expression', () => {
  const { watches, remarks } = ofFixture('two-templates.yaml', { target: 'app' });
  expect(watches.restarts).toMatchObject([
    { name: 'restarts', count: 5, successCondition: 'result == 0.0' },
    { name: 'memory-share', count: 5, dryRun: true },
  ]);
  expect(watches.restarts?.[0]).not.toHaveProperty('dryRun', true);
  expect(watches.smoke).toMatchObject([{ name: 'up', interval: '10s', count: 1 }]);
  expect(remarks).toEqual([
    '32 spec.measurementRetention: every measurement stays in the ledger: there is nothing to write',
    '51 kind: Rollout is not read: only AnalysisTemplate and ClusterAnalysisTemplate of argoproj.io are imported',
  ]);
});

test('no data is no success: what a condition asks about it is named, and the name of the service stands in quotes that escape it', () => {
  const { watches, remarks } = ofFixture('ingress-without-traffic.yaml', {
    args: { namespace: 'shop' },
    target: 'ingress',
  });
  expect(watches['ingress-errors']).toMatchObject([
    {
      initialDelay: '15s',
      query: expect.stringContaining(`{ingress="\${target}", exported_namespace='shop', status=~'5.*'}`),
      successCondition: 'result < 0.05',
    },
    { successCondition: 'result >= 20.0' },
  ]);
  expect(remarks).toEqual([
    expect.stringContaining(
      '16 spec.metrics.0.successCondition: what it asks about missing numbers (len, isNaN) is left out: here a missing number is neither a success nor a failure',
    ),
    expect.stringContaining(
      '28 spec.metrics.1.successCondition: what it asks about missing numbers (len, isNaN, isInf)',
    ),
  ]);
});

test('a list, as kubectl prints it, is read; limits keep their numbers', () => {
  expect(ofFixture('as-kubectl-prints.yaml')).toEqual({
    watches: {
      queue: [
        {
          name: 'queue-length',
          source: 'prometheus',
          query: 'max(queue_length{queue="orders"})',
          interval: '1m30s',
          count: 12,
          successCondition: 'result <= 200.0',
          failureCondition: 'result > 1000.0',
          failureLimit: 2,
          inconclusiveLimit: 3,
          consecutiveErrorLimit: 2,
        },
      ],
    },
    remarks: ['35 items.1.spec: it has no metrics: there is nothing to watch'],
  });
});

test('metrics of other providers, and arguments from elsewhere, are named, and the others are kept', () => {
  const { watches, remarks } = ofFixture('mixed-providers.yaml', { args: { 'canary-hash': '7d9f' } });
  expect(watches['release-check']).toMatchObject([
    { name: 'errors-of-the-canary', query: expect.stringContaining('hash="7d9f"') },
    { name: 'saturation' },
  ]);
  const other = (kind: string) =>
    `the metric is left out: the provider is ${kind}, and only queries of Prometheus are carried over: write a metric for it, and its source in countersign.yaml`;
  expect(remarks).toEqual([
    '10 spec.args.1.valueFrom: the value of token is not in this file: give it with --arg token=VALUE if it is no secret',
    '18 spec.metrics.0.name: it is called errors-of-the-canary here: a name is letters, digits, ".", "_" and "-"',
    `39 spec.metrics.2.provider.web: ${other('web')}`,
    `47 spec.metrics.3.provider.job: ${other('job')}`,
    `60 spec.metrics.4.provider.datadog: ${other('datadog')}`,
  ]);
});

test('a condition over all series is one over the greatest or the least of them', () => {
  const { watches, remarks } = ofFixture('every-replica.yaml');
  expect(watches['every-replica']).toMatchObject([
    {
      // The comment of the query ends before the parenthesis.
      query: 'max(\ncpu_share{job="search"}  # one series for each replica\n)',
      successCondition: 'result < 0.85',
      failureCondition: 'result > 0.95',
      failureLimit: 3,
    },
    { query: 'min(\nhit_ratio{job="search"}\n)', failureLimit: -1, consecutiveSuccessLimit: 4 },
  ]);
  expect(remarks).toEqual([
    '12 spec.metrics.0.successCondition: it is asked of max(query) here, which leaves out a series that is not a number (NaN)',
    '17 spec.metrics.0.provider.prometheus.authentication: write what proves who asks as auth of the metric source in countersign.yaml',
    '26 spec.metrics.1.successCondition: it is asked of min(query) here, which leaves out a series that is not a number (NaN)',
    expect.stringMatching(/^30 .*insecure: certificates are always checked/),
    expect.stringMatching(/^31 .*timeout: a metric source has five seconds to answer/),
    expect.stringMatching(/^32 .*headers: write what proves who asks/),
    '43 spec.metrics.2.provider.prometheus.rangeQuery: the metric is left out: it asks for a range, and a condition is about one number: ask for that number',
  ]);
});

test('the name of the service stands in the value of a label, and nowhere else', () => {
  const { watches, remarks } = ofFixture('model-drift.yaml', { target: 'model' });
  expect(watches.model).toMatchObject([
    { query: 'max(model_drift{model="${target}"}) or on() vector(0)', successCondition: 'result <= 0.3' },
    {
      query: 'sum(increase(predictions_total{model="${target}"}[90s]))',
      interval: '1m30s',
      successCondition: 'double(int(result)) >= 100.0',
    },
  ]);
  expect(remarks[1]).toBe(
    '32 spec.metrics.2.provider.prometheus.query: the metric is left out: the name of the service may only stand in the value of a label, such as {service="..."}: give its argument a value with --arg instead',
  );
  expect(ofFixture('model-drift.yaml', { args: { model: 'ranking' } }).watches.model?.[2]).toMatchObject({
    query: 'sum(rate(ranking_requests_total[1m]))',
  });
});

test('metrics that are all dry make no watch, because nothing would decide', () => {
  expect(ofFixture('recorded-only.yaml')).toEqual({
    watches: {},
    remarks: [
      '9 spec.metrics: there is no watch: the metrics are all dryRun, and nothing would decide: let one of them decide',
    ],
  });
});

test('a template of Helm is told from arguments', () => {
  const { watches, remarks } = ofFixture('helm-not-rendered.yaml', { target: 'service-name' });
  expect(watches).toEqual({});
  expect(remarks[0]).toBe(
    '12 spec.metrics.0.successCondition: the metric is left out: {{ .Values.errors.max }} is no argument of Argo Rollouts: if this is a template of Helm, let Helm render it first',
  );
});

test('every fixture is in a test here', () => {
  const tests = readFileSync(new URL(import.meta.url), 'utf8');
  const unused = readdirSync(FIXTURES).filter((name) => !tests.includes(`'${name}'`));
  expect(unused).toEqual([]);
});

test('the same file with Windows line ends becomes the same', () => {
  const given = { target: 'service-name', length: '15m' };
  const unix = fixture('mesh-success-rate.yaml');
  expect(imported('f', unix.replaceAll('\n', '\r\n'), given)).toEqual(imported('f', unix, given));
});

test.each([
  ['count: 3', 'count: the metric is left out: it is measured several times without an interval: write one'],
  ['interval: 60', 'interval: the metric is left out: 60 is no duration: write one such as 30s or 5m'],
  ['interval: 0s', 'interval: the metric is left out: must be longer than 0s'],
  ['count: many', 'count: the metric is left out: many is no whole number: write one'],
  ['count: 2000', 'count: the metric is left out: makes 2000 checks in all, and a watch makes at most 1000'],
  ['count: { a: 1 }', 'count: the metric is left out: it is neither a text nor a number: write one'],
  ['successCondition: [a]', 'successCondition: the metric is left out: it is neither a text nor a number'],
  [
    'successCondition: result > "${x}"',
    'successCondition: the metric is left out: it asks for the text "${x}", not for a number',
  ],
  [
    'consecutiveFailureLimit: 2',
    'consecutiveFailureLimit: Argo Rollouts has no such member, and it is not read',
  ],
  ['interval: 1500ms', 'interval: it is 2s here: a duration has whole seconds'],
])('a metric with "%s" is told what is wrong', (line, problem) => {
  const isInterval = line.startsWith('interval') || line === 'count: 3';
  const { remarks } = imported(
    'f',
    withMetric(
      line,
      ...(isInterval ? [] : ['interval: 10s']),
      ...(line.startsWith('count') ? [] : ['count: 2']),
    ),
  );
  expect(remarks).toHaveLength(1);
  expect(remarks[0]).toContain(`6 spec.metrics.0.${problem}`);
});

test('a metric without a condition is healthy whenever there is a number, as there', () => {
  expect(imported('f', withMetric()).watches).toMatchObject({
    'without a name': [{ successCondition: 'true', count: 1 }],
  });
});

test.each([
  ['nothing', '', /^1 it is empty/],
  ['no YAML', 'a: [b', /^1 this is not YAML: /],
  ['tabs', 'kind: AnalysisTemplate\nspec:\n\tmetrics: []', /^\d this is not YAML: .*[Tt]abs/],
  ['a text', 'hello', /^1 it is no object of Kubernetes: only AnalysisTemplate and ClusterAnalysisTemplate/],
  ['another kind', 'apiVersion: v1\nkind: ConfigMap', /^2 kind: ConfigMap is not read/],
  ['no kind', 'a: 1', /^1 kind: undefined is not read/],
  [
    'the kind of somebody else',
    'apiVersion: x.io/v1\nkind: AnalysisTemplate\nspec: {}',
    /^1 apiVersion: x\.io\/v1 is not read/,
  ],
  ['no spec', 'apiVersion: argoproj.io/v1\nkind: AnalysisTemplate', /^1 spec: it has no metrics/],
  [
    'metrics that are none',
    withMetric().replace(/- name: m[\s\S]*/, '[1]'),
    /^5 spec\.metrics\.0: it is no metric, and is left out/,
  ],
  ['a key twice', 'kind: a\nkind: b', /^2 this key is written twice/],
  [
    'an alias in its own anchor',
    'kind: AnalysisTemplate\nspec: &a\n  metrics: [*a]',
    /^3 spec\.metrics\.0: an alias/,
  ],
  [
    'aliases that multiply',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`).join('\n')}`,
    /^1 this is not YAML: Excessive alias count/,
  ],
])('of a file with %s, what is wrong is said, and nothing is imported', (_, text, problem) => {
  const { watches, remarks } = imported('f', text);
  expect(watches).toEqual({});
  expect(remarks).toHaveLength(1);
  expect(remarks[0]).toMatch(problem);
});

test('a file of a megabyte is read in one go: a long query, many metrics, deep lists, a long expression', () => {
  const long = withMetric('count: 1').replace('query: up', `query: "up + ${'1 + '.repeat(200_000)}1"`);
  expect(imported('f', long).watches).toMatchObject({ 'without a name': [{ name: 'm' }] });
  const metric = '    - { name: m, provider: { web: {} } }\n';
  const many = `apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nspec:\n  metrics:\n${metric.repeat(5_000)}`;
  expect(imported('f', many).remarks).toHaveLength(5_000);
  expect(imported('f', '['.repeat(200_000)).watches).toEqual({});
  const slow = `apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nspec:\n  dryRun: [{ metricName: "(a+)+$" }]\n  metrics:\n    - { name: ${'a'.repeat(90)}!, provider: { prometheus: { query: up } } }\n`;
  expect(imported('f', slow).remarks[0]).toBe(
    '4 spec.dryRun.0.metricName: this regular expression is not tried here: write dryRun: true at each metric that it means',
  );
});
