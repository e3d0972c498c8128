/**
 * Completes package-lock.json: the optional packages of other platforms, which npm leaves out where the registry of the day
 * does not show them (`npm ci` then refuses the file), and the hash of every archive, without which `npm ci` takes whatever
 * it is sent. Run after each change of dependencies: `node scripts/complete-lock.mjs`. It asks the registry that npm is set
 * up with, and changes nothing when a package is not there.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const FIELDS = ['dist.integrity', 'cpu', 'libc', 'license', 'os', 'engines'];

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;
for (const [path, parent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
    packages[`node_modules/${name}`] = { version, optional: true, ...(parent.dev && { dev: true }) };
  }
}

const faults = [];
for (const [path, entry] of Object.entries(packages)) {
  if (path === '' || entry.integrity) continue;
  const spec = `${entry.name ?? path.split('node_modules/').at(-1)}@${entry.version}`;
  try {
    packages[path] = withWhatIsPublished(entry, await published(spec));
  } catch (error) {
    faults.push(`${spec}: ${error.message}`);
  }
}
if (faults.length > 0) throw new Error(`The lock is not complete:\n${faults.join('\n')}`);

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

/** What the registry says of one version. */
async function published(spec) {
  const { stdout } = await promisify(execFile)('npm', ['view', spec, ...FIELDS, '--json']);
  const answer = stdout === '' ? {} : JSON.parse(stdout);
  if (!answer['dist.integrity']) throw new Error('the registry shows no such version, or several');
  return answer;
}

/** The entry with what is published of it, its members in the order in which npm writes them. */
function withWhatIsPublished({ version, dev, optional, ...rest }, answer) {
  const { 'dist.integrity': integrity, cpu, libc, license, os, engines } = answer;
  return {
    version,
    integrity,
    ...(cpu && { cpu }),
    ...(dev && { dev }),
    ...(libc && { libc }),
    ...(license && { license }),
    ...(optional && { optional }),
    ...(os && { os }),
    ...(engines && { engines }),
    ...rest,
  };
}
