import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { queryFault } from '../../adapters/index.ts';
import { withConnection } from '../../adapters/postgres/connection.ts';
import type { PracticeCase } from '../../practice/prepared.ts';
import { loadCases, SHIPPED_CASES } from '../../practice/written-cases.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';
import { momentSince } from '../since.ts';

export interface PracticeOptions {
  readonly cases?: string;
  readonly installation?: string;
  /** How many; true: the usual number. */
  readonly recorded?: number | true;
  readonly since: string;
  readonly listen: string;
}

/** How many requests of the ledger are added, unless somebody says so. */
const USUAL_RECORDED = 6;

/** Serves an inbox for practice until a signal ends it. */
export async function practice(command: CliCommand, options: PracticeOptions): Promise<void> {
  const { cases: folder = SHIPPED_CASES, installation, listen: address } = options;
  const read = await loadCases(folder, installation, queryFault);
  if (read.kind === 'faulty') return printFaults(command, read.where, read.faults);
  const recorded = await recordedWith(command, options);
  const { CaseFaulty, prepare } = await import('../../practice/prepare.ts');
  const { servePractice } = await import('../../practice/serve.ts');
  command.io.stderr.write(`prepares ${read.cases.length} cases\n`);
  const written = await Promise.all(read.cases.map(prepare)).catch((error: unknown) => {
    if (error instanceof CaseFaulty) throw new CommandError(error.message);
    throw error;
  });
  const cases = [...written, ...recorded];
  if (cases.length === 0) throw new CommandError(`there is no case in ${folder}: a case is a file *.yaml`);
  const server = await servePractice({
    cases: inAnyOrder(cases),
    address,
    key: randomBytes(16).toString('base64url'),
    now: Date.now,
    report: (error) => command.io.stderr.write(`${error instanceof Error ? error.stack : error}\n`),
  });
  print(command, { url: server.url, cases: cases.length, recorded: recorded.length }, () =>
    [
      `Practice  ${server.url}`,
      `${cases.length} requests wait. Nothing in it can run, and what you say is forgotten when this command ends.`,
    ].join('\n'),
  );
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
}

async function recordedWith(
  command: CliCommand,
  { recorded, since }: PracticeOptions,
): Promise<PracticeCase[]> {
  if (recorded === undefined) return [];
  const { recordedCases } = await import('../../practice/recorded.ts');
  const count = recorded === true ? USUAL_RECORDED : recorded;
  return withConnection(databaseUrl(command.io.env), (client) =>
    recordedCases(client, { since: momentSince('--since', since, Date.now()), count }),
  );
}

/** Their order in the folder would tell the good from the bad. */
function inAnyOrder<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: randomBytes(4).readUInt32BE() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
