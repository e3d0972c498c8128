import { table } from '../briefing/table.ts';
import { exactLine, utc } from '../briefing/text.ts';
import type { StandingReport } from '../client/index.ts';
import { LEVEL_NAMES } from '../domain/action/autonomy-level.ts';
import { build, whatLowered, whoGave } from '../domain/autonomy/effective-level.ts';
import type { Promotion } from '../domain/autonomy/promotion.ts';
import type { Rate } from '../domain/autonomy/wilson.ts';

/** Standing for a terminal: a table, and below it who gave each level, what lowered it, and what a higher one needs. */
export function standingText(reports: readonly StandingReport[]): string {
  const rows = reports.map(({ key, level, held, evidence }) => [
    build(key.agent),
    key.actionType,
    String(key.serviceTier),
    String(level),
    utc(held.since),
    rate(evidence.agreement),
    rate(evidence.success),
  ]);
  const notes = reports.flatMap((report) => [
    '',
    `${build(report.key.agent)}, ${report.key.actionType}, tier ${report.key.serviceTier}:`,
    ...[whoGave(report), ...whatLowered(report), ...promotionLines(report.promotion)].map(
      (line) => `  - ${line}`,
    ),
  ]);
  const heading = ['AGENT', 'ACTION TYPE', 'TIER', 'LEVEL', 'SINCE', 'AGREEMENT', 'SUCCESS'];
  return [table([heading, ...rows]), ...notes].map(lineByLine).join('\n');
}

const lineByLine = (text: string) => text.split('\n').map(exactLine).join('\n');

/** Rate, count and lower bound together, because none of them says enough alone. */
function rate({ good, cases, rate: share, lowerBound }: Rate): string {
  if (cases === 0) return 'none yet';
  return `${(share * 100).toFixed(1)} % (${good} of ${cases}), at least ${(lowerBound * 100).toFixed(1)} %`;
}

function promotionLines(promotion: Promotion): readonly string[] {
  switch (promotion.kind) {
    case 'proposed':
      return [
        `level ${promotion.to} (${LEVEL_NAMES[promotion.to]}) is proposed: ${promotion.reasons.join('; ')}`,
      ];
    case 'notYet':
      return [`for level ${promotion.to} it needs ${promotion.missing.join('; ')}`];
    case 'none':
      return [`no higher level is proposed: ${promotion.reason}`];
  }
}
