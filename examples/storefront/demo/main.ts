/**
 * The demo: agents ask to change a real storefront, on real servers, and the storefront's own effect log says what came of
 * it. `npm run demo` lets you decide at the terminal; `--auto` lets a scripted approver decide; `--report FILE` writes JSON.
 * The exit status is 0 only when what was seen is what each scenario must do.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { confirm } from '@clack/prompts';
import { atTheTerminal, scripted } from './decider.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { Stage } from './stage.ts';
import { type Check, check, Story } from './story.ts';

const { values: options } = parseArgs({
  options: { auto: { type: 'boolean', default: false }, report: { type: 'string' } },
});
const interactive = !options.auto && process.stdin.isTTY === true;
const story = new Story();

interface Played {
  readonly name: string;
  readonly title: string;
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

async function play(stage: Stage, { name, title, play: run }: Scenario): Promise<Played> {
  const checks = await run(stage, interactive ? atTheTerminal : scripted).catch((error) => [
    check('played to its end', 'yes', error instanceof Error ? error.message : String(error)),
  ]);
  for (const checked of checks) story.checked(checked);
  return { name, title, ok: checks.every(({ ok }) => ok), checks };
}

const stage = await Stage.open(story);
try {
  const { uiUrl, outbox } = stage.embedded;
  process.stdout.write(
    `Inbox         ${stage.inboxUrl}\nTemporal UI   ${uiUrl}\nCaught mail   ${outbox.webUrl}\nStorefront    ${stage.storefront.url}\n`,
  );
  const played: Played[] = [];
  for (const [n, scenario] of scenarios.entries()) {
    story.title(n + 1, scenario.title);
    played.push(await play(stage, scenario));
  }
  const failed = played.filter(({ ok }) => !ok);
  process.stdout.write(
    failed.length === 0
      ? `\nAll ${played.length} scenarios did what they must, as the storefront itself saw it.\n`
      : `\n${failed.length} of ${played.length} scenarios did not do what they must: ${failed.map(({ name }) => name).join(', ')}\n`,
  );
  if (options.report)
    await writeFile(
      options.report,
      `${JSON.stringify({ ok: failed.length === 0, scenarios: played }, null, 2)}\n`,
    );
  process.exitCode = failed.length === 0 ? 0 : 1;
  if (interactive)
    await confirm({
      message: `Look around (${stage.inboxUrl}, ${uiUrl}, ${outbox.webUrl}). End everything?`,
      inactive: 'yes too',
    });
} finally {
  await stage.close();
}
