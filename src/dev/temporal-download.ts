import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type Report, reportWhile } from './progress.ts';

const CONNECT_LIMIT_MS = 5_000;
const DOWNLOAD_LIMIT_MS = 600_000;

/**
 * Downloads a release of the Temporal CLI from the source that the Temporal SDKs use, and puts its binary at `target`. Other
 * processes see the whole file or no file. Only the expected archive is unpacked.
 *
 * @param release URL of the release, without platform and architecture
 * @param checksums SHA-256 of each archive, in hex, by `platform-architecture` as Node names them
 * @throws Error when the checksum is not known, nothing answers within 5 s, or the download is another archive
 */
export async function downloadTemporal(
  release: string,
  checksums: Readonly<Record<string, string | undefined>>,
  target: string,
  report: Report,
): Promise<string> {
  const machine = `${process.platform}-${process.arch}`;
  const expectedDigest = checksums[machine];
  if (expectedDigest === undefined)
    throw new Error(`the checksum of the archive for ${machine} is not known`);
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const response = await answerOf(`${release}?platform=${process.platform}&arch=${arch}`);
  const workFolder = await mkdtemp(`${target}.download-`);
  try {
    const archive = join(workFolder, 'archive');
    await save(response, archive, report);
    const digest = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (digest !== expectedDigest) {
      throw new Error(
        `the archive for ${machine} has the SHA-256 ${digest}, and ${expectedDigest} is expected: it was changed, or is cut short`,
      );
    }
    await promisify(execFile)('tar', ['-xf', archive, '-C', workFolder]);
    await rename(join(workFolder, 'temporal'), target);
    return target;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function answerOf(url: string): Promise<Response> {
  const connectAbort = new AbortController();
  const limit = setTimeout(() => connectAbort.abort(new Error('no answer within 5 s')), CONNECT_LIMIT_MS);
  try {
    const signal = AbortSignal.any([connectAbort.signal, AbortSignal.timeout(DOWNLOAD_LIMIT_MS)]);
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return response;
  } finally {
    clearTimeout(limit);
  }
}

async function save(response: Response, file: string, report: Report): Promise<void> {
  if (!response.body) throw new Error(`${response.url} sent nothing`);
  report('downloading the Temporal CLI');
  let receivedBytes = 0;
  const body = Readable.fromWeb(response.body);
  body.on('data', (chunk: Uint8Array) => {
    receivedBytes += chunk.length;
  });
  const progress = () => `downloading the Temporal CLI: ${Math.round(receivedBytes / 1e6)} MB`;
  await reportWhile(report, progress, pipeline(body, createWriteStream(file)));
}
