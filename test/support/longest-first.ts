import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They take a minute and more, most of it waiting for servers. Begun last, each would be waited for alone. */
export const LONGEST = [
  'e2e/worker-killed',
  'docs/shell-blocks',
  'gateway/pages',
  'benchmarks/bench',
  'benchmarks/oversight',
  'workflows/faults-database',
  'workflows/late-decisions',
  'attacks/lost',
  'e2e/server-restart',
  'workflows/edits',
  'e2e/cli-dev',
  'e2e/sigterm',
  'e2e/cli-actions',
];

/** Begins with the longest files, and ends with those that need no servers, which fill what time the others leave. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'unit') return 3;
  if (project.name === 'adapters') return 2;
  return LONGEST.some((name) => moduleId.endsWith(`/test/${name}.test.ts`)) ? 0 : 1;
}
