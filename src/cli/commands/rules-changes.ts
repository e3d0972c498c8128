import { readRulesChanges } from '../../adapters/postgres/ledger.ts';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import { isRulesChanged, type Origin, type RulesChanged } from '../../domain/record/rules-changed.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/** Prints who changed the rules, and how: the newest change first. */
export async function listRulesChanges(command: CliCommand, limit: number): Promise<void> {
  const entries = await readRulesChanges(databaseUrl(command.io.env), limit);
  print(command, entries, () =>
    entries.length === 0 ? 'No worker has loaded rules yet.' : entries.map(changeText).join('\n\n'),
  );
}

function changeText(entry: ReadEntry): string {
  const head = `Entry ${entry.seq}   ${new Date(entry.at).toISOString()}`;
  if (!isRulesChanged(entry)) return `${head}\nThis entry cannot be read: run "countersign ledger verify".`;
  const { body } = entry;
  const lines = [
    `${head}   rules ${body.digest.slice(0, 12)}`,
    ...originLines(body.origin),
    ...(body.before === null ? [`These are the first rules: ${filesText(body)}.`] : changeLines(body)),
  ];
  return lines.join('\n');
}

const filesText = ({ files }: RulesChanged) => {
  const { length } = Object.keys(files);
  return length === 1 ? '1 file' : `${length} files`;
};

function originLines(origin: Origin): string[] {
  if (origin.kind === 'unknown') return [exactLine(`Nobody knows who changed them: ${origin.reason}.`)];
  const { head, commits, uncommitted } = origin;
  return [
    `At commit ${head.slice(0, 12)}.`,
    ...commits.map(({ id, author, at, subject, approvedBy }) =>
      exactLine(
        `  ${id.slice(0, 12)} ${new Date(at).toISOString().slice(0, 10)} ${author}: ${subject} (${
          approvedBy.length === 0 ? 'no approval is named' : `approved by ${approvedBy.join(', ')}`
        })`,
      ),
    ),
    ...(uncommitted.length === 0
      ? []
      : [exactLine(`Not committed: ${uncommitted.join(', ')}. Nobody knows who changed these.`)]),
  ];
}

const changeLines = ({ changes }: RulesChanged): string[] =>
  changes.flatMap(({ file, kind, difference, cut }) => [
    exactLine(`${file} was ${kind}:`),
    ...difference
      .trimEnd()
      .split('\n')
      .map((line) => `  ${exactLine(line)}`),
    ...(cut ? ['  ... more is not shown.'] : []),
  ]);
