import { html } from 'hono/html';
import { visible } from '../../briefing/text.ts';
import type { Proposal } from '../../domain/action/action.ts';
import type { Vote } from '../../domain/approval/requirement.ts';
import { confirmedIn } from '../../domain/findings/confirmation.ts';
import { type Finding, type FindingKind, WEIGHT_WORDS, type Weight } from '../../domain/findings/finding.ts';
import type { ActionData, Markup } from './data.ts';
import { PATHS } from './paths.ts';
import type { Mark } from './text.ts';
import { line } from './text.ts';

/** A finding with its place on the page, and where it leads: to the words of the agent that it quotes, or to the fact that it is about. */
export interface PlacedFinding extends Finding {
  readonly id: string;
  /** What it quotes of the agent. */
  readonly quotes: readonly string[];
  readonly lead: { readonly href: string; readonly words: string };
  /** Where it is told that somebody followed it. Absent: this person is not asked. */
  readonly tellAt?: string | undefined;
}

/** Numbers the findings, what weighs most first. */
export function placed({ state, may }: Pick<ActionData, 'state' | 'may'>): PlacedFinding[] {
  const { findings = [], proposal, action } = state;
  const said = textsOf(proposal).map((text) => visible(text));
  const isAsked = may.approve || may.deny;
  return findings
    .toSorted((a, b) => b.weight - a.weight)
    .map((finding, i) => {
      const quotes = quotesIn(finding.text);
      const at = said.findIndex((text) => quotes.some((quote) => text.includes(quote)));
      const lead =
        at < 0
          ? { href: `#${ABOUT[finding.kind]}`, words: ABOUT_WORDS[ABOUT[finding.kind]] }
          : { href: `#${saidId(at)}`, words: 'at the place where the agent writes it' };
      const tellAt = isAsked ? PATHS.followed(action?.id ?? '') : undefined;
      return { ...finding, id: `finding-${i + 1}`, quotes, lead, tellAt };
    });
}

/** The texts of the agent that findings quote, in the order of the page. */
const textsOf = ({ rationale, evidence, successCriteria }: Proposal): string[] => [
  rationale.summary,
  ...evidence.slice(0, ITEMS).map(({ detail }) => detail),
  ...successCriteria.slice(0, ITEMS),
];

/** The most items of a list of the agent's that are shown, more than an agent may propose. Each item is also cut to a length. */
export const ITEMS = 20;

/** The place of one of `textsOf` on the page. */
export const saidId = (n: number) => `said-${n + 1}`;

/** A shorter quotation could be anywhere. */
const SHORTEST = 4;

/** A quotation that was cut is found by its beginning. */
const quotesIn = (text: string): string[] =>
  [...text.matchAll(/"([^"]+)"/g)]
    .map(([, quote = '']) => quote.replace(/\.\.\.$/, ''))
    .filter((quote) => quote.length >= SHORTEST);

/** The part of the page with the fact that a finding is about, where it quotes nothing that the page shows. */
const ABOUT = {
  numberDiffers: 'words',
  anotherName: 'words',
  claimedApproval: 'words',
  wrongDirection: 'words',
  notMeasured: 'watch',
  evidenceOld: 'words',
  evidenceWithoutSource: 'words',
  largeChange: 'request',
  neverSetBefore: 'similar',
  noChange: 'request',
  wentWrongBefore: 'similar',
  notKnownGood: 'rollback',
  incidentOpen: 'impact',
  notUndone: 'rollback',
  detector: 'request',
} as const satisfies Readonly<Record<FindingKind, string>>;

const ABOUT_WORDS: Readonly<Record<(typeof ABOUT)[FindingKind], string>> = {
  words: 'in what the agent writes',
  watch: 'in what is watched',
  request: 'in the exact request',
  similar: 'in what was done before',
  impact: 'in what is open now',
  rollback: 'in what the rollback does',
};

const SIGNS: Readonly<Record<Weight, string>> = { 3: '▲', 2: '◆', 1: '●' };

/**
 * Findings as a list: each with its weight in a word, a sign and a colour. The weight is the link to what the finding is about: all of them must
 * fit on the first screen of a phone.
 */
export const findingList = (findings: readonly PlacedFinding[]): Markup | string =>
  findings.length === 0
    ? ''
    : html`<ul class="findings">${findings.map(
        ({
          id,
          kind,
          weight,
          text,
          lead,
          tellAt,
        }) => html`<li id="${id}" class="finding weight-${weight}"><strong class="weight"><span aria-hidden="true">${SIGNS[weight]}</span>
          <a href="${lead.href}" aria-label="${WEIGHT_WORDS[weight]} ${lead.words}" data-finding="${kind}" ${tellAt === undefined ? '' : html`data-followed="${tellAt}"`}>${WEIGHT_WORDS[weight]}</a>:</strong> ${line(text, 600)}.</li>`,
      )}</ul>`;

/** The parts of the agent's text that findings quote. */
export const marksOf = (findings: readonly PlacedFinding[]): Mark[] =>
  findings.flatMap(({ id, quotes }) => quotes.map((quote) => ({ quote, href: `#${id}` })));

/** Past which findings somebody approved. Nothing where they confirmed none. */
export function although(vote: Vote, findings: readonly Finding[] | undefined): Markup | string {
  const [first, ...others] = confirmedIn(vote, findings);
  if (!first) return '';
  return html` although ${line(first.text, 600)}${others.map(({ text }) => html`, and although ${line(text, 600)}`)}`;
}
