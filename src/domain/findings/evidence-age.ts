import type { Proposal } from '../action/action.ts';
import { quoted, wordsIn } from './agent-text.ts';
import { timesIn } from './evidence-times.ts';
import type { Finding } from './finding.ts';
import { AGES, DOES_NOT_AGE, RIGHT_NOW } from './words.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Evidence whose newest measurement is older than an hour, or than the last change of the target. Older ones beside it are not held against it.
 * What does not age, such as a build that passed its tests, does not count.
 *
 * @param lastChangeAt when the target was last changed, in milliseconds since the epoch
 */
export function oldEvidence({ evidence }: Proposal, at: number, lastChangeAt: number | undefined): Finding[] {
  const measured = evidence.flatMap(({ title, detail }) => {
    const text = `${title}: ${detail}`;
    return measuredIn(text, at).map((time) => ({ text, time }));
  });
  const [newest] = measured.sort((a, b) => b.time - a.time);
  if (newest === undefined) return [];
  const isBeforeChange = lastChangeAt !== undefined && newest.time < lastChangeAt && lastChangeAt <= at;
  if (at - newest.time <= HOUR && !isBeforeChange) return [];
  const age = isBeforeChange ? 'older than the last change of the target' : ageText(at - newest.time);
  return [
    {
      kind: 'evidenceOld',
      weight: 2,
      text: `the newest measurement of the evidence is ${age}: ${quoted(newest.text)}`,
    },
  ];
}

/** When something that ages was measured. A time that is yet to come is none. */
function measuredIn(text: string, at: number): number[] {
  const words = wordsIn(text);
  const ages =
    words.some((word) => AGES.has(word) || word === '%' || /^\d+%$/.test(word)) &&
    !words.some((word) => DOES_NOT_AGE.has(word));
  if (!ages) return [];
  return words.some((word) => RIGHT_NOW.has(word))
    ? [at]
    : timesIn(text, at).filter((time) => time <= at + HOUR);
}

function ageText(ms: number): string {
  const [amount, unit] = ms >= 2 * DAY ? [Math.floor(ms / DAY), 'day'] : [Math.floor(ms / HOUR), 'hour'];
  return `more than ${amount} ${unit}${amount === 1 ? '' : 's'} old`;
}
