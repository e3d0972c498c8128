import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** Tests that need neither Temporal, PostgreSQL, a browser nor a build: one that asks for any of them fails here. */
const UNIT = [
  'test/*.test.ts',
  'test/exercise/!(shipped).test.ts',
  'test/{activities,briefing,cli,client,config,contract,domain,oracle,support}/**/*.test.ts',
];
/** They start what they talk to themselves: SMTP, HTTP, programs. */
const ADAPTERS = ['test/adapters/!(postgres*|sql-executor|factor-notices).test.ts', 'test/tools/*.test.ts'];

/** They install the agent frameworks, which are heavy, in a folder of their own. */
const FRAMEWORKS = 'test/frameworks/*.test.ts';

export default defineConfig({
  resolve: { alias: { countersign: fileURLToPath(new URL('./src/client/index.ts', import.meta.url)) } },
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 150_000,
    hookTimeout: 400_000,
    reporters: ['default'],
    // Without state in modules, files can share a process: what they import is loaded once, and not 300 times.
    isolate: false,
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT } },
      { extends: true, test: { name: 'adapters', include: ADAPTERS } },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: [...UNIT, ...ADAPTERS, FRAMEWORKS, '**/node_modules/**'],
          pool: 'forks',
          globalSetup: './test/support/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'frameworks',
          include: [FRAMEWORKS],
          pool: 'forks',
          globalSetup: ['./test/frameworks/install.ts', './test/support/global-setup.ts'],
        },
      },
    ],
  },
});
