import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { queryFault } from '../../adapters/index.ts';
import { table } from '../../briefing/table.ts';
import { exactLine, inSeconds, utc } from '../../briefing/text.ts';
import { missingPackages } from '../../dev/missing-packages.ts';
import type { ExerciseReport } from '../../domain/exercise/report.ts';
import { loadScenario, loadYear } from '../../exercise/load-scenario.ts';
import { shippedFile, shippedNames, shippedTitles } from '../../exercise/shipped.ts';
import { endWords, figuresOf, unheardText } from '../../exercise/words.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';

export interface Exercise {
  /** How many proposals; true: the usual number. */
  readonly year?: number | true;
  readonly list?: true;
  readonly installation?: string;
  readonly html?: string;
}

/** How many proposals a year has, unless somebody says so. */
const USUAL_YEAR = 500;

/** Of more actions than these, only those are told of in full that are wrong or not as expected. */
const TOLD_IN_FULL = 60;

/** Plays a scenario, prints its report, and sets exit status 1 where something is not as the scenario expects. */
export async function exercise(
  command: CliCommand,
  named: string | undefined,
  { list, year, installation, html }: Exercise,
): Promise<void> {
  if (list) return printList(command);
  if (year !== undefined && (named !== undefined || installation !== undefined))
    throw new CommandError('--year is of the shop that ships: name no scenario and no folder with it');
  const read =
    year === undefined
      ? await loadScenario(await fileOf(named), installation, queryFault)
      : await loadYear(year === true ? USUAL_YEAR : year, queryFault);
  if (read.kind === 'faulty') return printFaults(command, read.where, read.faults);
  const missingNames = missingPackages();
  if (missingNames.length > 0)
    throw new CommandError(
      `"countersign exercise" needs packages that are not installed here: run "npm ci" in a clone, or "npm install ${missingNames.join(' ')}" elsewhere`,
    );
  // A production install has every command, but not the packages that only this one and "dev" need.
  const { startServers } = await import('../../exercise/servers.ts');
  const { play } = await import('../../exercise/exercise.ts');
  const { reportOn } = await import('../../exercise/reported.ts');
  const tell = (line: string) => command.io.stderr.write(`${line}\n`);
  const servers = await startServers(tell);
  try {
    const report = reportOn(read.scenario, await play(read.scenario, read.loaded, servers, tell));
    if (html !== undefined) {
      const { exercisePage } = await import('../../exercise/page.ts');
      await writeFile(html, await exercisePage(report));
    }
    print(command, report, () => reportText(report));
    if (report.unexpected.length > 0) command.io.exitCode = 1;
  } finally {
    await servers.stop();
  }
}

async function printList(command: CliCommand): Promise<void> {
  const titles = await shippedTitles();
  print(command, titles, () =>
    table([['name', 'what happens'], ...titles.map(({ name, title }) => [name, title])]),
  );
}

/** A path counts before a name that ships. */
async function fileOf(named: string | undefined): Promise<string> {
  if (named === undefined)
    throw new CommandError(`name a scenario: a file, or one of ${(await shippedNames()).join(', ')}`);
  if (existsSync(named)) return named;
  const file = await shippedFile(named);
  if (file !== undefined) return file;
  throw new CommandError(
    `there is no file ${named}, and no scenario of that name ships: ${(await shippedNames()).join(', ')}`,
  );
}

/** The report for a terminal. */
function reportText(report: ExerciseReport): string {
  const { title, begins, ended, accounts, loads, unheard, unexpected } = report;
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `  ${line}`)];
  const odd = new Set(unexpected.map(({ name }) => name));
  const told =
    accounts.length <= TOLD_IN_FULL
      ? accounts
      : accounts.filter(({ name, wrong }) => wrong !== undefined || odd.has(name));
  const actions = told.flatMap((account) => [
    `${exactLine(account.name)}: ${exactLine(account.title)}`,
    ...account.timeline.map(({ at, what }) => `  ${utc(at).slice(11, 19)}  ${exactLine(what)}`),
    `  ${exactLine(endWords(account))}${account.answerMs === undefined ? '' : ` People answered after ${inSeconds(account.answerMs)}.`}`,
  ]);
  const people = table([
    ['person', 'messages', 'pages', 'most in an hour', 'decisions'],
    ...loads.map(({ person, messages, pages, mostInAnHour, decisions }) =>
      [person, messages, pages, mostInAnHour, decisions].map(String),
    ),
  ]);
  return [
    `Exercise: ${exactLine(title)}`,
    `From ${utc(begins)} to ${utc(ended)}. Nothing real was reached.`,
    ...section(
      told.length === accounts.length
        ? 'Actions'
        : `Actions that are wrong or not as expected, of ${accounts.length}`,
      actions,
    ),
    ...section(
      'In numbers',
      table([['', ''], ...figuresOf(report)])
        .split('\n')
        .slice(1),
    ),
    ...section('People', people.split('\n')),
    ...section('Requests that nobody got or answered', unheard.map(unheardText).map(exactLine)),
    ...section(
      'Not as expected',
      unexpected.map(({ name, what }) => exactLine(name === undefined ? what : `${name}: ${what}`)),
    ),
    '',
    unexpected.length === 0
      ? 'All went as the scenario expects.'
      : `${unexpected.length === 1 ? 'One thing is' : `${unexpected.length} things are`} not as the scenario expects.`,
  ].join('\n');
}
