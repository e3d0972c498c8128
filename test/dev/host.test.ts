import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTemporal } from '../../src/dev/temporal-binary.ts';

let folder: string;
let host: ChildProcess;
let lines: AsyncIterator<string>;
let addresses: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-host-'));
  // Where the tests run as root, PostgreSQL runs as another user.
  await chmod(folder, 0o755);
  const script = fileURLToPath(new URL('./host.ts', import.meta.url));
  const binary = await findTemporal(() => undefined);
  // A process group of its own, as a terminal gives to what it runs.
  const child = spawn(process.execPath, ['--import', 'tsx', script, binary, join(folder, 'postgres')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  host = child;
  lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = await lines.next();
  addresses = Object.values(JSON.parse(value));
});

afterEach(async () => {
  host.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Which of the servers still take connections. */
const alive = async () => {
  const taken = await Promise.all(addresses.map(takesConnections));
  return addresses.filter((_, index) => taken[index]);
};

const takesConnections = (address: string) =>
  new Promise<boolean>((resolve) => {
    const { hostname, port } = new URL(`tcp://${address}`);
    const socket = connect(Number(port), hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

test('when the host is killed, the servers end too', async () => {
  expect(await alive()).toEqual(addresses);
  host.kill('SIGKILL');
  await vi.waitFor(async () => expect(await alive()).toEqual([]), { timeout: 60_000 });
});

test('Ctrl-C reaches the host alone, which has its database while it stops, and its own exit code', async () => {
  const ended = once(host, 'close');
  process.kill(-Number(host.pid), 'SIGINT');
  expect((await lines.next()).value).toBe('stopped in order');
  expect(await ended).toEqual([7, null]);
  expect(await alive()).toEqual([]);
});
