import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, vi } from 'vitest';

const SERVICE_DIR = fileURLToPath(new URL('../../examples/storefront/service/', import.meta.url));

/** For vi.waitFor: how long a busy machine may take until a condition holds, in ms. */
export const PATIENCE = { timeout: 45_000, interval: 100 };

let folder: string;
let started: ChildProcess[];

/** Gives each test of a file a folder of its own, and ends its storefronts after it. To be called once in each file. */
export function useStorefronts(): void {
  vi.setConfig({ testTimeout: 4 * PATIENCE.timeout });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'storefront-'));
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((child) => end(child, 'SIGKILL')));
    await rm(folder, { recursive: true });
  });
}

/** The effect log of this test's storefronts. */
export function effectsFile(): string {
  return join(folder, 'effects.jsonl');
}

interface ServiceState {
  instances: number;
  config: Record<string, number>;
  version: string;
  cacheEntries: number;
}

interface Window {
  requests?: number;
  errorRatio?: number;
  p95?: number;
}

interface Launched {
  process: ChildProcess;
  stdout: Readable;
  /** What the process wrote to stderr so far. */
  errors: () => string;
}

/** Starts a script of the storefront; it is killed after the test. */
export function launch(args: string[]): Launched {
  const [script = '', ...rest] = args;
  const child = spawn(process.execPath, ['--import', 'tsx', join(SERVICE_DIR, script), ...rest], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return { process: child, stdout: child.stdout, errors: () => errors };
}

/** Starts the storefront on this test's effect log and returns once it listens. */
export async function storefront(...options: string[]): Promise<{ url: string; process: ChildProcess }> {
  const launched = launch(['main.ts', '--port', '0', '--effects', effectsFile(), ...options]);
  for await (const line of createInterface(launched.stdout)) {
    return { url: String(JSON.parse(line).listening), process: launched.process };
  }
  throw new Error(`the storefront ended before it listened: ${launched.errors()}`);
}

/** Runs a script of the storefront to its end. */
export async function run(args: string[]): Promise<{ code: unknown; errors: string }> {
  const launched = launch(args);
  const [code] = await once(launched.process, 'close');
  return { code, errors: launched.errors() };
}

/** Ends a process and returns its exit code, null when the signal killed it. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

/** Sends a change as operators do; `route` is for example `PUT checkout/version`. */
export async function change(
  url: string,
  route: string,
  body: unknown,
  { key = crypto.randomUUID(), token = 1 }: { key?: string; token?: number } = {},
) {
  const [method = '', path] = route.split(' ');
  const response = await fetch(`${url}/admin/${path}`, {
    method,
    headers: { 'Idempotency-Key': key, 'Fencing-Token': String(token) },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, replayed: response.headers.get('idempotent-replayed'), body: answer };
}

/** Switches the named faults on and all others off. */
export async function faults(url: string, switches: object): Promise<void> {
  const response = await fetch(`${url}/faults`, { method: 'PUT', body: JSON.stringify(switches) });
  expect(response.status).toBe(200);
}

/** Orders so many different items and returns the status code. */
export async function order(url: string, items: number): Promise<number> {
  const lines = Array.from({ length: items }, (_, index) => ({ productId: `p-${index + 1}`, quantity: 1 }));
  return (await postJson(`${url}/checkout/orders`, { items: lines })).status;
}

export function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body) });
}

export async function getJson<T>(url: string): Promise<T> {
  return (await fetch(url)).json() as Promise<T>;
}

export const state = (url: string) =>
  getJson<Record<'catalog' | 'cart' | 'checkout', ServiceState>>(`${url}/state`);
export const effects = (url: string) => getJson<unknown[]>(`${url}/effects`);

/** The numbers behind each sample of an exposition: its value and, where it has one, its timestamp. */
export function samples(text: string): Record<string, number[]> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...numbers] = line.split(' ');
      return [name, numbers.map(Number)];
    }),
  );
}

/** What the metrics say of the last five seconds; what they do not say is absent. */
export async function windows(url: string): Promise<Record<'catalog' | 'cart' | 'checkout', Window>> {
  const found = samples(await (await fetch(`${url}/metrics`)).text());
  const of = (service: string): Window => {
    const [requests] = found[`storefront_window_requests{service="${service}"}`] ?? [];
    const [errorRatio] = found[`storefront_error_ratio{service="${service}"}`] ?? [];
    const [p95] = found[`storefront_latency_p95_seconds{service="${service}"}`] ?? [];
    return {
      ...(requests !== undefined && { requests }),
      ...(errorRatio !== undefined && { errorRatio }),
      ...(p95 !== undefined && { p95 }),
    };
  };
  return { catalog: of('catalog'), cart: of('cart'), checkout: of('checkout') };
}
