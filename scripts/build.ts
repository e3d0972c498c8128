/**
 * Builds `dist`: JavaScript and declarations by tsc, the files beside the code that are not code, and the workflow
 * bundles, so that a worker and an exercise start without bundling. Then the package of those who only propose.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleForExercises, bundleWorkflows } from './bundle.ts';
import { buildClientPackage } from './client-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
cpSync(`${root}src`, `${root}dist`, {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || /\.(sql|mod|sum|css|js|svg|yaml|json)$/.test(path),
});
writeFileSync(`${root}dist/workflow-bundle.js`, await bundleWorkflows(`${root}dist/`, '.js'));
writeFileSync(`${root}dist/exercise-bundle.js`, await bundleForExercises(`${root}dist/`, '.js'));
chmodSync(`${root}dist/cli/main.js`, 0o755);
await buildClientPackage(root);
