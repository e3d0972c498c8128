import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { explanationText, standing } from '../../src/cli/text.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Auth } from '../../src/config/index.ts';
import type { Plan } from '../../src/domain/action/action.ts';
import { databaseText, historyText, startTelltale } from '../support/canaries.ts';
import { untilRetried } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { heard } from '../support/quiet.ts';
import { startSmtp } from '../support/smtp.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;

/** Every secret of an installation, each another text. */
const canary = (name: string) => `canary-${name}-0123456789`;

/** Those that other systems are sent, which tell everybody. */
const SENT = [
  'smtp-password',
  'pager-key',
  'pager-header',
  'pager-address',
  'webhook-address',
  'webhook-password',
  'slack-token',
  'slack-header',
  'prometheus-token',
  'prometheus-header',
  'page-address',
  'page-password',
  'system-token',
  'system-header',
  'command-variable',
].map(canary);

/** Those that nobody is sent. */
const KEPT = [
  'other-pager-key',
  'token-source',
  'database',
  'temporal-key',
  'cloud-key',
  'sign-in',
  'webhook-secret',
].map(canary);

const folder = await mkdtemp(join(tmpdir(), 'secrets-'));
await writeFile(join(folder, 'token'), `${canary('prometheus-token')}\n`);
const telltale = await startTelltale();
const smtp = await startSmtp({
  disabledCommands: ['STARTTLS'],
  authOptional: false,
  allowInsecureAuth: true,
  onAuth: ({ password }, _session, answer) => {
    telltale.received.push(password ?? '');
    answer(null, { user: 1 });
  },
});
smtp.switches.refuse['barbara@storefront.example'] = 550;
smtp.switches.because = `not with ${canary('smtp-password')}`;

const ENV = {
  TOKEN_SOURCE: canary('token-source'),
  DEPLOY_TOKEN: canary('command-variable'),
  COUNTERSIGN_DATABASE_URL: `postgresql://countersign:${canary('database')}@db/countersign`,
  TEMPORAL_API_KEY: canary('temporal-key'),
  AWS_SECRET_ACCESS_KEY: canary('cloud-key'),
  COUNTERSIGN_OIDC_CLIENT_SECRET: canary('sign-in'),
};
for (const [name, value] of Object.entries(ENV)) vi.stubEnv(name, value);

const basic = (name: string): Auth => ({ basic: { user: 'countersign', password: canary(name) } });
const withHeader = (name: string): Auth => ({ headers: { 'X-Other-Key': canary(name) } });

const request = (path: string): Plan => ({
  executor: 'http',
  method: 'POST',
  url: `${telltale.url}/system/${path}`,
  body: {},
  timeoutMs: 5_000,
});
const command = (script: string): Plan => ({
  executor: 'command',
  argv: ['/bin/sh', '-c', script],
  environment: { DEPLOY_TOKEN: 'DEPLOY_TOKEN' },
  timeoutMs: 5_000,
});
const PLANS = {
  'tells.succeeds': request('ok'),
  'tells.refuses': request('no'),
  'tells.accepts': request('maybe'),
  'tells.prints': command('env | tr "\\n" " "'),
  'tells.fails': command('env | tr "\\n" " " >&2; exit 1'),
} as const;

const world = useWorld({
  smtpUrl: smtp.url.replace('//', `//mailer:${canary('smtp-password')}@`),
  connections: (usual) => ({
    ...usual,
    pager: {
      url: `${telltale.url}/pager/${canary('pager-address')}`,
      auth: withHeader('pager-header'),
      routingKey: canary('pager-key'),
      keys: { owners: canary('other-pager-key') },
    },
    webhook: {
      url: `${telltale.url}/hook?token=${canary('webhook-address')}`,
      auth: basic('webhook-password'),
      secret: `whsec_${Buffer.from(canary('webhook-secret')).toString('base64')}`,
    },
    slack: {
      channel: 'C0123456789',
      apiUrl: `${telltale.url}/slack`,
      auth: { bearer: canary('slack-token'), ...withHeader('slack-header') },
    },
    metricSources: {
      ...usual.metricSources,
      prometheus: {
        kind: 'prometheus',
        url: `${telltale.url}/prometheus`,
        auth: { bearer: { file: join(folder, 'token') }, ...withHeader('prometheus-header') },
        intervalMs: MINUTE,
      },
      page: {
        kind: 'openmetrics',
        url: `${telltale.url}/metrics?token=${canary('page-address')}`,
        auth: basic('page-password'),
        intervalMs: MINUTE,
      },
    },
    governedSystems: {
      [telltale.url]: {
        bearer: {
          command: ['/bin/sh', '-c', `[ -n "$TOKEN_SOURCE" ] && echo ${canary('system-token')}`],
          environment: ['TOKEN_SOURCE'],
        },
        ...withHeader('system-header'),
      },
    },
  }),
  installation: () => {
    const { actionTypes, rules } = testInstallation().installation;
    const flush = actionTypes['cache.flush'];
    const [metric] = flush?.watch?.metrics ?? [];
    if (!flush || !metric) throw new Error('there is no cache.flush that is watched');
    const { watch: _, ...unwatched } = flush;
    const page = { ...metric, source: 'page', count: 1, consecutiveErrorLimit: 0 };
    const types = Object.entries({ ...PLANS, 'tells.watched': request('ok') }).map(([name, execute]) => [
      name,
      {
        ...unwatched,
        name,
        execute,
        rollback: request('undo'),
        tier: { 1: 3, 2: 3, 3: 3, 4: 3 } as const,
        ...(name === 'tells.watched' ? { watch: { metrics: [page] } } : {}),
      },
    ]);
    const by = (means: 'mail' | 'page' | 'slack' | 'webhook', waitMs = 0) => ({
      notify: means === 'page' ? 'on-call' : 'owners',
      by: means,
      waitMs,
    });
    return {
      actionTypes: { ...actionTypes, ...Object.fromEntries(types) },
      rules: {
        ...rules,
        live: { incidents: { source: 'prometheus', query: 'open' } },
        approval: {
          ...rules.approval,
          route: {
            onSilence: 'deny',
            steps: [by('mail'), by('page'), by('slack'), by('webhook', 30 * MINUTE)],
          },
        },
      },
    };
  },
});

afterAll(async () => {
  vi.unstubAllEnvs();
  telltale.stop();
  await smtp.stop();
  await rm(folder, { recursive: true });
});

async function approved(actionType: string): Promise<ActionHandle> {
  const action = await world().countersign.propose(proposal({ actionType, target: 'cart' }));
  await vi.waitFor(async () => expect((await action.state()).deliveries).toHaveLength(4), PATIENCE);
  await world().decide('edsger', 'approve', action);
  return action;
}

/** All that people, histories and logs were told of an action. */
async function toldOf(action: ActionHandle): Promise<string> {
  const state = await action.state();
  const explanation = await action.explanation();
  return [
    JSON.stringify(state),
    JSON.stringify(explanation),
    explanationText(explanation, standing(state)),
    await historyText(world().client, action.workflowId),
  ].join('\n');
}

test('no secret that the installation holds is ever told, though every other system repeats what it is sent', async () => {
  const written: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0),
  );
  const actions: ActionHandle[] = [];
  const outcomes: Record<string, string> = {};
  try {
    for (const name of [...Object.keys(PLANS), 'tells.watched']) {
      const action = await approved(name);
      actions.push(action);
      if (name === 'tells.accepts') {
        await untilRetried(world(), action, 'execute');
        await world().skip(action, 5 * MINUTE);
      }
      outcomes[name] = (await action.result()).outcome.kind;
    }
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
  expect(outcomes).toEqual({
    'tells.succeeds': 'succeeded',
    'tells.refuses': 'failed',
    'tells.accepts': 'rolledBack',
    'tells.prints': 'succeeded',
    'tells.fails': 'rolledBack',
    'tells.watched': 'rollbackUnverified',
  });

  // It was really sent, and really repeated.
  const received = telltale.received.join('\n');
  const encoded = (secret: string) => Buffer.from(`countersign:${secret}`).toString('base64');
  const inACommand = canary('command-variable');
  for (const secret of SENT.filter((each) => each !== inACommand))
    expect([secret, received.includes(secret) || received.includes(encoded(secret))]).toEqual([secret, true]);
  const told = (await Promise.all(actions.map(toldOf))).join('\n');
  for (const mark of ['Bearer ***', 'DEPLOY_TOKEN=***', 'Basic ***', 'not for barbara: 550 not with ***'])
    expect(told).toContain(mark);

  const everything = {
    'states, explanations and histories': told,
    database: await databaseText(world().database.pool),
    mails: smtp.attempts.join('\n').replaceAll('=\r\n', ''),
    // As they came, but for the one place that is for the secret.
    'pages and messages': telltale.received
      .map((text) => (text.startsWith('{') ? String(JSON.parse(text).body) : ''))
      .map((body) => body.replace(/"routing_key":"[^"]*"/, ''))
      .join('\n'),
    log: [...heard, ...written].join('\n'),
  };
  expect(everything.database).toContain('rolledBack');
  expect(everything.mails).toContain('flush the cache');
  for (const [where, text] of Object.entries(everything)) {
    expect([where, text.length > 100]).toEqual([where, true]);
    const found = [...SENT, ...KEPT].filter(
      (secret) => text.includes(secret) || text.includes(encoded(secret)),
    );
    expect([where, found]).toEqual([where, []]);
  }
}, 180_000);
