import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../src/dev/cache-folder.ts';
import { buildWithGo, type GoProgram } from '../../src/dev/go-build.ts';
import { type Report, reasonOf } from '../../src/dev/progress.ts';
import { ServerNotStarted } from '../../src/dev/server-process.ts';

/** The version of the module go.temporal.io/server that go.mod beside this file pins. */
const VERSION = '1.32.0';
const GO_VERSION = '1.26.8';

const pinned = (path: string, name: string): GoProgram => ({
  module: new URL('./', import.meta.url),
  package: `go.temporal.io/server/${path}`,
  name,
  cost: 'about 5 minutes on 2 cores and 4 GB of Go caches',
  packages: 1700,
});
const SERVER = pinned('cmd/server', 'the production Temporal server');
const SQL_TOOL = pinned('cmd/tools/sql', "the production Temporal server's SQL tool");

/** The paths of the programs. */
export interface Binaries {
  readonly server: string;
  /** Makes the server's tables. */
  readonly sqlTool: string;
}

/**
 * The programs of the production Temporal server. They are built with Go once, and kept in our cache.
 *
 * @throws ServerNotStarted when they are not there and cannot be built, with what helps
 */
export async function findBinaries(report: Report, env: NodeJS.ProcessEnv = process.env): Promise<Binaries> {
  return {
    server: await cachedOrBuilt('temporal-server', SERVER, report, env),
    sqlTool: await cachedOrBuilt('temporal-sql-tool', SQL_TOOL, report, env),
  };
}

async function cachedOrBuilt(name: string, program: GoProgram, report: Report, env: NodeJS.ProcessEnv) {
  const folder = cacheFolder(env);
  const cached = join(folder, `${name}-${VERSION}-${process.platform}-${process.arch}`);
  if (await isExecutable(cached)) return cached;
  await mkdir(folder, { recursive: true });
  return buildWithGo(program, cached, env, report).catch((cause) => {
    throw new ServerNotStarted(
      `${program.name} ${VERSION} is not at ${cached} yet, and cannot be built: ${reasonOf(cause)}. ` +
        `Go ${GO_VERSION} or newer on PATH builds it (https://go.dev/dl). Without --server production nothing is built.`,
      { cause },
    );
  });
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
