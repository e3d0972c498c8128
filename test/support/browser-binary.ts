import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { chromium } from 'playwright-core';
import { cacheFolder, pathFolders } from '../../src/dev/cache-folder.ts';
import { type Report, reasonOf, reportWhile } from '../../src/dev/progress.ts';

const run = promisify(execFile);

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** What is there without being on PATH. */
const USUAL = ['/usr/bin', '/Applications/Google Chrome.app/Contents/MacOS'].flatMap((folder) =>
  [...NAMES, 'Google Chrome'].map((name) => join(folder, name)),
);
/** A headless Chromium for Linux on x64, in a package of the registry that everything else here comes from. */
const PACKAGE = '@sparticuz/chromium@153.0.0';

export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  /** Where a browser may be that is not on PATH. */
  readonly usual: readonly string[];
  readonly isRoot: boolean;
}

const THIS: Machine = {
  env: process.env,
  usual: [...USUAL, chromium.executablePath()],
  isRoot: process.getuid?.() === 0,
};

/**
 * The path of a Chromium that starts here. Looked for in CHROMIUM, on PATH, where it usually is, and in our cache. Where there is
 * none it is installed: by apt-get for root, which brings the libraries that it needs too; by Playwright's installer; from the npm
 * registry.
 *
 * @param report gets what is passed over, and the progress of what takes long
 * @throws Error that lists all that was tried and what to install
 */
export async function findBrowser(report: Report, machine: Machine = THIS): Promise<string> {
  const { env, usual, isRoot } = machine;
  // Beside the Temporal server.
  const folder = join(cacheFolder(env), 'browser');
  const cached = join(folder, 'chromium');
  const onPath = (names: readonly string[]) =>
    pathFolders(env).flatMap((at) => names.map((name) => join(at, name)));
  const installed = () => [...onPath(NAMES), ...usual];
  const install = async (program: string, ...commands: readonly (readonly string[])[]) => {
    if (!onPath([program]).some((path) => existsSync(path))) throw new Error(`there is no ${program}`);
    const line = `Installing Chromium: ${program} ${commands.at(-1)?.join(' ')}`;
    report(line);
    for (const args of commands) await reportWhile(report, () => line, run(program, args, { env }));
  };
  const places: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
    ['CHROMIUM', async () => (env.CHROMIUM ? [env.CHROMIUM] : [])],
    ['Chromium or Google Chrome on PATH or where it usually is', async () => installed()],
    [`the cache, ${cached}`, async () => [cached]],
    [
      'apt-get',
      async () => {
        if (!isRoot) throw new Error('it needs root');
        await install('apt-get', ['update'], ['install', '--yes', '--no-install-recommends', 'chromium']);
        return installed();
      },
    ],
    [
      "Playwright's installer",
      async () => {
        await install('npx', ['playwright-core', 'install', 'chromium']);
        return installed();
      },
    ],
    [
      `npm, ${PACKAGE}`,
      async () => {
        await mkdir(folder, { recursive: true });
        await install('npm', [
          'install',
          '--no-save',
          '--no-audit',
          '--no-fund',
          '--prefix',
          folder,
          PACKAGE,
        ]);
        await unpack(join(folder, 'node_modules/@sparticuz/chromium/bin/chromium.br'), cached);
        return [cached];
      },
    ],
  ];
  const tried: string[] = [];
  for (const [place, find] of places) {
    try {
      const path = await firstThatStarts(await find());
      if (path !== undefined) return path;
      tried.push(`${place}: none that starts`);
    } catch (error) {
      tried.push(`${place}: ${reasonOf(error).trim().split('\n').at(-1)}`);
    }
  }
  throw new Error(
    [
      'The tests need a browser, and there is no Chromium here that starts: install Chromium or Google Chrome, or name one in CHROMIUM. Tried:',
      ...tried.map((line) => `  - ${line}`),
    ].join('\n'),
  );
}

/** Whoever else is at work there sees all of the file or none. */
async function unpack(archive: string, target: string): Promise<void> {
  const unfinished = `${target}.unfinished`;
  await writeFile(unfinished, await promisify(brotliDecompress)(await readFile(archive)), { mode: 0o755 });
  await rename(unfinished, target);
}

/** One whose libraries are missing is there, and does not start. */
async function firstThatStarts(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths.filter((each) => existsSync(each))) {
    const starts = await run(path, ['--version'], { timeout: 20_000 }).then(
      () => true,
      () => false,
    );
    if (starts) return path;
  }
  return undefined;
}
