import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createAlertStore } from '../../src/adapters/postgres/alerts.ts';
import { listenToChanges } from '../../src/adapters/postgres/changes.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createFactors } from '../../src/adapters/postgres/factors.ts';
import { createHandedIn } from '../../src/adapters/postgres/handed-in.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createLimiter } from '../../src/adapters/postgres/limiter.ts';
import { createLogFiles } from '../../src/adapters/postgres/log-files.ts';
import { createLooks } from '../../src/adapters/postgres/looks.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import { createSessions } from '../../src/adapters/postgres/sessions.ts';
import type { Countersign } from '../../src/client/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { createGateway } from '../../src/gateway/app.ts';
import type { AlertDeps } from '../../src/gateway/ports/alerts.ts';
import type { GatewayDeps, Provider } from '../../src/gateway/ports/deps.ts';
import { type GatewayKeyFile, newGatewayKey, openGatewayKey } from '../../src/keys/key-file.ts';
import { Browser } from './browser.ts';

export interface GatewayOptions {
  readonly installation: Installation;
  readonly database: Database;
  readonly countersign: Countersign;
  readonly key?: GatewayKeyFile;
  readonly provider?: (origin: string) => Promise<Provider>;
  readonly devSignIn?: boolean;
  /** Who sends alerts. */
  readonly senders?: AlertDeps['senders'];
  readonly changes?: Partial<GatewayDeps>;
}

/** A gateway that really listens, on a port of this machine, over a real database. */
export class TestGateway {
  readonly origin: string;
  /** Anybody may move it: what the gateway takes for the time. */
  readonly clock: { ahead: number };
  installation: Installation;
  /** Why it passed alerts over. */
  readonly passedOver: string[] = [];
  readonly stop: () => Promise<void>;
  /** Another process of it, over the same database. */
  readonly again: (changes: Partial<GatewayOptions>) => Promise<TestGateway>;
  /** What it answers to, once it has started. */
  routes: () => readonly { readonly path: string; readonly method: string }[] = () => [];

  private constructor(
    origin: string,
    clock: { ahead: number },
    options: GatewayOptions,
    stop: () => Promise<void>,
  ) {
    this.origin = origin;
    this.clock = clock;
    this.installation = options.installation;
    this.again = (changes) => TestGateway.start({ ...options, ...changes });
    this.stop = stop;
  }

  static async start(options: GatewayOptions): Promise<TestGateway> {
    const { database, countersign, key = newGatewayKey(), devSignIn = true } = options;
    const clock = { ahead: 0 };
    const keys = await openGatewayKey(key);
    const changes = listenToChanges(database);
    let fetch: (request: Request, env: object) => Response | Promise<Response> = () =>
      new Response('starting', { status: 503 });
    const server = serve({ fetch: (request, env) => fetch(request, env), hostname: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    const gateway: TestGateway = new TestGateway(origin, clock, options, async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await changes.stop();
    });
    const provider = await options.provider?.(origin);
    const app = createGateway({
      origin,
      countersign,
      keys,
      changes,
      devSignIn,
      provider,
      installation: () => gateway.installation,
      ledger: createLedger(database),
      logFiles: createLogFiles(database),
      handedIn: createHandedIn(database),
      alerts: {
        senders: options.senders ?? {},
        store: createAlertStore(database),
        passedOver: (_, reasons) => gateway.passedOver.push(...reasons),
      },
      lists: createReadModel(database),
      looks: createLooks(database),
      limiter: createLimiter(database),
      proxies: 1,
      emailAssumed: false,
      sessions: createSessions(database),
      factors: createFactors(database),
      limits: { idleMs: 30 * 60_000, mostMs: 12 * 3_600_000 },
      check: () => database.check(),
      now: () => Date.now() + clock.ahead,
      report: (error) => {
        throw error;
      },
      ...options.changes,
    });
    fetch = (request, env) => app.fetch(request, env);
    gateway.routes = () => app.routes;
    return gateway;
  }

  browser(): Browser {
    return new Browser(this.origin);
  }

  /** A browser in which somebody signed in by the development sign-in. */
  async signedIn(person: string): Promise<Browser> {
    const browser = this.browser();
    const answer = await browser.form('/sign-in/development', { person, next: '/pending' });
    if (answer.status !== 303) throw new Error(`${person} cannot sign in: ${await answer.text()}`);
    return browser;
  }
}
