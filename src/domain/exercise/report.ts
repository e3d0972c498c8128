import { grouped } from '../shared/grouped.ts';
import { inWords } from '../shared/in-words.ts';
import { type Account, accountOf, type PlayedAction } from './account.ts';
import type { Expected, ExpectedOfAction } from './expectations.ts';
import { type Load, loadsOf } from './load.ts';
import { type Unheard, unheardOf } from './unheard.ts';

/** Something that did not go as the scenario expects. */
export interface Unexpected {
  /** The action as the scenario names it. Absent: it is about the whole exercise. */
  readonly name?: string | undefined;
  readonly what: string;
}

export interface ExerciseReport {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly begins: number;
  readonly ended: number;
  readonly accounts: readonly Account[];
  readonly ends: Readonly<Record<string, number>>;
  /** In milliseconds. Absent: nobody answered anything. */
  readonly answers?:
    | { readonly count: number; readonly middle: number; readonly longest: number }
    | undefined;
  readonly withoutPeople: number;
  readonly wrong: number;
  readonly loads: readonly Load[];
  readonly unheard: readonly Unheard[];
  readonly unexpected: readonly Unexpected[];
}

/** What a report is made of. */
export interface Exercised {
  readonly title: string;
  readonly begins: number;
  readonly ended: number;
  readonly actions: readonly (PlayedAction & { readonly expect: ExpectedOfAction })[];
  readonly expect: Expected;
}

/** Works out what an exercise showed. */
export function reportOf({ title, begins, ended, actions, expect }: Exercised): ExerciseReport {
  const accounted = actions.map((action) => ({ action, account: accountOf(action) }));
  const accounts = accounted.map(({ account }) => account);
  const answers = accounts.flatMap(({ answerMs }) => answerMs ?? []).sort((a, b) => a - b);
  const [middle, longest] = [answers[Math.floor((answers.length - 1) / 2)], answers.at(-1)];
  const figures = {
    withoutPeople: accounts.filter(({ withoutPeople }) => withoutPeople).length,
    wrong: accounts.filter(({ wrong }) => wrong !== undefined).length,
    loads: loadsOf(actions),
    unheard: accounted.flatMap(({ action, account }) => unheardOf(action, account)),
  };
  return {
    title,
    begins,
    ended,
    accounts,
    ends: Object.fromEntries(
      grouped(accounts, ({ end }) => end).map((all) => [all[0]?.end ?? '', all.length]),
    ),
    ...(middle === undefined || longest === undefined
      ? {}
      : { answers: { count: answers.length, middle, longest } }),
    ...figures,
    unexpected: [
      ...accounted.flatMap(({ action, account }) => unexpectedOf(account, action.expect)),
      ...unexpectedIn(figures, expect),
    ],
  };
}

function unexpectedOf(
  { name, end, withoutPeople, answerMs }: Account,
  { outcome, withoutPeople: expectedWithout, answeredWithin }: ExpectedOfAction,
): Unexpected[] {
  const unexpected = (what: string): Unexpected => ({ name, what });
  return [
    ...(outcome && !outcome.includes(end)
      ? [unexpected(`it ended as ${end}, and ${outcome.join(' or ')} is expected`)]
      : []),
    ...(expectedWithout !== undefined && expectedWithout !== withoutPeople
      ? [
          unexpected(
            withoutPeople
              ? 'it had an effect that no person approved'
              : 'it had no effect without an approval, and one is expected',
          ),
        ]
      : []),
    ...(answeredWithin !== undefined && (answerMs === undefined || answerMs > answeredWithin)
      ? [
          unexpected(
            `${answerMs === undefined ? 'nobody answered' : `the answer took ${inWords(answerMs)}`}, and ${inWords(answeredWithin)} is the most that is expected`,
          ),
        ]
      : []),
  ];
}

function unexpectedIn(
  {
    wrong,
    unheard,
    withoutPeople,
    loads,
  }: Pick<ExerciseReport, 'wrong' | 'unheard' | 'withoutPeople' | 'loads'>,
  expected: Expected,
): Unexpected[] {
  const atMost = (is: number, most: number | undefined, what: string): Unexpected[] =>
    most !== undefined && is > most
      ? [{ what: `${is} ${what}, and ${most} is the most that is expected` }]
      : [];
  const busiest = loads[0];
  return [
    ...atMost(wrong, expected.wrong, 'wrong outcomes'),
    ...atMost(unheard.length, expected.unheard, 'requests that nobody got or answered'),
    ...atMost(withoutPeople, expected.withoutPeople, 'effects that no person approved'),
    ...(busiest ? atMost(busiest.messages, expected.messagesPerPerson, `messages to ${busiest.person}`) : []),
  ];
}
