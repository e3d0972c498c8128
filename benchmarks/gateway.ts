import type { Report as Progress } from '../src/dev/progress.ts';
import { besideOthers, type ForeignTicks } from './cpu.ts';
import {
  byHttp,
  byPasskey,
  bySdk,
  decisionsOf,
  sessionOf,
  startWaiting,
  type Waiting,
  type Way,
} from './decisions.ts';
import type { GatewayServers } from './gateway-servers.ts';
import { type Pace, paceOf } from './load.ts';
import { addPasskey } from './passkey.ts';
import { recordWaiting } from './pending.ts';
import type { Servers } from './servers.ts';
import { type Session, signIn } from './session.ts';
import { type Counts, notStuck } from './side.ts';

export const WAYS = ['sdk', 'http', 'passkey'] as const;
export type WayName = (typeof WAYS)[number];

export const PAGES = ['pending', 'action'] as const;
export type PageName = (typeof PAGES)[number];

/** One after the other, and so many at once. */
export const AT_ONCE = [1, 16] as const;
const MOST_AT_ONCE = Math.max(...AT_ONCE);

/** How fast one thing was asked for, in one round. */
export interface Asked<What> extends Pace {
  readonly what: What;
  readonly inFlight: number;
  readonly others: ForeignTicks;
}

export interface GatewayRounds {
  readonly decisions: readonly Asked<WayName>[];
  readonly pages: readonly Asked<PageName>[];
}

/** Measures the gateway: what people decide over HTTP beside the same by the SDK, and the pages that they decide on. */
export async function runGateway(
  counts: Counts,
  servers: Servers,
  progress: Progress,
): Promise<GatewayRounds> {
  const gateway = await servers.startGateway();
  try {
    const { origin, approver } = gateway;
    const passkey = await addPasskey(await signIn(origin, approver.person), origin);
    const sessions: Session[] = [];
    for (let n = 0; n < MOST_AT_ONCE; n += 1) sessions.push(await signIn(origin, approver.person));
    const ways = {
      sdk: bySdk(servers.countersign, approver),
      http: byHttp(sessions),
      passkey: byPasskey(sessions, passkey),
    };
    const decisions = await runDecisions(counts, servers, ways, progress);
    const pages = await runPages(counts, servers, gateway, sessions, progress);
    return { decisions, pages };
  } finally {
    await gateway.stop();
  }
}

/** In alternation, and in the other order in every second round, so that no way is always the one that comes last. */
async function runDecisions(
  { rounds, decisions: count }: Counts,
  { countersign }: Servers,
  ways: Readonly<Record<WayName, Way>>,
  progress: Progress,
): Promise<Asked<WayName>[]> {
  const some = { count: Math.min(count, MOST_AT_ONCE), atOnce: 4 };
  await Promise.all(WAYS.map((what) => decisionsOf(countersign, ways[what], some)));
  const all: Asked<WayName>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const inFlight of AT_ONCE) {
      for (const what of round % 2 === 1 ? WAYS : WAYS.toReversed()) {
        const { result: pace, others } = await besideOthers(() =>
          decisionsOf(countersign, ways[what], { count, atOnce: inFlight }),
        );
        all.push({ what, inFlight, ...pace, others });
        progress(`decisions, round ${round}, ${inFlight} in flight, ${what}: ${rateIn(pace)}`);
      }
    }
  }
  return all;
}

/** The list of somebody for whom as many wait as `pending` says, and the pages of some that do, from their workflows. */
async function runPages(
  { rounds, pending, pages: count }: Counts,
  { countersign }: Servers,
  { database }: GatewayServers,
  sessions: readonly Session[],
  progress: Progress,
): Promise<Asked<PageName>[]> {
  progress(`${pending} pending`);
  const waiting = await startWaiting(countersign, 3, Math.min(pending, MOST_AT_ONCE));
  const [first] = waiting;
  if (!first) return [];
  await recordWaiting(database, first.action.actionId, pending - waiting.length);
  const pages = {
    pending: (n: number) => pendingPage(sessionOf(sessions, n), pending),
    action: (n: number) => actionPage(sessionOf(sessions, n), waiting[n % waiting.length] ?? first),
  };
  for (const what of PAGES) await paceOf(Math.min(count, MOST_AT_ONCE), 4, pages[what]);
  const all: Asked<PageName>[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const inFlight of AT_ONCE) {
      for (const what of PAGES) {
        const { result: pace, others } = await besideOthers(() => paceOf(count, inFlight, pages[what]));
        all.push({ what, inFlight, ...pace, others });
        progress(`pages, round ${round}, ${inFlight} in flight, ${what}: ${rateIn(pace)}`);
      }
    }
  }
  await Promise.all(waiting.map(cancelled));
  return all;
}

const PAGE_SIZE = 50;

async function pendingPage(session: Session, pending: number): Promise<void> {
  const links = new Set((await session.get('/pending')).match(/"\/actions\/[^"?#/]+"/g));
  const expected = Math.min(pending, PAGE_SIZE);
  if (links.size !== expected) throw new Error(`/pending lists ${links.size} actions, not ${expected}`);
}

async function actionPage(session: Session, { action, state }: Waiting): Promise<void> {
  const page = await session.get(`/actions/${encodeURIComponent(action.actionId)}`);
  if (!page.includes(state.ruling?.digest ?? action.actionId))
    throw new Error(`the page of ${action.actionId} has no form to decide on it`);
}

async function cancelled({ action }: Waiting): Promise<void> {
  await action.cancel();
  await notStuck(action.result(), () => action.state());
}

const rateIn = ({ perSecond }: Pace) => `${perSecond.toFixed(1)}/s`;
