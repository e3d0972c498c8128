import type { Alarms, Needed, Row, VerdictsReport } from './report.ts';

/** The report for people: tables in Markdown, so that the documents can have them as they are. */
export function renderVerdicts({ unchanged, worse, values, needed, seed }: VerdictsReport): string {
  return [
    titled('Nothing changed', unchangedTable(unchanged), unchanged, seed),
    titled('It became worse', worseTable(worse), worse, seed),
    titled('Values, by ranks', valuesTable(values), values, seed),
    `How many bad events are needed:\n\n${neededTable(needed)}`,
  ].join('\n\n');
}

const titled = (title: string, table: string, rows: readonly Row[], seed: number) =>
  `${title}, ${rows.reduce((sum, { watches }) => sum + watches, 0)} watches, seed ${seed}:\n\n${table}`;

export const unchangedTable = (rows: readonly Row[]): string =>
  table(
    [
      'service',
      'regressed (false)',
      'healthy',
      'inconclusive',
      'error',
      'three readings (false)',
      'z-test (false)',
    ],
    rows.map(({ name, regressed, healthy, inconclusive, error, bound, zTest }) => [
      name,
      percent(regressed.share),
      percent(healthy),
      percent(inconclusive),
      percent(error),
      percent(bound?.share),
      percent(zTest?.share),
    ]),
  );

export const worseTable = (rows: readonly Row[]): string =>
  table(
    ['service', 'worse by', 'regressed', 'after', 'healthy', 'inconclusive', 'three readings', 'z-test'],
    rows.map(({ name, factor, regressed, healthy, inconclusive, bound, zTest }) => [
      name,
      `${factor} times`,
      percent(regressed.share),
      minutes(regressed),
      percent(healthy),
      percent(inconclusive),
      found(bound),
      found(zTest),
    ]),
  );

export const valuesTable = (rows: readonly Row[]): string =>
  table(
    ['gauge', 'higher by', 'regressed', 'healthy', 'inconclusive'],
    rows.map(({ name, factor, regressed, healthy, inconclusive }) => [
      name,
      factor === 1 ? 'nothing' : `${factor} times`,
      percent(regressed.share),
      percent(healthy),
      percent(inconclusive),
    ]),
  );

export const neededTable = (needed: readonly Needed[]): string =>
  table(
    [
      'tolerance',
      'healthy: unchanged, on each side',
      ...(needed[0]?.regressed ?? []).map(({ factor }) => `regressed: ${factor} times`),
    ],
    needed.map(({ tolerance, healthy, regressed }) => [
      String(tolerance),
      healthy === null ? 'never' : String(healthy),
      ...regressed.map(({ events }) => (events === null ? 'never' : String(events))),
    ]),
  );

const percent = (share = 0) => `${(100 * share).toFixed(1)} %`;

const minutes = ({ minutes: middle }: Alarms) => (middle === undefined ? '' : `${middle.toFixed(1)} min`);

const found = (alarms: Alarms = { share: 0 }) =>
  alarms.minutes === undefined ? percent(0) : `${percent(alarms.share)}, ${minutes(alarms)}`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
