import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCheckpoints } from '../src/adapters/postgres/checkpoints.ts';
import { withConnection } from '../src/adapters/postgres/connection.ts';
import { type Database, openDatabase } from '../src/adapters/postgres/database.ts';
import { createLogFiles } from '../src/adapters/postgres/log-files.ts';
import { readHead } from '../src/adapters/postgres/rows.ts';
import { readSecret } from '../src/adapters/postgres/secret.ts';
import { consistencyProof, readCheckpoint } from '../src/adapters/postgres/tree.ts';
import { createLogins, type DatabaseUrls, prepareDatabase } from '../src/dev/database.ts';
import { startPostgres } from '../src/dev/postgres.ts';
import type { Report as Progress } from '../src/dev/progress.ts';
import { TILE_WIDTH } from '../src/domain/ledger/tree/tiles.ts';
import { besideOthers, type ForeignCpu, foreignCpu } from './cpu.ts';
import { entriesPerAction, generatedAction, generateEntries } from './ledger-generate.ts';
import { percentile } from './load.ts';

const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const ORIGIN = 'generated';
/** How many entries are signed at once, which is done bit by bit. The tiles over the others are generated. */
const MOST_SIGNED = 100_000;

export interface Often {
  /** How often each small thing is done. */
  readonly times: number;
  /** How many checkpoints are signed one after the other, each over the entries of a busy minute. */
  readonly minutes: number;
}

export const OFTEN: Often = { times: 200, minutes: 20 };
/** Entries of a busy minute. */
export const A_MINUTE = 500;

/** How long something took, and what others used meanwhile. */
interface Took {
  readonly seconds: number;
  readonly foreignCpu: ForeignCpu;
}

export interface Verified extends Took {
  /** How many entries the ledger had. */
  readonly entries: number;
  /** How many of them were read. */
  readonly read: number;
  /** The largest resident set of the command, in bytes. */
  readonly peakBytes: number;
}

/** Times in milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export interface LedgerReport {
  readonly entries: number;
  /** Entries that none covered before, as those of a ledger from before there were checkpoints. Absent: an earlier run has signed them. */
  readonly signedFirst?: Took & { readonly entries: number };
  /** The whole ledger, at a tenth of its entries and at all. */
  readonly whole: readonly Verified[];
  readonly since: Verified;
  /** A checkpoint over 500 new entries. */
  readonly sign: Spread;
  /** The file about one action, of 8 entries. */
  readonly prove: Spread;
  readonly consistency: Spread;
  readonly tile: Spread;
  /** 256 entries, as the gateway serves them. */
  readonly bundle: Spread;
}

/**
 * What a ledger of so many generated entries costs.
 *
 * @param folder keeps the database: a later run with as many entries need not generate them again. Without it, nothing stays.
 */
export async function runLedger(
  entries: number,
  howOften: Often,
  progress: Progress,
  folder?: string,
): Promise<LedgerReport> {
  const scratch = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  // The server reads what is copied into it as somebody else, where root starts it.
  await chmod(scratch, 0o711);
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o711 });
  const postgres = await startPostgres(folder === undefined ? {} : { directory: resolve(folder) });
  try {
    const urls = await prepareDatabase(postgres.url, await createLogins(postgres.url));
    const database = await openDatabase(urls.worker, 'worker');
    try {
      return await measure({ entries, howOften, urls, database, scratch, progress });
    } finally {
      await database.close();
    }
  } finally {
    await postgres.stop();
    await rm(scratch, { recursive: true });
  }
}

interface Parts {
  readonly entries: number;
  readonly howOften: Often;
  readonly urls: DatabaseUrls;
  readonly database: Database;
  readonly scratch: string;
  readonly progress: Progress;
}

async function measure(parts: Parts): Promise<LedgerReport> {
  const { entries, howOften, urls, database, scratch, progress } = parts;
  const checkpoints = createCheckpoints(database, await readSecret(database.pool, 'log'));
  const sign = () => checkpoints.sign(ORIGIN, Date.now());
  const signAll = async () => {
    for (;;) {
      const result = await sign();
      if (result.kind === 'refused') throw new Error(result.reason);
      if (result.kind === 'nothingNew' || result.isWhole) return;
    }
  };
  const sizeNow = async () => (await readHead(database.pool)).seq;
  const growTo = (count: number, withTiles: boolean) =>
    withConnection(urls.owner, (client) =>
      generateEntries(client, count, join(scratch, 'entries'), withTiles, progress),
    );

  const unsigned = (await sizeNow()) - ((await readCheckpoint(database.pool))?.size ?? 0);
  const first = Math.ceil(Math.min(entries / 10, MOST_SIGNED));
  if ((await sizeNow()) === 0) await growTo(first, false);
  progress('signing');
  const { took } = await timed(signAll);
  const signedFirst = unsigned === 0 && (await sizeNow()) === first ? { entries: first, ...took } : undefined;
  const whole: Verified[] = [];
  for (const wanted of [Math.ceil(entries / 10), entries]) {
    if (wanted < entries && (await sizeNow()) > wanted) continue;
    await growTo(wanted, true);
    await signAll();
    const size = await sizeNow();
    progress(`verifying ${size} entries`);
    const one = await verified(urls.auditor, [], size);
    progress(`verified ${size} entries in ${one.seconds.toFixed(1)} s, with ${one.peakBytes} bytes at most`);
    whole.push(one);
  }

  const checkpoint = await readCheckpoint(database.pool);
  if (!checkpoint) throw new Error('nothing was signed');
  const kept = join(scratch, 'checkpoint.txt');
  await writeFile(kept, checkpoint.note);
  const signings: number[] = [];
  for (let minute = 0; minute < howOften.minutes; minute += 1) {
    await growTo((await sizeNow()) + A_MINUTE, false);
    signings.push((await timed(sign)).took.seconds * 1_000);
  }
  const size = await sizeNow();
  const since = await verified(urls.auditor, ['--since', kept], size - checkpoint.size);

  const files = createLogFiles(database);
  const somewhere = steps(howOften.times, Math.floor(size / TILE_WIDTH));
  const actions = steps(howOften.times, Math.floor(size / entriesPerAction));
  return {
    entries,
    ...(signedFirst && { signedFirst }),
    whole,
    since,
    sign: spreadOf(signings),
    prove: await often(actions, async (n) => (await files.prove(generatedAction(n + 1))).kind === 'proof'),
    consistency: await often(
      somewhere,
      async (n) => (await consistencyProof(database.pool, n * TILE_WIDTH + 1, size)).length > 0,
    ),
    tile: await often(somewhere, async (n) => (await files.tile(0, n, TILE_WIDTH)) !== undefined),
    bundle: await often(somewhere, async (n) => (await files.bundle(n, TILE_WIDTH)) !== undefined),
  };
}

/** Numbers from 0 up to before `count`, spread over all of it and in no order that a cache would like. */
const steps = (times: number, count: number): number[] =>
  Array.from({ length: times }, (_, i) => Math.floor((i * 0.618_033_988_75 * count) % count));

/** Does something for each number, and wants it to work. */
async function often(numbers: readonly number[], work: (n: number) => Promise<boolean>): Promise<Spread> {
  const times: number[] = [];
  for (const n of numbers) {
    const { result, ms } = await stopwatch(() => work(n));
    if (!result) throw new Error(`${n}: it did not work`);
    times.push(ms);
  }
  return spreadOf(times);
}

const spreadOf = (times: readonly number[]): Spread => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});

async function stopwatch<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const begun = performance.now();
  const result = await work();
  return { result, ms: performance.now() - begun };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; took: Took }> {
  const { result, others } = await besideOthers(() => stopwatch(work));
  return { result: result.result, took: { seconds: result.ms / 1_000, foreignCpu: foreignCpu([others]) } };
}

/** Runs `countersign ledger verify` as an auditor does. */
async function verified(url: string, args: readonly string[], read: number): Promise<Verified> {
  const { result, took } = await timed(() => command(['ledger', 'verify', '--json', ...args], url));
  const found = JSON.parse(result.stdout);
  if (!['unwitnessed', 'witnessed'].includes(found.kind)) throw new Error(result.stdout);
  return { entries: found.entries, read, peakBytes: result.peakBytes, ...took };
}

function command(
  args: readonly string[],
  url: string,
): Promise<{ readonly stdout: string; readonly peakBytes: number }> {
  return new Promise((done, failed) => {
    let peakBytes = 0;
    const env = { ...process.env, COUNTERSIGN_DATABASE_URL: url };
    const child = execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
      clearInterval(looking);
      if (error) failed(new Error(`${args.join(' ')}: ${stdout}${stderr}`));
      else done({ stdout, peakBytes });
    });
    // The system keeps the largest size that it had, so what lies between two looks is seen too.
    const looking = setInterval(async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
      peakBytes = Math.max(peakBytes, Number(kilobytes) * 1_024);
    }, 100);
  });
}
