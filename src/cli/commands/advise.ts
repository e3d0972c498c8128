import { exactLine } from '../../briefing/text.ts';
import { adviceText } from '../../domain/advice/advice-text.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';

const DAY_MS = 24 * 3_600_000;
/** Looks are kept for 90 days. */
const MOST_DAYS = 90;

/** Shows which questions people could be spared, and which are missing. */
export async function showAdvice(command: CliCommand, days: string): Promise<void> {
  const count = Number(days);
  if (!Number.isInteger(count) || count < 1 || count > MOST_DAYS)
    throw new CommandError(`--days ${days}: must be a whole number from 1 to ${MOST_DAYS}`);
  const advice = await connected(command, (countersign) =>
    answered(countersign, () => countersign.advice(count * DAY_MS)),
  );
  print(command, advice, () =>
    advice.length === 0
      ? `In the last ${count} days nothing was approved without a look often enough, and nothing that ran alone was regretted twice.`
      : advice.map((one) => adviceText(one).map(exactLine).join('\n  ')).join('\n\n'),
  );
}
