import { expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadForGateway, loadInstallation } from '../../../src/config/index.ts';
import { mailedToNobody } from '../../../src/config/rules/reports.ts';
import { parseYaml } from '../../../src/config/source/yaml-files.ts';
import { testInstallation } from '../../support/installation.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited } from '../broken.ts';

const WRITTEN = `  weekly: { on: mon, at: "08:00" }
  monthly: { on: 1, at: "08:00" }`;
const withReports = (lines: string) =>
  edited({ file: 'countersign.yaml', replace: WRITTEN, by: lines }).then((folder) =>
    loadInstallation(folder, { ...STOREFRONT_ENV, REPORTS: '/var/reports' }, cedar),
  );

test('the storefront mails both reports, by the clocks of Berlin', async () => {
  const loaded = await withReports(WRITTEN);
  expect(loaded.kind === 'loaded' && loaded.reports).toEqual({
    timeZone: 'Europe/Berlin',
    to: ['group:storefront-engineering'],
    weekly: { weekday: 'mon', minute: 480 },
    monthly: { day: 1, minute: 480 },
  });
});

test('files are written where the folder says, which may come from the environment', async () => {
  const loaded = await withReports('  weekly: { on: sun, at: "23:59" }\n  folder: "${env.REPORTS}"');
  expect(loaded.kind === 'loaded' && loaded.reports).toMatchObject({
    folder: '/var/reports',
    weekly: { weekday: 'sun', minute: 1439 },
  });
});

test('a change of who gets reports changes nothing that people decided on', async () => {
  const [one, other] = await Promise.all([
    withReports(WRITTEN),
    withReports('  monthly: { on: 2, at: "09:00" }'),
  ]);
  const digests = [one, other].map((loaded) => loaded.kind === 'loaded' && loaded.installation.digests);
  expect(digests[0]).toEqual(digests[1]);
});

test.each([
  ['  folder: /var/reports', 'reports: needs weekly, monthly or both'],
  ['  monthly: { on: 31, at: "08:00" }', 'reports.monthly.on: must be at most 28, which every month has'],
  [
    '  weekly: { on: monday, at: "08:00" }',
    'reports.weekly.on: must be one of mon, tue, wed, thu, fri, sat, sun',
  ],
  ['  weekly: { on: mon, at: "24:00" }', 'reports.weekly.at: must be before "24:00"'],
  [
    `${WRITTEN}\n  folder: reports`,
    'reports.folder: must be a whole path, such as /var/lib/countersign/reports',
  ],
])('a faulty block says what would pass: %s', async (lines, problem) => {
  const loaded = await withReports(lines);
  expect(loaded.kind === 'faulty' && loaded.faults.map((fault) => fault.problem)).toEqual([problem]);
});

test('who gets them is in the catalog', async () => {
  const folder = await edited({
    file: 'countersign.yaml',
    replace: 'to: [group:storefront-engineering]',
    by: 'to: [group:auditors]',
  });
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  expect(loaded.kind === 'faulty' && loaded.faults[0]?.problem).toMatch(
    /^reports\.to\.0: group:auditors is not in the catalog/,
  );
});

test('a gateway reads past it: it has neither the mail server nor the folder', async () => {
  const folder = await edited({
    file: 'countersign.yaml',
    replace: WRITTEN,
    by: `${WRITTEN}\n  folder: "\${env.UNSET}"`,
  });
  expect(await loadForGateway(folder, STOREFRONT_ENV, cedar)).toMatchObject({ kind: 'loaded' });
});

test.each([
  ['ada@storefront.example', []],
  ['', ['reports.to: nobody in it has a mail address in the catalog: the reports are mailed to nobody']],
])('whether anybody gets them by mail is noted: %j', (email, problems) => {
  const { installation } = testInstallation();
  const { ada } = installation.people;
  if (!ada) throw new Error('ada is one of them');
  const [source] = parseYaml('countersign.yaml', 'reports: { to: [user:ada] }').sources;
  if (!source) throw new Error('it is a document');
  const reports = { timeZone: 'UTC', to: ['user:ada'], monthly: { day: 1, minute: 480 } };
  const people = { ...installation.people, ada: { ...ada, email } };
  expect(mailedToNobody(source, reports, { ...installation, people }).map(({ problem }) => problem)).toEqual(
    problems,
  );
});
