import type { Part } from '../briefing/report.ts';
import { inWords, utc } from '../briefing/text.ts';
import type { Case } from '../domain/simulation/case.ts';
import type { Beside, Effects, Notable } from '../domain/simulation/effects.ts';
import type { Simulation } from './simulation.ts';

/** The most rows of one part. `--json` has all. */
const MOST_ROWS = 50;

const VERDICTS = {
  looser: 'Something is looser: an action may run that would not have run before, or with less friction.',
  notLooser: 'Nothing is looser.',
  notKnown: 'Nothing is looser as far as that is known. For some actions it is not known.',
};

/** The report in parts, the coverage first. @param isStale whether the active rules changed after it was made */
export function partsOf(simulation: Simulation, isStale: boolean): Part[] {
  const { effects, cases, source, verdict, digests, since, madeAt, mode, ofEarlierCandidates } = simulation;
  return [
    {
      heading: isStale ? 'Simulation (STALE)' : 'Simulation',
      sentences: [
        ...(isStale
          ? ['STALE: the active rules changed after this was made. Make it again before you go by it.']
          : []),
        ...coverage(effects),
        VERDICTS[verdict],
        `Nothing was activated. It was made at ${utc(madeAt)}, of rulings since ${utc(since)}${mode === undefined ? '' : `, only of mode ${mode}`}.`,
        source === 'shadow'
          ? 'The candidate was asked in production, beside each ruling.'
          : 'The candidate was asked now, about what the ledger has.',
        ...(ofEarlierCandidates
          ? [`${ofEarlierCandidates} answers of earlier candidates are left out.`]
          : []),
        `Active folder: ${digests.active}`,
        `Candidate:     ${digests.candidate}`,
      ],
      rows:
        effects.coverage.notReplayable.length === 0
          ? undefined
          : [
              ['RULINGS', 'NOT RULED ON AGAIN, BECAUSE'],
              ...limited(effects.coverage.notReplayable.map(({ why, count }) => [String(count), why])),
            ],
    },
    classes(effects),
    listed('Looser', 'loosened', cases),
    listed('Stricter', 'tightened', cases),
    listed('Perhaps', 'perhaps', cases),
    noted('Would have run without approval, and should not have', effects.wouldHaveRun),
    noted('Would have waited, or not run, and ended well', effects.wouldHaveWaited),
    asks(effects),
    waiting(effects),
    sinceThen(effects, cases),
  ].filter(({ sentences, rows }) => sentences.length > 0 || rows !== undefined);
}

function coverage({ coverage: { rulings, replayed } }: Effects): string[] {
  if (rulings === 0) return ['Coverage: in this time nothing was ruled on. So nothing is shown.'];
  const share = Math.floor((replayed / rulings) * 1_000) / 10;
  return [`Coverage: ${replayed} of ${count(rulings, 'ruling')} were ruled on again (${share} %).`];
}

function classes({ classes: { unchanged, loosened, tightened, perhaps, notReplayable } }: Effects): Part {
  return {
    heading: 'How the candidate rules',
    sentences: [],
    rows: [
      ['RULINGS', 'CLASS', 'MEANING'],
      [String(unchanged), 'unchanged', 'the candidate says the same'],
      [String(loosened), 'loosened', 'it may run with less friction, or in more cases'],
      [String(tightened), 'tightened', 'it runs with more friction, or in fewer cases'],
      [String(perhaps), 'perhaps', 'it depends on what the ledger does not have'],
      [String(notReplayable), 'not replayable', 'it could not be ruled on again'],
    ],
  };
}

function listed(heading: string, kind: Case['class'], cases: readonly Case[]): Part {
  const ofClass = cases.filter((each) => each.class === kind);
  return {
    heading,
    sentences: more(ofClass),
    rows:
      ofClass.length === 0
        ? undefined
        : [
            ['RULED AT', 'ACTION', 'WHAT', 'WHY'],
            ...limited(
              ofClass.map(({ at, actionId, title, because }) => [
                utc(at),
                actionId,
                title,
                because.join('; '),
              ]),
            ),
          ],
  };
}

function noted(heading: string, notables: readonly Notable[]): Part {
  return {
    heading,
    sentences: notables.length === 0 ? ['None.'] : more(notables),
    rows:
      notables.length === 0
        ? undefined
        : [
            ['RULED AT', 'ACTION', 'WHAT', 'NOW IT', 'THEN IT', 'AND'],
            ...limited(
              notables.map(({ at, actionId, title, before, after, ended }) => [
                utc(at),
                actionId,
                title,
                before,
                after,
                ended,
              ]),
            ),
          ],
  };
}

function asks({ asks: { all, people, hours } }: Effects): Part {
  const changedHours = hours.filter(({ before, after }) => before !== after);
  return {
    heading: 'Questions to people',
    sentences: [
      `${count(all.before, 'question')} now, ${all.after} then (${changeText(all)}).`,
      ...(changedHours.length === 0
        ? []
        : [
            `By the hour of the day (UTC): ${changedHours
              .map((each) => `${String(each.hour).padStart(2, '0')}:00 ${changeText(each)}`)
              .join(', ')}.`,
          ]),
    ],
    rows:
      people.length === 0
        ? undefined
        : [
            ['PERSON', 'ASKED NOW', 'THEN', 'CHANGE'],
            ...limited(
              people.map((each) => [each.person, String(each.before), String(each.after), changeText(each)]),
            ),
          ],
  };
}

const changeText = ({ before, after }: Beside) => `${after >= before ? '+' : ''}${after - before}`;

function waiting({ waiting: time }: Effects): Part {
  const { addedMs, savedMs, addedCost, savedCost, estimated, unknown, withoutCost } = time;
  return {
    heading: 'Waiting',
    sentences: [
      `Actions would wait ${minutes(addedMs)} longer in all, and ${minutes(savedMs)} less.`,
      ...(addedCost + savedCost > 0
        ? [
            `By the costs in the catalog, the longer waits cost ${addedCost}, and the shorter ones save ${savedCost}.`,
          ]
        : []),
      ...(withoutCost > 0
        ? [`For ${count(withoutCost, 'action')} nobody knows what waiting costs: no money is counted for it.`]
        : []),
      ...(estimated > 0
        ? [
            `For ${count(estimated, 'action')} it is how long people typically took for that action type: nobody was asked about these.`,
          ]
        : []),
      ...(unknown > 0
        ? [`For ${count(unknown, 'action')} it is not known: no such question was ever answered.`]
        : []),
    ],
  };
}

const minutes = (ms: number) =>
  `${Math.round(ms / 6_000) / 10} minutes${ms >= 3_600_000 ? ` (${inWords(ms)})` : ''}`;

function sinceThen({ today: { same, byRules, byCode } }: Effects, cases: readonly Case[]): Part {
  const changed = cases.filter(({ replayed }) => replayed && replayed.since !== 'same');
  return {
    heading: 'The active folder, compared with what is on record',
    sentences: [
      `It says the same today about ${same}. It says something else about ${byRules}, as the rules were changed since, and about ${byCode}, as Countersign itself was changed. That is not the candidate's doing, and it is in none of the figures above.`,
      ...more(changed),
    ],
    rows:
      changed.length === 0
        ? undefined
        : [
            ['RULED AT', 'ACTION', 'CHANGED', 'WHAT'],
            ...limited(
              changed.map(({ at, actionId, replayed }) => [
                utc(at),
                actionId,
                replayed?.since === 'code' ? 'Countersign' : 'rules',
                replayed?.sinceBecause.join('; ') ?? '',
              ]),
            ),
          ],
  };
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
const limited = <T>(rows: readonly T[]) => rows.slice(0, MOST_ROWS);
const more = (items: readonly unknown[]) =>
  items.length > MOST_ROWS ? [`${items.length} in all, ${MOST_ROWS} are shown: --json has them all.`] : [];
