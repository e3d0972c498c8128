import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const LOCK = `${FOLDER}package-lock.json`;
/** The lock that was installed last. npm deletes the folder first, so it is there only after an install that ended well. */
const INSTALLED = `${FOLDER}node_modules/.installed-lock.json`;

/**
 * Installs the frameworks beside their tests, where this lock is not installed yet: about 600 MB, and a minute or two. They are no dependencies of
 * the repository, so `npm ci` there does not bring them.
 */
export default function installFrameworks(): void {
  const lock = readFileSync(LOCK, 'utf8');
  if (lock === read(INSTALLED)) return;
  process.stderr.write('installing the agent frameworks for their tests; this happens once\n');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(INSTALLED, lock);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
