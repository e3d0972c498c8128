import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { createTerraformExecutor } from '../../src/adapters/terraform/terraform-executor.ts';
import { loadInstallation } from '../../src/config/index.ts';
import type { Plan } from '../../src/domain/action/action.ts';
import { changeText } from '../../src/domain/action/preview.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { edited } from '../config/broken.ts';
import { findTofu } from '../support/opentofu-binary.ts';
import { proposal } from '../support/proposals.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = await readFile(new URL('../../docs/terraform.md', import.meta.url), 'utf8');
const fenced = (language: string) =>
  new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(GUIDE)?.[1] ?? '';

// Where it has to be built first, that takes longer than a test may.
const program = await findTofu((line) => process.stderr.write(`${line}\n`));

/** Who asks, for what, in the installation of the storefront. */
const THERE = { agent: { id: 'cache-agent', version: '1' }, target: 'checkout', environment: 'production' };

test('the action type of the guide shows, and applies, what the guide says', async () => {
  const configuration = await mkdtemp(join(tmpdir(), 'queues-'));
  onTestFinished(() => rm(configuration, { recursive: true }));
  await writeFile(join(configuration, 'main.tf'), fenced('hcl'));
  const folder = await edited();
  await writeFile(join(folder, 'actions/queue-resize.yaml'), fenced('yaml'));
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));

  const executor = createTerraformExecutor(new Uint8Array(32), () => performance.now());
  /** The plan of a proposal, in the folder of this test. */
  const planOf = (size: number): Plan => {
    const given = proposal({ actionType: 'queue.resize', params: { size, before: 3 }, ...THERE });
    const resolved = resolve(loaded.installation, given, loaded.checkParams);
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    return { ...resolved.action.execute, folder: configuration, program } as Plan;
  };
  const previewed = async (size: number) => {
    const answer = await executor.preview(planOf(size));
    if (answer.kind !== 'previewed') throw new Error(answer.reason);
    return answer.preview;
  };
  const run = async (size: number) =>
    executor.run({
      plan: planOf(size),
      actionId: 'a',
      idempotencyKey: 'a',
      fencingToken: 1,
      preview: await previewed(size),
    });

  expect(await run(3)).toMatchObject({ kind: 'done' });
  const { summary, changes } = await previewed(5);
  expect(GUIDE).toContain(`\`\`\`\n${[summary, ...changes.map(changeText)].join('\n')}\n\`\`\``);
  expect(await run(5)).toEqual({ kind: 'done', summary: `applied: ${summary}` });
});
