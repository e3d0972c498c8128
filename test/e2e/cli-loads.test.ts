import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { DIST, run } from './command.ts';
import { requireBuild } from './support.ts';

const RECORDER = new URL('../support/record-imports.mjs', import.meta.url);
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(RECORDER.href)});`;

let folder: string;

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'cli-loads-'));
  return () => rm(folder, { recursive: true });
});

interface Loaded {
  readonly status: number | null;
  readonly stderr: string;
  /** Names of packages. */
  readonly packages: readonly string[];
  /** Files of `dist`. */
  readonly files: readonly string[];
}

/** Runs the built command, and says what it loaded. */
async function loadedBy(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const record = join(folder, randomUUID());
  const { status, stderr } = await run('cli/main.js', args, {
    ...env,
    LOADED_MODULES: record,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REGISTER)}`,
  }).ended;
  const urls = new Set((await readFile(record, 'utf8')).split('\n'));
  const packages = [...urls].flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const own = [...urls].filter((url) => url.startsWith(pathToFileURL(DIST).href));
  return {
    status,
    stderr,
    packages: [...new Set(packages)].toSorted(),
    files: own.map((url) => relative(DIST, fileURLToPath(url))).toSorted(),
  };
}

describe('a command loads what it needs, and no other', () => {
  test.each([[['--help']], [['--version']], [['decide', '--help']], [['no-such-command']]])(
    '%j loads how commands are written, and nothing that does their work',
    async (args) => {
      const { packages, files } = await loadedBy(args);
      expect(packages).toEqual(['commander']);
      expect(files.filter((file) => !file.startsWith('cli/'))).toEqual([
        'dev/ports.js',
        'domain/shared/visible.js',
      ]);
      expect(files.filter((file) => file.startsWith('cli/commands/'))).toEqual([]);
    },
  );

  test('show loads how Temporal is reached, but no policies, database, pages or YAML; not even to say that there is no such action', async () => {
    const env = { TEMPORAL_ADDRESS: inject('temporalAddress') };
    const { stderr, packages, files } = await loadedBy(['show', 'nobody.nothing'], env);
    expect(stderr).toMatch(/nobody\.nothing/);
    expect(packages).toContain('@temporalio/client');
    for (const heavy of ['@cedar-policy/cedar-wasm', 'pg', 'yaml', 'hono', 'jose', '@temporalio/worker'])
      expect(packages).not.toContain(heavy);
    expect(files.filter((file) => file.startsWith('cli/commands/'))).toEqual(['cli/commands/show.js']);
  });

  test('keys makes a key without Temporal and without reading an installation', async () => {
    const { status, packages } = await loadedBy(['keys', 'grace', '--out', join(folder, 'grace.json')]);
    expect(status).toBe(0);
    for (const heavy of ['@temporalio/client', 'yaml', 'pg']) expect(packages).not.toContain(heavy);
  });
});
