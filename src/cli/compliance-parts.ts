import type { Part } from '../briefing/report.ts';
import type { EntryKind } from '../domain/ledger/ledger.ts';
import { MET, REQUIREMENTS, type Requirement } from '../domain/reports/compliance.ts';
import { grouped } from '../domain/shared/grouped.ts';

/** How many entries the ledger has of each kind. */
export type KindCounts = Readonly<Partial<Record<EntryKind, number>>>;

/** The compliance sheet in parts, what is not met first. @param counts absent: no ledger was asked */
export function complianceParts(counts: KindCounts | undefined): Part[] {
  const ofEach = MET.map((met) => `${REQUIREMENTS.filter((each) => each.met === met).length} ${met}`);
  return [
    {
      heading: 'Compliance sheet',
      sentences: [
        `Of ${REQUIREMENTS.length} requirements: ${ofEach.join(', ')}.`,
        'It is what this version of Countersign does, and no legal advice. The requirements are in our words: the text of each framework counts.',
        counts
          ? 'The figures are those of the ledger: how many entries it has of the kinds that are evidence. The command shows them.'
          : 'No ledger was asked: name one with COUNTERSIGN_DATABASE_URL.',
      ],
    },
    ...grouped(REQUIREMENTS, ({ framework }) => framework).flatMap((requirements) => [
      {
        heading: requirements.map(({ framework }) => framework)[0] ?? '',
        sentences: [],
      },
      ...requirements
        .toSorted((a, b) => MET.indexOf(b.met) - MET.indexOf(a.met))
        .map((each) => part(each, counts)),
    ]),
  ];
}

function part(
  { clause, asks, met, how, missing, command, test, entries }: Requirement,
  counts?: KindCounts,
): Part {
  return {
    heading: `${clause}: ${met.toUpperCase()}`,
    below: true,
    sentences: [
      `Asks: ${asks}`,
      ...(how === undefined ? [] : [`How: ${how}`]),
      ...(missing === undefined ? [] : [`Missing: ${missing}`]),
      ...(command === undefined ? ['Evidence: none.'] : [`Evidence: ${command}`]),
      ...(test === undefined ? ['Test: none.'] : [`Test: ${test.file}: "${test.title}"`]),
      ...(counts && entries.length > 0 ? [`Ledger: ${countsText(entries, counts)}.`] : []),
    ],
  };
}

const countsText = (entries: readonly EntryKind[], counts: KindCounts): string =>
  entries.map((kind) => `${counts[kind] ?? 0} ${kind}`).join(', ');
