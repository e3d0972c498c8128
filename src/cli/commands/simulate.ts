import { readFile, writeFile } from 'node:fs/promises';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { withConnection } from '../../adapters/postgres/connection.ts';
import { entriesSince } from '../../adapters/postgres/entries-since.ts';
import { type Part, reportText } from '../../briefing/report.ts';
import { pageOfParts } from '../../briefing/report-page.ts';
import { exactLine } from '../../briefing/text.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import type { AnswerMode } from '../../domain/simulation/answer.ts';
import { type Case, caseOf } from '../../domain/simulation/case.ts';
import { effectsOf, type Verdict, verdictOf } from '../../domain/simulation/effects.ts';
import { folderDigest } from '../../domain/simulation/folder.ts';
import {
  type Gathered,
  gathering,
  gatheringShadow,
  SIMULATED_KINDS,
} from '../../domain/simulation/gather.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { databaseUrl } from '../database-url.ts';
import { standInLine, standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';
import { type Simulation, simulationIn } from '../simulation.ts';
import { partsOf } from '../simulation-report.ts';
import { momentSince } from '../since.ts';

export interface SimulateOptions {
  readonly installation?: string;
  readonly active: string;
  readonly since: string;
  readonly mode?: AnswerMode;
  readonly shadow?: true;
  readonly html?: string;
  readonly read?: string;
}

const STATUSES: Readonly<Record<Verdict, number>> = { notLooser: 0, looser: 4, notKnown: 5 };

/** Rules again on past actions by a candidate folder, and prints what would have been otherwise. Activates nothing. */
export async function simulate(command: CliCommand, options: SimulateOptions): Promise<void> {
  const { installation: folder, read, shadow, active: activeFolder } = options;
  if ([folder, read, shadow].filter((each) => each !== undefined).length !== 1)
    throw new CommandError('name one of --installation, --shadow and --read');
  const since = momentSince('--since', options.since, Date.now());
  const { env, taken } = standInsFor(command.io.env);
  const active = await loadInstallation(activeFolder, env, cedar, queryFault, since);
  if (active.kind === 'faulty')
    throw new CommandError(
      `${activeFolder}, the folder that is in force, is faulty:\n${faultLines(active.faults).join('\n')}`,
    );
  const activeDigest = folderDigest(active.installation);
  if (read !== undefined) {
    const simulation = simulationIn(read, await jsonIn(read));
    const stale = simulation.digests.active !== activeDigest;
    command.io.exitCode = stale ? 1 : STATUSES[simulation.verdict];
    return shown(command, options, { ...simulation, stale }, partsOf(simulation, stale));
  }
  const candidate =
    folder === undefined ? undefined : await loadInstallation(folder, env, cedar, queryFault, since);
  if (candidate?.kind === 'faulty') return printFaults(command, folder ?? '', candidate.faults);
  const made = { madeAt: Date.now(), since, mode: options.mode };
  const simulation: Simulation = candidate
    ? simulationOf(
        { ...made, source: 'ledger' },
        { active: activeDigest, candidate: folderDigest(candidate.installation) },
        await gather(
          command,
          since,
          gathering((recorded) => caseOf(active, candidate, recorded)),
        ),
      )
    : await shadowed(command, made, activeDigest);
  // The rules may have changed since a shadow answered.
  const stale = simulation.digests.active !== activeDigest;
  command.io.exitCode = stale ? 1 : STATUSES[simulation.verdict];
  await shown(command, options, { ...simulation, stale }, partsOf(simulation, stale), standInLine(taken()));
}

type Made = Pick<Simulation, 'madeAt' | 'since' | 'mode'>;

async function shadowed(command: CliCommand, made: Made, active: string): Promise<Simulation> {
  const gathered = await gather(command, made.since, gatheringShadow());
  const { latest = { active, candidate: 'none' }, ofEarlierCandidates } = gathered;
  return {
    ...simulationOf({ ...made, source: 'shadow' }, latest, gathered),
    ...(ofEarlierCandidates > 0 ? { ofEarlierCandidates } : {}),
  };
}

async function gather<Result extends Gathered>(
  command: CliCommand,
  since: number,
  { add, gathered }: { add(entry: ReadEntry): void; gathered(): Result },
): Promise<Result> {
  await withConnection(databaseUrl(command.io.env), async (client) => {
    for await (const entry of entriesSince(client, since, SIMULATED_KINDS)) add(entry);
  });
  return gathered();
}

function simulationOf(
  made: Made & Pick<Simulation, 'source'>,
  { active, candidate }: Simulation['digests'],
  { cases, unread, endings }: Gathered,
): Simulation {
  const { mode, ...rest } = made;
  const wanted = cases.filter((each) => hasMode(each, mode));
  const effects = effectsOf(wanted, unread, endings);
  return {
    simulation: 1,
    ...rest,
    ...(mode === undefined ? {} : { mode }),
    verdict: verdictOf(effects),
    digests: { active, candidate },
    effects,
    cases: wanted.filter((each) => each.class !== 'unchanged' || each.replayed?.since !== 'same'),
  };
}

/** What could not be ruled on again may have had any mode. */
const hasMode = ({ replayed }: Case, mode: AnswerMode | undefined): boolean =>
  mode === undefined || !replayed || [replayed.before.mode, replayed.after.mode].includes(mode);

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function shown(
  command: CliCommand,
  { html }: SimulateOptions,
  value: Simulation & { readonly stale: boolean },
  parts: readonly Part[],
  notes: readonly string[] = [],
): Promise<void> {
  if (html !== undefined) await writeFile(html, pageOfParts(parts));
  print(command, value, () =>
    [reportText(parts), ...(notes.length > 0 ? [notes.map(exactLine).join('\n')] : [])].join('\n\n'),
  );
}
