import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey } from '../../src/cli/signing.ts';
import { withSigningKey } from '../../src/config/index.ts';
import { startEmbedded } from '../../src/dev/embedded.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { startWorker } from '../../src/dev/worker-process.ts';

/** Starts a shop that is governed, and all that governs it, on this machine. */
export async function startEverything() {
  // The shop says what it is told to do.
  const [port] = await freePorts(1);
  const shop = createServer(({ method, url }, answer) => {
    console.log(`shop       is told ${method} ${url}`);
    answer.end();
  });
  await once(shop.listen(port, '127.0.0.1'), 'listening');

  // A copy of the installation, in which ada has a key. Its private half never leaves her.
  const installation = await mkdtemp(join(tmpdir(), 'countersign-minimal-'));
  await cp(join(import.meta.dirname, 'installation'), installation, { recursive: true });
  const people = join(installation, 'catalog/people.yaml');
  const keyOfAda = newKey('ada');
  await writeFile(people, withSigningKey(await readFile(people, 'utf8'), 'ada', keyOfAda.jwk.x));

  // Temporal, PostgreSQL, a mail server and a pager that only catch; and the worker, which carries actions out.
  const embedded = await startEmbedded((line) => console.error(line));
  const worker = await startWorker({
    ...embedded.env,
    COUNTERSIGN_DATABASE_URL: embedded.database.worker,
    COUNTERSIGN_INSTALLATION: installation,
    SHOP_URL: `http://127.0.0.1:${port}`,
  });

  return {
    address: embedded.address,
    keyOfAda,
    stop: async () => {
      await worker.stop();
      await embedded.stop();
      shop.close();
      await rm(installation, { recursive: true });
    },
  };
}
