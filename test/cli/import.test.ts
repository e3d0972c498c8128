import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { queryFault } from '../../src/adapters/index.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { edited } from '../config/broken.ts';
import { Cli } from '../e2e/cli.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const cli = new Cli(() => ({}));
const FIXTURES = fileURLToPath(new URL('../fixtures/argo/', import.meta.url));
const imports = (...args: readonly string[]) => ['import', 'argo', ...args];

/** Options with which each template of the fixtures can be imported, as far as it can. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'mesh-success-rate.yaml': ['--target-arg', 'service-name', '--watch-for', '15m'],
  'cluster-gate.yaml': ['--target-arg', 'service', '--arg', 'max-latency=0.5'],
  'two-templates.yaml': ['--target-arg', 'app'],
  'ingress-without-traffic.yaml': ['--target-arg', 'ingress', '--arg', 'namespace=shop'],
  'mixed-providers.yaml': ['--arg', 'canary-hash=7d9f'],
  'model-drift.yaml': ['--target-arg', 'model'],
};

test('what is printed is the watch of an action type, and an installation with it is sound', async () => {
  const folder = await edited({
    file: 'countersign.yaml',
    replace: 'metricSources:',
    by: 'metricSources:\n  prometheus: { prometheus: { url: "http://prometheus:9090" } }',
  });
  const watches: unknown[] = [];
  for (const file of readdirSync(FIXTURES)) {
    const { stdout } = await cli.run(imports(join(FIXTURES, file), ...(OPTIONS[file] ?? [])));
    watches.push(
      ...parseAllDocuments(stdout).flatMap((document) => (stdout === '' ? [] : [document.toJS()])),
    );
  }
  expect(watches).toHaveLength(9);
  const type = parse(readFileSync(join(folder, 'actions/version-deploy.yaml'), 'utf8'));
  for (const [i, watch] of watches.entries()) {
    const text = JSON.stringify({ ...type, ...Object(watch), name: `imported.${i}` });
    await writeFile(join(folder, `actions/imported-${i}.yaml`), text);
  }
  expect(await loadInstallation(folder, STOREFRONT_ENV, cedar, queryFault)).toMatchObject({ kind: 'loaded' });
});

test('all of it carried over: the watch on standard output, nothing on standard error, status 0', async () => {
  const file = join(FIXTURES, 'mesh-success-rate.yaml');
  const said = await cli.answer(imports(file, '--target-arg', 'service-name', '--watch-for', '15m'));
  expect(said).toBe(`# AnalysisTemplate success-rate: this is a part of an action type (actions/*.yaml).
# In countersign.yaml, metricSources has: prometheus: { prometheus: { url: http://prometheus.monitoring.svc:9090 } }
watch:
  metrics:
    - name: success-rate
      source: prometheus
      query: |-
        sum(irate(
          mesh_requests_total{reporter="source",destination_service=~"\${target}",response_code!~"5.*"}[5m]
        )) /
        sum(irate(
          mesh_requests_total{reporter="source",destination_service=~"\${target}"}[5m]
        ))
      interval: 5m
      for: 15m
      successCondition: result >= 0.95
      failureLimit: 3
`);
});

test('not all of it: what could be is printed, the rest is named line by line on standard error, and the status is 1', async () => {
  const file = join(FIXTURES, 'two-templates.yaml');
  const { status, stdout, stderr } = await cli.run(
    imports(file, '--target-arg', 'app', '--source', 'thanos'),
  );
  expect(status).toBe(1);
  expect(stdout.match(/source: thanos/g)).toHaveLength(3);
  expect(stdout).toContain('\n---\n# AnalysisTemplate smoke: ');
  expect(stderr.trimEnd().split('\n')).toEqual([
    `${file}:32:3: spec.measurementRetention: every measurement stays in the ledger: there is nothing to write`,
    `${file}:51:1: kind: Rollout is not read: only AnalysisTemplate and ClusterAnalysisTemplate of argoproj.io are imported`,
  ]);
});

test('nothing of it: nothing is printed', async () => {
  const { status, stdout } = await cli.run(imports(join(FIXTURES, 'recorded-only.yaml')));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

test('a file comes from standard input too, and all is JSON where that is asked for', async () => {
  const text = readFileSync(join(FIXTURES, 'as-kubectl-prints.yaml'), 'utf8');
  const { status, stdout, stderr } = await cli.run(imports('-', '--json'), text);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    watches: [{ name: 'queue', watch: { metrics: [{ name: 'queue-length', count: 12 }] } }],
    remarks: [{ file: 'standard input', line: 35, problem: expect.stringContaining('it has no metrics') }],
  });
});

test('what a file is called in it stays a comment, and shows no hidden characters', async () => {
  const text = readFileSync(join(FIXTURES, 'as-kubectl-prints.yaml'), 'utf8').replace(
    'name: queue\n',
    'name: "x\\nexecute: \\e[2J"\n',
  );
  const { stdout } = await cli.run(imports('-'), text);
  expect(stdout.split('\n')[0]).toBe(
    '# AnalysisTemplate x\\u{A}execute: \\u{1B}[2J: this is a part of an action type (actions/*.yaml).',
  );
  expect(Object.keys(parse(stdout))).toEqual(['watch']);
});

test.each([
  [
    ['--arg', 'servce=checkout'],
    /^no template uses an argument servce\. They use prometheus-url, service-name$/,
  ],
  [['--target-arg', 'app'], /^no template uses an argument app\. /],
  [['--arg', 'checkout'], /Write it as NAME=VALUE/],
  [['--watch-for', '15 minutes'], /^--watch-for 15 minutes: must be a duration/],
  [['--source', 'my source'], /^--source my source: must be 1 to 100 letters/],
])('wrong use: %j', async (options, reason) => {
  await cli.expectRefused(2, reason, imports(join(FIXTURES, 'mesh-success-rate.yaml'), ...options));
});

test('a file that is not there, and one that is too large, are wrong use', async () => {
  await cli.expectRefused(2, /^nowhere\.yaml cannot be read: /, imports('nowhere.yaml'));
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const large = join(folder, 'large.yaml');
  await writeFile(large, '#'.repeat(1_500_001));
  await cli.expectRefused(2, /has 1500001 bytes, at most 1500000 are read$/, imports(large));
});
