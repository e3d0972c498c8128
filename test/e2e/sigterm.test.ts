import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActionHandle } from 'countersign';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { startProxy } from '../adapters/postgres-proxy.ts';
import { serve } from '../adapters/serve.ts';
import { deploy } from '../support/proposals.ts';
import { startSmtp } from '../support/smtp.ts';
import { run } from './command.ts';
import { approved, GOOD, left, untilEffects } from './crash.ts';
import { calm, editFile, PATIENCE, Site } from './support.ts';

/** People are mailed, and 3 s later on-call is paged. */
const impatient = (text: string) => text.replace('wait: 15m', 'wait: 3s');

let site: Site;

beforeAll(async () => {
  site = await Site.start({
    files: { 'countersign.yaml': impatient, 'actions/version-deploy.yaml': calm },
  });
  return () => site.stop();
});

/** A worker whose process the test itself ends, once it is healthy. */
async function startWorker(env: Record<string, string> = {}) {
  const [health, metrics] = await freePorts(2);
  const worker = run('worker.js', [], {
    ...site.env,
    COUNTERSIGN_HEALTH_ADDRESS: `127.0.0.1:${health}`,
    COUNTERSIGN_METRICS_ADDRESS: `127.0.0.1:${metrics}`,
    ...env,
  });
  onTestFinished(async () => {
    worker.child.kill('SIGKILL');
    await worker.ended;
  });
  const healthUrl = `http://127.0.0.1:${health}/healthz`;
  await vi.waitFor(async () => expect((await fetch(healthUrl)).status).toBe(200), PATIENCE);
  return { ...worker, healthUrl, metricsUrl: `http://127.0.0.1:${metrics}/metrics` };
}

/** The attempts at the action's effect that its history knows of. */
async function attemptsAt({ workflowId }: ActionHandle): Promise<(number | null | undefined)[]> {
  const { events = [] } = await site.countersign.client.workflow.getHandle(workflowId).fetchHistory();
  const effect = events?.find((event) => {
    const { activityType } = event.activityTaskScheduledEventAttributes ?? {};
    return activityType?.name === 'execute';
  });
  return (events ?? [])
    .map(({ activityTaskStartedEventAttributes: started }) => started)
    .filter((started) => started && String(started.scheduledEventId) === String(effect?.eventId))
    .map((started) => started?.attempt);
}

test('SIGTERM lets an effect under way be reported, says unhealthy meanwhile, and ends with status 0', async () => {
  const { child, ended, healthUrl } = await startWorker();
  await site.storefrontFaults({ hangAfterEffectMs: 3_000 });
  const action = await approved(site, GOOD);
  await untilEffects(site, action, ['setVersion']);
  child.kill('SIGTERM');
  await vi.waitFor(async () => expect((await fetch(healthUrl)).status).toBe(503), { interval: 20 });
  expect((await ended).status).toBe(0);
  await expect(fetch(healthUrl)).rejects.toThrow();
  expect(await attemptsAt(action)).toEqual([1]);

  await site.startWorker();
  expect(await left(site, action)).toMatchObject({ outcome: 'succeeded', effects: ['setVersion'] });
  await site.killWorker();
});

test('SIGTERM while the database does not answer ends the worker within its grace, and nothing is lost', {
  timeout: 150_000,
}, async () => {
  const database = await startProxy(site.env.COUNTERSIGN_DATABASE_URL ?? '');
  onTestFinished(() => database.close());
  const { child, ended } = await startWorker({ COUNTERSIGN_DATABASE_URL: database.url });
  const action = await site.countersign.propose(deploy(GOOD));
  await site.until(action, ({ status }) => status === 'waiting');
  database.freeze();
  const jws = await site.sign('grace', 'approve', action);
  await site.countersign.decide(action.workflowId, jws);
  const workflow = site.countersign.client.workflow.getHandle(action.workflowId);
  await vi.waitFor(async () => {
    const { pendingActivities } = (await workflow.describe()).raw;
    expect(pendingActivities?.map(({ activityType }) => activityType?.name)).toContain('settle');
  }, PATIENCE);
  const asked = Date.now();
  child.kill('SIGTERM');
  expect((await ended).status).toBe(0);
  expect(Date.now() - asked).toBeLessThan(50_000);

  await site.startWorker();
  expect(await left(site, action)).toMatchObject({ outcome: 'succeeded', effects: ['setVersion'] });
  await site.killWorker();
});

test('a worker that Temporal does not answer says so, and is healthy again once it does', async () => {
  const { healthUrl } = await startWorker();
  site.links.temporal.freeze();
  onTestFinished(() => site.links.temporal.thaw());
  await vi.waitFor(async () => {
    const answer = await fetch(healthUrl);
    expect([answer.status, await answer.text()]).toEqual([
      503,
      expect.stringContaining('Temporal does not answer'),
    ]);
  }, PATIENCE);
  site.links.temporal.thaw();
  await vi.waitFor(async () => expect((await fetch(healthUrl)).status).toBe(200), PATIENCE);
});

test('metrics are served as Prometheus text', async () => {
  const { metricsUrl } = await startWorker();
  const response = await fetch(metricsUrl);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await response.text()).toMatch(/^temporal_\w+\{[^}]*\} \d+$/m);
});

test('the log is JSON lines without a secret, also where what needs the secret fails', async () => {
  const smtpPassword = 'canary-password';
  const routingKey = 'canary-routing-key';
  const smtp = await startSmtp({
    disabledCommands: ['STARTTLS'],
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: (_auth, _session, answer) => answer(new Error('it is another password')),
  });
  onTestFinished(() => smtp.stop());
  const pager = await serve((response, { body }) => response.writeHead(400).end(body));
  const temporal = await startProxy(`tcp://${site.env.TEMPORAL_ADDRESS}`);
  const worker = await startWorker({
    TEMPORAL_ADDRESS: new URL(temporal.url).host,
    SMTP_URL: smtp.url.replace('//', `//mailer:${smtpPassword}@`),
    PAGER_URL: pager.url,
    PAGER_ROUTING_KEY: routingKey,
    COUNTERSIGN_LOG_LEVEL: 'debug',
  });
  const action = await site.countersign.propose(deploy(GOOD));
  await site.until(action, ({ deliveries }) => deliveries.some(({ by }) => by === 'page'));
  const jws = await site.sign('grace', 'approve', action);
  await site.countersign.decide(action.workflowId, jws);
  expect(await left(site, action)).toMatchObject({ outcome: 'succeeded' });
  await temporal.close();
  await vi.waitFor(() => expect(worker.stderr()).toContain('Connection refused'), PATIENCE);
  worker.child.kill('SIGTERM');

  const { status, stdout, stderr } = await worker.ended;
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  expect(stderr).toContain('Invalid login');
  expect(stderr).toContain('PagerDuty answered 400');
  const secrets = [smtpPassword, routingKey, jws, new URL(site.env.COUNTERSIGN_DATABASE_URL ?? '').password];
  for (const secret of secrets) expect(stderr).not.toContain(secret);
});

describe('a worker that cannot start ends with status 1 and says why', () => {
  test('each setting that is missing or wrong', async () => {
    const { status, stdout, stderr } = await run('worker.js', [], {
      COUNTERSIGN_HEALTH_ADDRESS: '8080',
      COUNTERSIGN_LOG_LEVEL: 'loud',
    }).ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    const named = [
      'COUNTERSIGN_INSTALLATION',
      'COUNTERSIGN_DATABASE_URL',
      'COUNTERSIGN_HEALTH_ADDRESS',
      'COUNTERSIGN_LOG_LEVEL',
    ];
    for (const setting of named) expect(stderr).toContain(setting);
  });

  test('each fault of its installation, with file and line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faulty-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await keyedInstallation(folder);
    await editFile(join(folder, 'actions/version-deploy.yaml'), (text) =>
      text.replace('tier: { 1: 3', 'tier: { 1: 9'),
    );
    await editFile(join(folder, 'catalog/services.yaml'), (text) =>
      text.replace('group:cart-team', 'group:nobody'),
    );
    const { status, stderr } = await run('worker.js', [], { ...site.env, COUNTERSIGN_INSTALLATION: folder })
      .ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^actions\/version-deploy\.yaml:12:1: tier: /m);
    expect(stderr).toMatch(/^catalog\/services\.yaml:61:3: spec.owner: group:nobody/m);
  });

  test('a health address that something else listens on', async () => {
    const { url } = await serve((response) => response.end());
    const { host } = new URL(url);
    const { status, stderr } = await run('worker.js', [], { ...site.env, COUNTERSIGN_HEALTH_ADDRESS: host })
      .ended;
    expect(status).toBe(1);
    expect(stderr).toContain(host);
  });

  test('a Temporal server that does not answer', async () => {
    const [port] = await freePorts(1);
    const address = `127.0.0.1:${port}`;
    const { status, stderr } = await run('worker.js', [], { ...site.env, TEMPORAL_ADDRESS: address }).ended;
    expect(status).toBe(1);
    expect(stderr).toContain(`cannot reach the Temporal server at ${address}`);
  });
});
