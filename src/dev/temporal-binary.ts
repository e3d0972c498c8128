import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, pathFolders } from './cache-folder.ts';
import { buildWithGo, type GoProgram } from './go-build.ts';
import { type Report, reasonOf } from './progress.ts';
import { ServerNotStarted } from './server-process.ts';
import { downloadTemporal } from './temporal-download.ts';

/** The release that is downloaded, and that temporal-server/go.mod builds: server 1.32.0, UI 2.54.1. */
const CLI_VERSION = '1.9.1';
const ARCHIVES = 'https://temporal.download/cli/archive';
/** The SHA-256 of that release's archives, from its checksums.txt, by platform and architecture as Node names them. */
const CHECKSUMS: Readonly<Record<string, string>> = {
  'darwin-arm64': '41e0425378fcb4fb5766340b97435e20fe47bbff2d7bf644ec2d51f7662b7c56',
  'darwin-x64': '48cdd6c84c56e27ae8e4d9a47052b89289a9c552dee029b49dd312c6fb72873f',
  'linux-arm64': '6c57c352d52fc3df34412376fd9ba6f74b7e3ace8e426e6cba8600156d36a145',
  'linux-x64': '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5',
};
const CLI: GoProgram = {
  module: new URL('./temporal-server/', import.meta.url),
  package: 'github.com/temporalio/cli/cmd/temporal',
  name: 'the Temporal server',
  cost: 'about 4 minutes on 2 cores and 4 GB of Go caches',
  packages: 1800,
};
/** The oldest usable server: the first that can skip time per workflow. */
const OLDEST_SERVER = { major: 1, minor: 32 };

export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** The address from which archives of the CLI are downloaded. */
  readonly archives?: string;
  /** The SHA-256 of each archive, in hex, by `platform-architecture`. */
  readonly checksums?: Readonly<Record<string, string | undefined>>;
}

/**
 * The path of a `temporal` CLI whose server can skip time. It is looked for in TEMPORAL_CLI, on PATH, and in our cache
 * (COUNTERSIGN_CACHE, or `countersign` in the user's cache folder). If there is none, it is downloaded into that cache, or else
 * built there with Go. A download must have the SHA-256 that is written here; go.sum pins what Go builds.
 *
 * @param report gets the candidates that are skipped, and the progress of slow steps
 * @throws ServerNotStarted that lists everything that was tried and what to install
 */
export async function findTemporal(report: Report, surroundings: Surroundings = {}): Promise<string> {
  const { env = process.env, archives = ARCHIVES, checksums = CHECKSUMS } = surroundings;
  const folder = cacheFolder(env);
  const cached = join(folder, `temporal-${CLI_VERSION}-${process.platform}-${process.arch}`);
  const intoCache = async (obtain: () => Promise<string>) => {
    await mkdir(folder, { recursive: true });
    return obtain();
  };
  const release = `${archives}/v${CLI_VERSION}`;
  const places: [place: string, find: () => Promise<string | undefined>][] = [
    ['TEMPORAL_CLI', async () => env.TEMPORAL_CLI],
    ['temporal on PATH', () => firstExecutable(pathFolders(env).map((at) => join(at, 'temporal')))],
    [`the cache, ${cached}`, () => firstExecutable([cached])],
    [
      `a download from ${archives}`,
      () => intoCache(() => downloadTemporal(release, checksums, cached, report)),
    ],
    ['a build with Go', () => intoCache(() => buildWithGo(CLI, cached, env, report))],
  ];
  const attempts: string[] = [];
  for (const [place, find] of places) {
    try {
      const path = await find();
      if (path) return await requireUsable(path);
      attempts.push(`${place}: not there`);
    } catch (error) {
      attempts.push(`${place}: ${reasonOf(error)}`);
      report(`${place} is passed over: ${reasonOf(error)}`);
    }
  }
  throw new ServerNotStarted(nothingFound(attempts));
}

async function firstExecutable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return path;
  }
  return undefined;
}

/**
 * Checks the version of a CLI. `temporal --version` prints "temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)"; a binary that Go
 * built calls itself 0.0.0-DEV.
 */
async function requireUsable(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 20_000 });
  const [, version, major, minor] = /\bserver (?:version )?((\d+)\.(\d+)\.\d+)/i.exec(stdout) ?? [];
  if (version === undefined) throw new Error(`${path} printed no server version: "${stdout.split('\n', 1)}"`);
  const ahead = Number(major) - OLDEST_SERVER.major || Number(minor) - OLDEST_SERVER.minor;
  if (ahead < 0) throw new Error(`${path} has server ${version}, older than ${oldestServer()}`);
  return path;
}

const oldestServer = () => `${OLDEST_SERVER.major}.${OLDEST_SERVER.minor}`;

const nothingFound = (attempts: readonly string[]) =>
  [
    `No Temporal server of ${oldestServer()} or newer was found. Tried:`,
    ...attempts.map((line) => `  - ${line}`),
    'Any of these helps:',
    `  - the Temporal CLI ${CLI_VERSION} or newer (https://docs.temporal.io/cli), on PATH or named in TEMPORAL_CLI`,
    '  - Go (https://go.dev/dl) on PATH, which builds it in a few minutes',
    '  - TEMPORAL_ADDRESS set to a server that already runs',
  ].join('\n');
