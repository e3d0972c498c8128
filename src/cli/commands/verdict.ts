import { readLedger } from '../../adapters/postgres/ledger.ts';
import { ActionNotFound } from '../../contract/errors.ts';
import { lookText } from '../../domain/analysis/look-words.ts';
import type { Measurement } from '../../domain/analysis/metrics.ts';
import { lastOnRecord } from '../../domain/record/on-record.ts';
import { type MeasuredAgain, type Recomputed, recomputed } from '../../domain/record/recompute-verdict.ts';
import { numberText, toDigits } from '../../domain/shared/shown-json.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/**
 * Shows the measurements of an action from the ledger. With `recompute` the verdict is worked out again; the exit status is 1 where it is not
 * the recorded one.
 */
export async function showVerdict(command: CliCommand, id: string, recompute: boolean): Promise<void> {
  const record = lastOnRecord(id, await readLedger(databaseUrl(command.io.env), id));
  if (!record) throw new ActionNotFound(`${id} is not known`);
  const result = recomputed(record);
  print(command, result, () => resultText(result, recompute));
  if (recompute && result.kind === 'recomputed' && !result.isSame) command.io.exitCode = 1;
}

function resultText(result: Recomputed, recompute: boolean): string {
  if (result.kind === 'nothing') return `There is no verdict: ${result.reason}.`;
  const { measurements, ended, recorded, again, isSame } = result;
  const verdictText =
    recorded.kind === 'pending' ? 'Verdict: pending' : `Verdict: ${recorded.kind}, ${recorded.reason}`;
  const lines = [
    ...measurements.map((measurement) => measurementText(measurement, recompute)),
    ...(ended ? [exactLine(`ended    ${new Date(ended.at).toISOString()}  ${ended.recorded}`)] : []),
  ];
  const conclusion = isSame
    ? 'Worked out again from the ledger, it is the same.'
    : `Worked out again from the ledger, it is ${again.kind}, and something differs.`;
  return [...lines, exactLine(verdictText), ...(recompute ? [conclusion] : [])].join('\n');
}

function measurementText({ check, recorded, differs }: MeasuredAgain, recompute: boolean): string {
  const difference = recompute && differs.length > 0 ? `: ${differs.join('; ')}` : '';
  return exactLine(
    `check ${check + 1}  ${new Date(recorded.at).toISOString()}  ${recorded.metric}: ${whatItWas(recorded)}${difference}`,
  );
}

function whatItWas({ phase, value, reason, look, between }: Measurement): string {
  if (look) return `${look.finding}, ${lookText(look)}`;
  const at = value === undefined ? reason : numberText(toDigits(value, 4));
  return `${phase}, ${at}${between ? ' (between two checks)' : ''}`;
}
