import { exactLine } from '../../briefing/text.ts';
import { faultLines, tuneFolder } from '../../config/index.ts';
import { accuracyText } from '../../domain/learning/accuracy-text.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { tuningLines } from '../tuning-text.ts';

export interface TuneOptions {
  readonly days: string;
  readonly apply?: true;
}

const DAY_MS = 24 * 3_600_000;
const MOST_DAYS = 3_650;

/** Shows what past actions say about watches, and writes what is tighter into the files where that is asked for. */
export async function tune(command: CliCommand, folder: string, { days, apply }: TuneOptions): Promise<void> {
  const count = Number(days);
  if (!Number.isInteger(count) || count < 1 || count > MOST_DAYS)
    throw new CommandError(`--days ${days}: must be a whole number from 1 to ${MOST_DAYS}`);
  const accuracies = await connected(command, (countersign) =>
    answered(countersign, () => countersign.accuracy(count * DAY_MS)),
  );
  const tuned = await tuneFolder(folder, accuracies, apply === true);
  if (tuned.kind === 'faulty') throw new CommandError(faultLines(tuned.faults).join('\n'));
  const { tunings } = tuned;
  print(command, { accuracy: accuracies, tunings, applied: apply === true }, () =>
    accuracies.length === 0
      ? `In the last ${count === 1 ? 'day' : `${count} days`} nothing ran.`
      : [
          ...accuracies.filter(({ target }) => target === undefined).map(accuracyText),
          ...tunings.flatMap((tuning) => ['', ...tuningLines(tuning, apply === true)]),
          ...(tunings.length === 0 ? ['', 'Nothing to change follows from that.'] : []),
        ]
          .map(exactLine)
          .join('\n'),
  );
}
