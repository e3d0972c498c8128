import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { createAlertSender } from './adapters/alert-senders.ts';
import { cedar } from './adapters/cedar/index.ts';
import { createLog } from './adapters/log.ts';
import { openProvider } from './adapters/openid.ts';
import { createAlertStore } from './adapters/postgres/alerts.ts';
import { listenToChanges } from './adapters/postgres/changes.ts';
import { openDatabase } from './adapters/postgres/database.ts';
import { createFactors } from './adapters/postgres/factors.ts';
import { createHandedIn } from './adapters/postgres/handed-in.ts';
import { createLedger } from './adapters/postgres/ledger.ts';
import { createLimiter } from './adapters/postgres/limiter.ts';
import { createLogFiles } from './adapters/postgres/log-files.ts';
import { createLooks } from './adapters/postgres/looks.ts';
import { createReadModel } from './adapters/postgres/read-model.ts';
import { createSessions } from './adapters/postgres/sessions.ts';
import { connectionOptions } from './adapters/temporal/connection.ts';
import { notConnected, temporalFaults } from './adapters/temporal/namespace.ts';
import { connect } from './client/index.ts';
import { faultLines, loadForGateway } from './config/index.ts';
import { createGateway } from './gateway/app.ts';
import { LONGEST_COUNTED_MS } from './gateway/ports/limiter.ts';
import { LOOKS_KEPT_MS } from './gateway/ports/looks.ts';
import { limitsAt } from './gateway/ports/sessions.ts';
import { originOf, readSettings, type Settings, splitAddress } from './gateway/settings.ts';
import { openGatewayKey, readGatewayKey } from './keys/key-file.ts';

/** How often the catalog is loaded again, in milliseconds. A person who was removed from the catalog can act here for this long at most. */
const RELOAD_MS = 60_000;
const DATABASE_CONNECTIONS = 10;

async function main(devSignIn: boolean): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog(settings.COUNTERSIGN_LOG_LEVEL);
  const keys = await openGatewayKey(await readGatewayKey(settings.COUNTERSIGN_GATEWAY_KEY));
  const loaded = await load(settings);
  const address = settings.COUNTERSIGN_GATEWAY_ADDRESS;
  const origin = originOf(loaded.installation.rules.gateway, {
    key: keys.x,
    address,
    devSignIn,
    provider: settings.COUNTERSIGN_OIDC_ISSUER !== undefined,
  });
  const provider = await providerOf(settings, origin);
  const countersign = await connect({
    ...(await connectionOptions(settings)),
    namespace: settings.TEMPORAL_NAMESPACE,
    taskQueue: settings.COUNTERSIGN_TASK_QUEUE,
  }).catch((error: Error) => {
    throw notConnected(error, settings);
  });
  const database = await openDatabase(settings.COUNTERSIGN_DATABASE_URL, 'gateway', {
    max: DATABASE_CONNECTIONS,
  });
  const changes = listenToChanges(database);
  const sessions = createSessions(database);
  const limiter = createLimiter(database);
  const looks = createLooks(database);
  const limits = { idleMs: settings.COUNTERSIGN_SESSION_IDLE, mostMs: settings.COUNTERSIGN_SESSION_MAX };

  let { installation } = loaded;
  let faulty: string[] = [];
  const tidy = async () => {
    const now = Date.now();
    await sessions.sweep({ now, ...limitsAt(now, limits) });
    await limiter.sweep(now - LONGEST_COUNTED_MS);
    await looks.sweep(now - LOOKS_KEPT_MS);
    const again = await load(settings).catch((error: Error) => error);
    if (again instanceof Error) {
      faulty = [`the installation became faulty, and the one before it is used: ${again.message}`];
      log.error({ error: again }, 'the installation became faulty, and the one before it is used');
    } else {
      faulty = [];
      installation = again.installation;
    }
  };
  const timer = setInterval(() => {
    tidy().catch((error) => log.error({ error }, 'tidying up failed'));
  }, RELOAD_MS);

  const { uiUrl } = loaded;
  const app = createGateway({
    origin,
    countersign,
    sessions,
    changes,
    keys,
    limits,
    provider,
    devSignIn,
    installation: () => installation,
    ledger: createLedger(database),
    logFiles: createLogFiles(database),
    handedIn: createHandedIn(database),
    alerts: {
      senders: Object.fromEntries(
        Object.entries(loaded.alerts).map(([name, receiver]) => [name, createAlertSender(receiver)]),
      ),
      store: createAlertStore(database),
      passedOver: (sender, reasons) =>
        log.warn({ sender, reasons }, 'alerts were passed over: they are about nothing of this installation'),
    },
    lists: createReadModel(database),
    looks,
    limiter,
    proxies: settings.COUNTERSIGN_GATEWAY_PROXIES,
    emailAssumed: settings.COUNTERSIGN_OIDC_EMAIL_VERIFIED === 'assumed',
    factors: createFactors(database),
    ...(uiUrl === undefined ? {} : { uiUrl }),
    metricsToken: settings.COUNTERSIGN_METRICS_TOKEN,
    check: async () => [
      ...(await database.check()),
      ...(await temporalFaults(countersign.client.connection, settings.TEMPORAL_NAMESPACE)),
      ...faulty,
    ],
    now: Date.now,
    report: (error) => log.error({ error }, 'a request failed'),
  });
  const server = serve({ fetch: app.fetch, ...splitAddress(address) });
  await once(server, 'listening');
  if (devSignIn) log.warn('anybody on this machine can sign in as anybody: the development sign-in is on');
  log.info({ address, origin }, 'the gateway is up');

  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  clearInterval(timer);
  // Open pages listen for events, and would keep the server open for ever.
  if ('closeAllConnections' in server) server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await changes.stop();
  await Promise.all([database.close(), countersign.close()]);
}

/** Loads the installation. @throws Error with every fault of the installation */
async function load({ COUNTERSIGN_INSTALLATION: folder }: Settings) {
  const loaded = await loadForGateway(folder, process.env, cedar);
  if (loaded.kind === 'loaded') return loaded;
  throw new Error(`The installation is faulty:\n${faultLines(loaded.faults).join('\n')}`);
}

async function providerOf(settings: Settings, origin: string) {
  const {
    COUNTERSIGN_OIDC_ISSUER: issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: clientId,
    COUNTERSIGN_OIDC_CLIENT_SECRET: clientSecret,
  } = settings;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  return openProvider({ issuer, clientId, clientSecret, redirectUri: `${origin}/sign-in/callback` });
}

main(process.argv.includes('--dev-sign-in')).catch((error) => {
  const reason =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
  process.stderr.write(`countersign gateway: ${reason}\n`);
  process.exit(1);
});
