import { inSeconds, utc } from '../briefing/text.ts';
import { TIERS } from '../domain/action/action.ts';
import type { Account } from '../domain/exercise/account.ts';
import type { ExerciseReport } from '../domain/exercise/report.ts';
import type { Unheard } from '../domain/exercise/unheard.ts';

export const WRONG: Readonly<Record<NonNullable<Account['wrong']>, string>> = {
  badStands: 'a bad change stands',
  goodMissing: 'a good change did not happen, or was taken back',
};

/** How an action ended, in one line. */
export function endWords({ end, reason, effect, effectMs, wrong }: Account): string {
  const taken =
    effect === 'takenBack' && effectMs !== undefined ? ` Its effect stood for ${inSeconds(effectMs)}.` : '';
  return `${end}: ${reason}.${taken}${wrong === undefined ? '' : ` WRONG: ${WRONG[wrong]}.`}`;
}

export const unheardText = ({ name, at, kind, by, people }: Unheard): string =>
  kind === 'notDelivered'
    ? `${name}: a ${by.join(', ')} to ${people.join(', ')} never arrived, from ${utc(at)} on`
    : `${name}: ${people.join(', ')} were asked by ${by.join(' and ')} from ${utc(at)} on, and nobody answered in time`;

/** The figures of a report, each with what it counts. */
export function figuresOf({
  accounts,
  ends,
  answers,
  withoutPeople,
  wrong,
  unheard,
}: ExerciseReport): string[][] {
  return [
    ['actions', String(accounts.length)],
    ['by tier', TIERS.map((tier) => accounts.filter((one) => one.tier === tier).length).join(' / ')],
    [
      'ended as',
      Object.entries(ends)
        .map(([end, count]) => `${count} ${end}`)
        .join(', '),
    ],
    ...(answers
      ? [
          ['answers of people', String(answers.count)],
          ['half of the answers within', inSeconds(answers.middle)],
          ['longest until an answer', inSeconds(answers.longest)],
        ]
      : [['answers of people', '0']]),
    ['effects that no person approved', String(withoutPeople)],
    ['wrong outcomes', String(wrong)],
    ['requests that nobody got or answered', String(unheard.length)],
  ];
}
