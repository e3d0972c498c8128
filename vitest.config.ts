import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.ts';

/** Tests that need neither Temporal, PostgreSQL, a browser nor a build: one that asks for any of them fails here. */
const UNIT = ['test/*.test.ts', 'test/{activities,cli,config,contract,domain,support}/**/*.test.ts'];

export default defineConfig({
  resolve: { alias: { countersign: fileURLToPath(new URL('./src/client/index.ts', import.meta.url)) } },
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 150_000,
    hookTimeout: 240_000,
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, isolate: false } },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: UNIT,
          pool: 'forks',
          globalSetup: './test/support/global-setup.ts',
        },
      },
    ],
  },
});
