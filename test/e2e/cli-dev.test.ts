import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { Cli } from './cli.ts';
import { run } from './command.ts';
import { editFile, requireBuild } from './support.ts';

let folder: string;
/** Where a Temporal server is found, and nothing of what `dev` starts and sets: the storefront is not its own. */
const FINDING = ['HOME', 'COUNTERSIGN_CACHE', 'XDG_CACHE_HOME', 'TEMPORAL_CLI'];
const env = (): Record<string, string> => ({
  ...Object.fromEntries(
    FINDING.map((name) => [name, process.env[name] ?? '']).filter(([, value]) => value !== ''),
  ),
  STOREFRONT_URL: 'http://127.0.0.1:1',
});
const cli = new Cli(env);

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'cli-dev-'));
  return () => rm(folder, { recursive: true });
});

async function copy(name: string): Promise<string> {
  const { folder: installation } = await keyedInstallation(join(folder, name));
  const gateway =
    '\ngateway:\n  url: ${env.COUNTERSIGN_GATEWAY_URL}\n  keys: ["${env.COUNTERSIGN_GATEWAY_PUBLIC_KEY}"]\n';
  await editFile(join(installation, 'countersign.yaml'), (text) => text + gateway);
  return installation;
}

test.each(['dev', 'check'])('%s of a folder that is not there says only that', async (command) => {
  const nowhere = join(folder, 'nowhere');
  const args = command === 'dev' ? ['dev', '--installation', nowhere] : ['check', nowhere];
  expect(await cli.run(args)).toEqual({
    status: 1,
    stderr: '',
    stdout: `${nowhere}:1: there is no such folder\n1 fault in ${nowhere}\n`,
  });
});

test('dev names every fault of its installation with file and line, and starts nothing', async () => {
  const faulty = await copy('faulty');
  await editFile(join(faulty, 'actions/version-deploy.yaml'), (text) => text.replace('{ 1: 3', '{ 1: 9'));
  await editFile(join(faulty, 'countersign.yaml'), (text) => text.replace('sre-on-call', 'nobody'));
  const { status, stdout, stderr } = await cli.run(['dev', '--installation', faulty]);
  // What is not set yet, since dev itself sets it, is no fault.
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^actions\/version-deploy\.yaml:12:1: tier: must be/),
    expect.stringMatching(/^countersign\.yaml:10:1: onCall: group:nobody is not in the catalog/),
    `2 faults in ${faulty}`,
  ]);
  // Not even the search for a Temporal server, which it would tell of here.
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
});

/** What a shell that is set up for the Temporal of a production holds. */
const ANOTHER_TEMPORAL = {
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  TEMPORAL_NAMESPACE: 'countersign',
  TEMPORAL_API_KEY: 'a token',
  TEMPORAL_TLS: 'true',
};

test('two at once each have an inbox, a Temporal and caught mail of their own', {
  timeout: 180_000,
}, async () => {
  const installation = await copy('sound');
  const started = [1, 2].map(() => {
    const dev = run('cli/main.js', ['dev', '--json', '--temporary', '--installation', installation], {
      ...env(),
      // Everything here is its own, whatever the shell says.
      ...ANOTHER_TEMPORAL,
    });
    let said = '';
    dev.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    onTestFinished(async () => {
      dev.child.kill('SIGTERM');
      await dev.ended;
    });
    return async () => {
      await vi.waitFor(() => expect(said, dev.stderr()).toMatch(/\n}\n$/), { timeout: 120_000 });
      return JSON.parse(said);
    };
  });
  const places = await Promise.all(started.map((place) => place()));
  const all = places.flatMap(({ address, uiUrl, mail, inbox }) => [`http://${address}`, uiUrl, mail, inbox]);
  const ports = all.map((url) => new URL(url).port);
  expect(new Set(ports).size).toBe(8);
  for (const { inbox, mail, uiUrl } of places)
    for (const url of [`${inbox}/healthz`, mail, uiUrl]) expect((await fetch(url)).status).toBe(200);
  const listed = places.map(({ address }) => cli.answer(['list', '--address', address]));
  expect(await Promise.all(listed)).toEqual(['Nothing to list.\n', 'Nothing to list.\n']);
  // Whoever was first has the usual place of mail, unless something else on this machine has it.
  const usual = places.filter(({ mail }) => mail === 'http://127.0.0.1:8235').length;
  expect(usual).toBeLessThanOrEqual(1);
});
