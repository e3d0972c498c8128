import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/dev/cache-folder.ts';
import { buildWithGo, type GoProgram } from '../../src/dev/go-build.ts';
import { type Report, reasonOf } from '../../src/dev/progress.ts';

/** The release that opentofu/go.mod builds. */
const VERSION = '1.12.6';
const TOFU: GoProgram = {
  module: new URL('./opentofu/', import.meta.url),
  package: 'github.com/opentofu/opentofu/cmd/tofu',
  name: 'OpenTofu',
  cost: 'about 5 minutes on 2 cores and 4 GB of Go caches',
  packages: 1450,
};

/** A provider that can take its time (`time_sleep`). Like every provider but the built-in one, it is a process of its own. */
const PROVIDER_VERSION = '0.14.2';
const PROVIDER: GoProgram = {
  module: new URL('./opentofu-provider/', import.meta.url),
  package: 'github.com/hashicorp/terraform-provider-time',
  name: 'a provider for OpenTofu',
  cost: 'less than a minute',
  packages: 400,
};

/**
 * The path of an OpenTofu. It is looked for in TOFU and in our cache, beside the Temporal server, and else built there with Go. One on PATH is
 * passed over: of an older one the tests would say other things.
 *
 * @throws Error that lists what was tried and what to install
 */
export async function findTofu(report: Report, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const cached = join(cacheFolder(env), `tofu-${VERSION}-${process.platform}-${process.arch}`);
  const places: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['TOFU', async () => env.TOFU],
    [`the cache, ${cached}`, async () => ((await isThere(cached)) ? cached : undefined)],
    ['a build with Go', () => built(TOFU, cached, env, report)],
  ];
  const tried: string[] = [];
  for (const [place, find] of places) {
    try {
      const path = await find();
      if (path) {
        await promisify(execFile)(path, ['version'], { timeout: 20_000 });
        return path;
      }
      tried.push(`${place}: not there`);
    } catch (error) {
      tried.push(`${place}: ${reasonOf(error)}`);
    }
  }
  throw new Error(
    [
      'The tests of the executor for OpenTofu need one, and there is none here that starts. Tried:',
      ...tried.map((line) => `  - ${line}`),
      `Go (https://go.dev/dl) on PATH builds it in a few minutes; or name an OpenTofu ${VERSION} or newer in TOFU.`,
    ].join('\n'),
  );
}

/** A folder with the provider `registry.opentofu.org/hashicorp/time`, laid out as a mirror, in our cache. */
export async function findProviders(report: Report, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const mirror = join(cacheFolder(env), 'opentofu-providers');
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const folder = join(mirror, 'registry.opentofu.org/hashicorp/time', PROVIDER_VERSION, platform);
  await built(PROVIDER, join(folder, `terraform-provider-time_v${PROVIDER_VERSION}`), env, report);
  return mirror;
}

async function built(
  program: GoProgram,
  path: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  return oneAtATime(`${path}.building`, async () =>
    (await isThere(path)) ? path : buildWithGo(program, path, env, report),
  );
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Files of tests run in several processes, and each would build it. @param lock a file that holds the id of the process that does */
async function oneAtATime<T>(lock: string, work: () => Promise<T>): Promise<T> {
  while (!(await taken(lock))) {
    const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
    if (isAlive(holder)) await delay(500);
    else await rm(lock, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

const taken = (lock: string) =>
  writeFile(lock, String(process.pid), { flag: 'wx' }).then(
    () => true,
    () => false,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
