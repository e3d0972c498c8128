import { type OversightReport, type Result, signsOf } from './report.ts';

/** The report for people: as Markdown, so that the documents can have it as it is. */
export function renderOversight(report: OversightReport): string {
  const { cases, kinds, falseFindings, areaUnderCurve, results, seed } = report;
  const good = results.filter(({ bad }) => !bad);
  return [
    ...table(
      ['bad request', 'cases', 'found', 'by a finding', 'first screen'],
      kinds.map(({ kind, cases, found, byFinding, onFirstScreen }) => [
        kind,
        cases,
        share(found, cases),
        share(byFinding, cases),
        share(onFirstScreen, cases),
      ]),
    ),
    '',
    ...table(
      ['', 'measured', 'goal'],
      [
        [
          'good requests with a finding of weight 2 or 3',
          share(falseFindings.cases.length, cases.good),
          '5 % or less',
        ],
        ['area under the curve, sum of the weights', areaUnderCurve.findings.toFixed(3), '0.95 or more'],
        ['area under the curve, risk score alone', areaUnderCurve.riskScore.toFixed(3), ''],
      ],
    ),
    '',
    `${cases.bad} bad and ${cases.good} good requests, seed ${seed}`,
    ...section(
      'Not found',
      results.filter((result) => result.bad && signsOf(result).length === 0),
    ),
    ...section(
      'Found against good requests',
      good.filter(({ findings }) => findings.length > 0),
    ),
  ].join('\n');
}

const share = (part: number, whole: number) => `${part} of ${whole} (${Math.round((100 * part) / whole)} %)`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

function section(heading: string, results: readonly Result[]): string[] {
  if (results.length === 0) return [];
  return [
    '',
    `${heading}:`,
    ...results.flatMap(({ id, bad, asked, summary, findings }) => [
      `- ${id}${bad ? `, ${bad.kind}` : ''}: ${asked}. "${summary}"`,
      ...findings.map(({ name, weight, text }) => `  - ${name}, weight ${weight}: ${text}`),
    ]),
  ];
}
