import { numberText, rangeText, toDigits } from '../shared/shown-json.ts';
import type { Look, Weighed } from './comparison.ts';

/** Says what a look at a comparison shows, with the numbers behind it, without the final period. */
export const lookText = ({ reason, weighed }: Look): string =>
  weighed ? `${reason} (${weighedText(weighed)})` : reason;

function weighedText(weighed: Weighed): string {
  if (weighed.kind === 'values') {
    const { atLeast, atMost, limit } = weighed;
    return `the difference is ${rangeText(short(atLeast), short(atMost))}; ${numberText(short(limit))} is tolerated`;
  }
  const { evidence, enough } = weighed;
  return [
    ...ratioTexts(weighed),
    `evidence of worse ${evidenceText(evidence.worse)}, and ${evidenceText(enough.worse)} is enough`,
    `of not worse ${evidenceText(evidence.notWorse)}, and ${evidenceText(enough.notWorse)} is enough`,
  ].join('; ');
}

function ratioTexts({ atLeast, atMost }: Extract<Weighed, { kind: 'events' }>): string[] {
  if (atLeast !== undefined && atMost !== undefined)
    return [`${rangeText(short(atLeast), short(atMost))} times as many`];
  if (atLeast !== undefined) return [`at least ${numberText(short(atLeast))} times as many`];
  return atMost === undefined ? [] : [`at most ${numberText(short(atMost))} times as many`];
}

/** Evidence as people read it: 1 is none, and 50 is what one false alarm in 50 asks for. @param log its natural logarithm */
function evidenceText(log: number): string {
  if (log > Math.log(1_000_000)) return 'over 1000000';
  if (log < Math.log(0.01)) return 'under 0.01';
  return numberText(Number(Math.exp(log).toPrecision(2)));
}

const short = (value: number) => toDigits(value, 3);
