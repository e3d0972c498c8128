import type { Part } from '../briefing/report.ts';
import { utc } from '../briefing/text.ts';
import { ANSWER_CLASSES, type AnswerClass, type ReplayedCase } from '../domain/replay/compare.ts';
import { type ScoreCard, total } from '../domain/replay/score-card.ts';
import type { Replay } from './replayed.ts';

/** The most rows of one part. `--json` has all. */
const MOST_ROWS = 50;

const VERDICTS = {
  worse:
    'The build is worse: it repeats what should not be, refrains from what ended well, or did not answer as it must.',
  notWorse: 'The build is not worse than what was done.',
  notKnown: 'The build is not worse as far as that is known. For some situations it is not known.',
};

const DID: Readonly<Record<AnswerClass, string>> = {
  same: 'proposed the same',
  otherParameters: 'proposed other parameters',
  otherAction: 'proposed another action',
  nothing: 'proposed nothing',
  wrong: 'answered wrong',
};

/** The score card of a build in parts, the coverage first. */
export function partsOfReplay({ build, only, since, madeAt, digests, verdict, card, cases }: Replay): Part[] {
  const { notReplayable } = card.coverage;
  return [
    {
      heading: 'Agent replayed',
      sentences: [
        coverage(card),
        VERDICTS[verdict],
        `Nothing was executed. It was made at ${utc(madeAt)}, of proposals since ${utc(since)}${only === undefined ? '' : `, only of ${only}`}.`,
        `Build:         ${build}`,
        `Active folder: ${digests.active}`,
      ],
      rows:
        notReplayable.length === 0
          ? undefined
          : [
              ['SITUATIONS', 'NOT ASKED, BECAUSE'],
              ...notReplayable.slice(0, MOST_ROWS).map(({ why, count }) => [String(count), why]),
            ],
    },
    scores(card),
    listed('Repeats what people denied', cases, 'same', 'denied'),
    listed('Repeats what went wrong', cases, 'same', 'wentWrong'),
    listed('Refrains from what people denied, or what went wrong', cases, 'nothing', 'denied', 'wentWrong'),
    listed('Refrains from what ended well', cases, 'nothing', 'well'),
    listed('Refrains, and how that would have been is not known', cases, 'nothing', 'neither'),
    differing(card, cases),
    listed('Answered wrong', cases, 'wrong'),
  ].filter(({ sentences, rows }) => sentences.length > 0 || rows !== undefined);
}

function coverage({ coverage: { situations, asked } }: ScoreCard): string {
  if (situations === 0) return 'Coverage: in this time no agent proposed anything. So nothing is shown.';
  const share = Math.floor((asked / situations) * 1_000) / 10;
  return `Coverage: it was asked about ${asked} of ${situations} situation${situations === 1 ? '' : 's'} (${share} %).`;
}

const scores = ({ counts }: ScoreCard): Part => ({
  heading: 'What it did, and how the action of then ended',
  sentences: [],
  rows: [
    ['THE BUILD', 'ALL', 'DENIED', 'WENT WRONG', 'ENDED WELL', 'NEITHER'],
    ...ANSWER_CLASSES.map((answer) => {
      const { denied, wentWrong, well, neither } = counts[answer];
      return [DID[answer], ...[total(counts[answer]), denied, wentWrong, well, neither].map(String)];
    }),
  ],
});

function listed(
  heading: string,
  cases: readonly ReplayedCase[],
  answer: AnswerClass,
  ...ends: readonly ReplayedCase['end'][]
): Part {
  const found = cases.filter(
    (each) => each.class === answer && (ends.length === 0 || ends.includes(each.end)),
  );
  const saysWhy = answer !== 'same';
  return {
    heading,
    sentences: more(found),
    rows:
      found.length === 0
        ? undefined
        : [
            ['RULED AT', 'ACTION', 'WHAT WAS PROPOSED', 'AND', ...(saysWhy ? ['IT SAYS NOW'] : [])],
            ...found
              .slice(0, MOST_ROWS)
              .map(({ at, actionId, title, ended, because }) => [
                utc(at),
                actionId,
                title,
                ended,
                ...(saysWhy ? [because] : []),
              ]),
          ],
  };
}

function differing({ today }: ScoreCard, cases: readonly ReplayedCase[]): Part {
  const found = cases.filter((each) => each.today !== undefined);
  return {
    heading: 'Proposes something else',
    sentences:
      found.length === 0
        ? []
        : [
            `By the rules of today: ${Object.entries(today)
              .map(([mode, count]) => `${count} ${mode}`)
              .join(', ')}. Nobody knows how they would have ended.`,
            ...more(found),
          ],
    rows:
      found.length === 0
        ? undefined
        : [
            ['RULED AT', 'ACTION', 'WHAT WAS PROPOSED', 'AND', 'NOW', 'BY THE RULES OF TODAY'],
            ...found
              .slice(0, MOST_ROWS)
              .map(({ at, actionId, title, ended, because, today: ruled }) => [
                utc(at),
                actionId,
                title,
                ended,
                because,
                ruled?.text ?? '',
              ]),
          ],
  };
}

const more = (items: readonly unknown[]) =>
  items.length > MOST_ROWS ? [`${items.length} in all, ${MOST_ROWS} are shown: --json has them all.`] : [];
