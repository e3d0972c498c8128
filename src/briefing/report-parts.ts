import { localTime } from '../domain/calendar/local-time.ts';
import type { MonthlyAccount, Total } from '../domain/reports/monthly.ts';
import type { Few } from '../domain/reports/noted.ts';
import type { Basis, Report } from '../domain/reports/report.ts';
import { AUDITED, type Audited, type WeeklyAudit } from '../domain/reports/weekly.ts';
import type { Part } from './report.ts';
import { utc } from './text.ts';

/** How many actions the text of a monthly report has. The page and the JSON have all. */
const MOST_IN_TEXT = 100;

const TITLES = { weekly: 'Weekly audit', monthly: 'Monthly account' } as const;

/** The name of a report, for subjects and headings. No part of it is written by an agent. */
export const reportTitle = ({ kind, installation, period }: Report): string =>
  `${TITLES[kind]} of ${installation}, ${period.name}`;

/** What a report says first: what it found that somebody should look at. */
export function reportSummary(report: Report): string {
  if (report.kind === 'monthly') {
    const { actions } = report.account;
    return `${count(actions.length, 'action')} touched production.`;
  }
  const found = AUDITED.flatMap((name) => {
    const { count: number } = report.audit[name];
    return number === 0 ? [] : [`${LOOKED_FOR[name].inBrief}: ${number}`];
  });
  return found.length === 0 ? 'Nothing was found.' : `${found.join(', ')}.`;
}

/** A report in parts. @param most how many actions are told one by one at most */
export function reportParts(report: Report, most = Number.POSITIVE_INFINITY): Part[] {
  const first: Part = {
    heading: reportTitle(report),
    sentences: [reportSummary(report), ...whatItIs(report), ...basisSentences(report.basis)],
  };
  return report.kind === 'weekly'
    ? [first, ...auditParts(report.audit)]
    : [first, ...accountParts(report.account, most)];
}

/** The same for mails and terminals, where it must stay short. */
export const shortParts = (report: Report): Part[] => reportParts(report, MOST_IN_TEXT);

function whatItIs({ period: { from, until, timeZone }, isOver }: Report): string[] {
  const last = localTime(until - 1, timeZone).date;
  const span = `It is about ${localTime(from, timeZone).date} to ${last}, by the clocks of ${timeZone}.`;
  return isOver ? [span] : [span, 'This time is NOT over: what happens until its end is missing.'];
}

function basisSentences({ size, root, objection }: Basis): string[] {
  return [
    ...(objection === undefined
      ? []
      : [`THE LEDGER WAS NOT SIGNED: ${objection}. See "countersign ledger verify".`]),
    root === null
      ? `It was made from the first ${count(size, 'entry', 'entries')} of the ledger. No checkpoint was signed yet, so there is no root to compare with.`
      : `It was made from the first ${count(size, 'entry', 'entries')} of the ledger, whose root is ${root}.`,
  ];
}

/** Of each thing that an audit looks for: its heading, its name in a list, and what it means that there is none. */
const LOOKED_FOR: Readonly<Record<Audited, { heading: string; inBrief: string; none: string }>> = {
  violations: {
    heading: 'Violations',
    inBrief: 'violations',
    none: 'None: everything that ran was ruled on, approved where people were to approve, and let run as it was ruled on.',
  },
  brokenGlass: { heading: 'Broken glass', inBrief: 'broken glass', none: 'None: nobody broke the glass.' },
  lost: { heading: 'Lost actions', inBrief: 'lost actions', none: 'None: no action lost its workflow.' },
  unansweredPages: {
    heading: 'Pages that nobody got or answered',
    inBrief: 'unanswered pages',
    none: 'None: each page arrived, and where somebody had to decide, somebody did.',
  },
  overdueReviews: {
    heading: 'Reviews that became overdue',
    inBrief: 'overdue reviews',
    none: 'None: no review became overdue.',
  },
  anomalies: { heading: 'Anomalies', inBrief: 'anomalies', none: 'None was found.' },
  standing: {
    heading: 'Changes of standing',
    inBrief: 'changes of standing',
    none: "None: no agent's level changed.",
  },
  rules: {
    heading: 'Changes of the rules',
    inBrief: 'changes of the rules',
    none: 'None: all workers used the rules from before.',
  },
  erasures: {
    heading: 'Erasures that people ordered',
    inBrief: 'ordered erasures',
    none: 'None: nobody had anything erased.',
  },
  erased: {
    heading: 'Erased entries',
    inBrief: 'erased entries',
    none: 'None: this report has seen all that the ledger said.',
  },
  unreadable: {
    heading: 'Entries that somebody changed',
    inBrief: 'entries that somebody changed',
    none: 'None was met on the way. Only "countersign ledger verify" checks them all.',
  },
};

function auditParts(audit: WeeklyAudit): Part[] {
  const ended = Object.entries(audit.ended);
  return [
    ...AUDITED.map((name) => {
      const { heading, none } = LOOKED_FOR[name];
      return noted(heading, audit[name], none);
    }),
    {
      heading: 'In numbers',
      sentences: [
        `${count(audit.entries, 'entry', 'entries')} of the ledger were looked at. ${count(audit.rulings, 'ruling')} were made.`,
        ...(ended.length === 0 ? ['No action ended.'] : []),
      ],
      ...(ended.length === 0
        ? {}
        : {
            rows: [['ACTIONS', 'ENDED AS'], ...ended.map(([outcome, number]) => [String(number), outcome])],
          }),
    },
  ];
}

function noted(heading: string, { count: all, first }: Few, none: string): Part {
  if (all === 0) return { heading, sentences: [none] };
  return {
    heading: `${heading}: ${all}`,
    sentences: first.length < all ? [`The first ${first.length} of ${all} are shown.`] : [],
    rows: [['AT', 'ABOUT', 'WHAT'], ...first.map(({ at, about, what }) => [utc(at), about, what])],
  };
}

function accountParts({ actions, totals, untold }: MonthlyAccount, most: number): Part[] {
  const shown = actions.slice(0, most);
  return [
    totalsPart('By tier', totals.tier),
    totalsPart('By agent', totals.agent),
    totalsPart('By service', totals.service),
    ...(untold.count === 0 ? [] : [noted('Actions of which no more can be told', untold, '')]),
    {
      heading: 'Each action, and the three questions',
      sentences: [
        ...(actions.length === 0 ? ['No action touched production.'] : []),
        ...(shown.length < actions.length
          ? [`The first ${shown.length} of ${actions.length} are shown. The page and the JSON have all.`]
          : []),
      ],
    },
    ...shown.map(
      (action): Part => ({
        heading: `${utc(action.at)}  ${action.title} in ${action.environment}`,
        below: true,
        sentences: [
          `Who gave the authority: ${action.whoGaveTheAuthority}`,
          `What limited it: ${action.whatLimitedIt}`,
          `How it was decided: ${action.howItWasDecided}`,
          `${action.agent} asked for it: ${action.actionId}`,
        ],
      }),
    ),
  ];
}

function totalsPart(heading: string, totals: readonly Total[]): Part {
  if (totals.length === 0) return { heading, sentences: ['Nothing ran.'] };
  return {
    heading,
    sentences: [],
    rows: [
      ['', 'RAN', 'SUCCEEDED', 'WENT WRONG', 'NO PERSON APPROVED'],
      ...totals.map(({ of, ran, succeeded, wentWrong, unapproved }) => [
        of,
        ...[ran, succeeded, wentWrong, unapproved].map(String),
      ]),
    ],
  };
}

const count = (number: number, one: string, several = `${one}s`) =>
  `${number} ${number === 1 ? one : several}`;
