import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { scheduleReports } from '../../src/adapters/temporal/report-schedules.ts';
import { REPORT_LEDGER, reportScheduleId } from '../../src/contract/ids.ts';
import { lastPeriod, type ReportKind } from '../../src/domain/reports/period.ts';
import type { ReportSettings } from '../../src/domain/reports/settings.ts';
import { execute, fact } from '../adapters/postgres-support.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const settings: ReportSettings = {
  timeZone: 'Europe/Berlin',
  to: ['group:checkout-team', 'user:ada'],
  weekly: { weekday: 'mon', minute: 480 },
  monthly: { day: 1, minute: 510 },
};
let folder = '';
const withFolder = { ...settings, folder: join(tmpdir(), `reports-${crypto.randomUUID()}`) };
const world = useWorld({ reports: withFolder });

beforeAll(async () => {
  folder = withFolder.folder;
  await mkdir(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const handleOf = (kind: ReportKind): ScheduleHandle =>
  world().client.schedule.getHandle(reportScheduleId(kind, world().taskQueue));

const periodOf = (kind: ReportKind) => lastPeriod(kind, Date.now(), settings.timeZone);

const mailsOf = (kind: ReportKind) =>
  world()
    .outbox.mails()
    .filter(({ subject }) => subject.startsWith(kind === 'weekly' ? 'Weekly audit' : 'Monthly'));

const sendNow = (kind: ReportKind, workflowId: string) =>
  world().client.workflow.execute(REPORT_LEDGER, { workflowId, taskQueue: world().taskQueue, args: [kind] });

const forget = () => execute(world().testDatabase.urls.owner, 'delete from countersign_reports');

test('Temporal Schedules send each report when the installation says, once for all workers', async () => {
  const { client, taskQueue } = world();
  await Promise.all([1, 2, 3].map(() => scheduleReports(client, taskQueue, settings)));
  const weekly = await handleOf('weekly').describe();
  expect(weekly.spec).toMatchObject({
    calendars: [{ dayOfWeek: [{ start: 'MONDAY' }], hour: [{ start: 8 }], minute: [{ start: 0 }] }],
    timezone: 'Europe/Berlin',
  });
  expect(weekly.policies.overlap).toBe('SKIP');
  expect((await handleOf('monthly').describe()).spec).toMatchObject({
    calendars: [{ dayOfMonth: [{ start: 1 }], hour: [{ start: 8 }], minute: [{ start: 30 }] }],
  });

  await handleOf('weekly').pause('an operator');
  await scheduleReports(client, taskQueue, {
    ...settings,
    weekly: { weekday: 'tue', minute: 60 },
    monthly: undefined,
  });
  const changed = await handleOf('weekly').describe();
  expect(changed.spec).toMatchObject({
    calendars: [{ dayOfWeek: [{ start: 'TUESDAY' }], hour: [{ start: 1 }] }],
  });
  expect(changed.state.paused).toBe(true);
  await expect(handleOf('monthly').describe()).rejects.toThrow(ScheduleNotFoundError);
  await scheduleReports(client, taskQueue, undefined);
  await expect(handleOf('weekly').describe()).rejects.toThrow(ScheduleNotFoundError);
});

test('a report that is due comes by mail and as files, and says from which ledger it was made', async () => {
  const { client, taskQueue, ledger } = world();
  const { name, from } = periodOf('weekly');
  const hostile = 'x\u202E</p><script>alert(1)</script>';
  await ledger.append(
    fact('deploy-agent.rogue', {
      kind: 'executed',
      at: from + 1_000,
      body: { digest: 'd', kind: 'done', summary: hostile },
    }),
  );
  await scheduleReports(client, taskQueue, settings);
  onTestFinished(() => scheduleReports(client, taskQueue, undefined));
  await handleOf('weekly').trigger();

  await vi.waitFor(() => expect(mailsOf('weekly')).toHaveLength(1), PATIENCE);
  const [mail] = mailsOf('weekly');
  expect(mail?.subject).toBe(`Weekly audit of storefront, ${name}: violations: 1.`);
  expect(mail?.to).toEqual(['ada@storefront.example', 'grace@storefront.example']);
  expect(mail?.text).toContain('deploy-agent.rogue  it ran, and nothing had ruled on it');
  expect(mail?.text).toMatch(
    /It was made from the first 1 entry of the ledger, whose root is [A-Za-z0-9+/]{43}=\./,
  );
  expect(mail?.raw).toContain(`filename=weekly-${name}.html`);

  const files = (await readdir(folder)).sort();
  expect(files).toEqual(['html', 'json', 'txt'].map((ending) => `weekly-${name}.${ending}`));
  const page = await readFile(join(folder, `weekly-${name}.html`), 'utf8');
  expect(page).toContain('it ran, and nothing had ruled on it');
  expect(page).not.toMatch(/<script|<img|<link|https?:|\u202E/);
  expect(JSON.parse(await readFile(join(folder, `weekly-${name}.json`), 'utf8'))).toMatchObject({
    kind: 'weekly',
    basis: { size: 1 },
    audit: { violations: { count: 1 } },
  });
});

test('a report is sent once about a period, whoever asks for it again', async () => {
  await forget();
  const before = mailsOf('monthly').length;
  expect(await sendNow('monthly', 'monthly-1')).toMatch(/^\d{4}-\d\d: the mail server took it for/);
  await world().ledger.append(fact('another'));
  expect(await sendNow('monthly', 'monthly-2')).toBe(`${periodOf('monthly').name} was sent before`);
  expect(mailsOf('monthly')).toHaveLength(before + 1);
});

test('a worker that is lost between mailing and saying so sends the same mail again, and mailboxes can tell', async () => {
  await forget();
  const before = mailsOf('weekly').length;
  const { reports } = world().parts;
  if (!reports) throw new Error('it sends reports');
  let lost = false;
  await world().stopWorker();
  await world().startWorker({
    reports: {
      ...reports,
      records: {
        ...reports.records,
        mailed: async (...args) => {
          if (!lost) {
            lost = true;
            // Something happens meanwhile that would be in a report that is made now.
            await world().ledger.append(
              fact('rogue-2', { kind: 'executed', at: periodOf('weekly').from + 2_000, body: {} }),
            );
            throw new Error('the worker is gone');
          }
          return reports.records.mailed(...args);
        },
      },
    },
  });
  await sendNow('weekly', 'weekly-lost');
  const [first, second, ...more] = mailsOf('weekly').slice(before);
  expect(more).toEqual([]);
  expect(second?.messageId).toBe(first?.messageId);
  expect(second?.text).toBe(first?.text);
  await world().stopWorker();
  await world().startWorker();
});

describe('what is erased from the ledger does not live on with the reports', () => {
  test('once a report is sent, only that it was is kept', async () => {
    await forget();
    await sendNow('weekly', 'weekly-kept');
    const { rows } = await world().database.pool.query(
      'select report, size, digest, mailed_at from countersign_reports',
    );
    expect(rows).toMatchObject([{ report: null, digest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });
});

test('a folder that is not there is no mail that is lost: it is tried again, and then both come', async () => {
  await forget();
  const before = mailsOf('weekly').length;
  await rm(folder, { recursive: true });
  const running = await world().client.workflow.start(REPORT_LEDGER, {
    workflowId: 'weekly-folder',
    taskQueue: world().taskQueue,
    args: ['weekly'],
  });
  await vi.waitFor(async () => {
    const { raw } = await running.describe();
    expect(raw.pendingActivities?.[0]?.lastFailure?.message).toMatch(/ENOENT/);
  }, PATIENCE);
  await mkdir(folder);
  await running.result();
  expect(mailsOf('weekly')).toHaveLength(before + 1);
  expect(await readdir(folder)).toHaveLength(3);
});

test('an installation that sends no such report refuses it, whoever asks', async () => {
  await world().stopWorker();
  await world().startWorker({ reports: undefined });
  await expect(sendNow('weekly', 'weekly-none')).rejects.toMatchObject({
    cause: { cause: { type: 'NotConfigured', message: expect.stringContaining('has no reports.weekly') } },
  });
  await world().stopWorker();
  await world().startWorker();
});
