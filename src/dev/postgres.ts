import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { startServer } from './server-process.ts';

const run = promisify(execFile);
const ENVIRONMENT = { ...process.env, LC_ALL: 'C' };

export interface PostgresServer {
  /** The connection URL of the superuser, on 127.0.0.1 and a free port that changes with each start. */
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL on 127.0.0.1. It keeps its data and its password in `directory`; without one it uses a temporary folder that
 * `stop` removes.
 *
 * @throws Error when this machine has no embedded PostgreSQL, or it cannot start (with its last output)
 */
export async function startPostgres(options: { directory?: string } = {}): Promise<PostgresServer> {
  const home = options.directory
    ? resolve(options.directory)
    : await mkdtemp(join(tmpdir(), 'countersign-postgres-'));
  try {
    const server = await startIn(home);
    if (options.directory) return server;
    return { ...server, stop: () => server.stop().then(() => remove(home)) };
  } catch (error) {
    if (!options.directory) await remove(home);
    throw error;
  }
}

async function startIn(home: string): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  const data = join(home, 'data');
  if (!(await exists(data))) await initialise(binaries, home, data);
  const password = await readFile(passwordFile(home), 'utf8');
  const [port] = await freePorts(1);
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const owner = await stat(data);
  const { pid, stop } = await startServer({
    name: 'PostgreSQL',
    command: join(binaries, 'postgres'),
    // No socket file: its folder would have to be writable, and its path short.
    args: [
      '-D',
      data,
      '-p',
      String(port),
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    env: ENVIRONMENT,
    ...(isRoot() ? { user: { uid: owner.uid, gid: owner.gid } } : {}),
    // Fast shutdown: with SIGTERM the server would wait for every client to disconnect.
    stopSignal: 'SIGINT',
    answers: () => selectOne(url),
  });
  return { url, pid, stop };
}

/** Creates the data folder under another name first, so that an interrupted attempt is never taken for a database. */
async function initialise(binaries: string, home: string, data: string): Promise<void> {
  const unfinished = `${data}.unfinished`;
  await mkdir(home, { recursive: true, mode: 0o700 });
  await remove(unfinished);
  await writeFile(passwordFile(home), randomBytes(24).toString('base64url'), { mode: 0o600 });
  const account = isRoot() ? await unprivilegedAccount() : undefined;
  if (account)
    await Promise.all([home, passwordFile(home)].map((path) => chown(path, account.uid, account.gid)));
  const options = ['--username=postgres', `--pwfile=${passwordFile(home)}`, '--auth=scram-sha-256'];
  await run(
    join(binaries, 'initdb'),
    [...options, '--encoding=UTF8', '--no-locale', '--no-instructions', `--pgdata=${unfinished}`],
    { ...account, cwd: home, env: ENVIRONMENT },
  ).catch((cause: Error) => {
    const hint = account
      ? ` (root starts it as user ${account.uid}, who has to be let into every folder above)`
      : '';
    throw new Error(`PostgreSQL cannot make its data folder in ${home}${hint}: ${cause.message}`, { cause });
  });
  await rename(unfinished, data);
}

/** An account to run PostgreSQL with, which refuses to run as root. */
async function unprivilegedAccount(): Promise<{ uid: number; gid: number }> {
  const idOf = async (name: string) => {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
    const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
    return { uid: Number(uid), gid: Number(gid) };
  };
  return idOf('postgres').catch(() => idOf('nobody'));
}

async function selectOne(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

const passwordFile = (home: string) => join(home, 'password');

const isRoot = () => process.getuid?.() === 0;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const remove = (path: string) => rm(path, { recursive: true, force: true });
