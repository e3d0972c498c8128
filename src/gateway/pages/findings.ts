import { html } from 'hono/html';
import type { Vote } from '../../domain/approval/requirement.ts';
import { confirmedIn } from '../../domain/findings/confirmation.ts';
import { type Finding, WEIGHT_WORDS, type Weight } from '../../domain/findings/finding.ts';
import type { Markup } from './data.ts';
import type { Mark } from './text.ts';
import { line } from './text.ts';

/** A finding with its place on the page: the agent's words lead there. */
export interface PlacedFinding extends Finding {
  readonly id: string;
}

/** Numbers the findings, what weighs most first. */
export const placed = (findings: readonly Finding[] = []): PlacedFinding[] =>
  findings
    .toSorted((a, b) => b.weight - a.weight)
    .map((finding, i) => ({ ...finding, id: `finding-${i + 1}` }));

const SIGNS: Readonly<Record<Weight, string>> = { 3: '▲', 2: '◆', 1: '●' };

/** Findings as a list: each with its weight in a word, a sign and a colour. */
export const findingList = (findings: readonly PlacedFinding[]): Markup | string =>
  findings.length === 0
    ? ''
    : html`<ul class="findings">${findings.map(
        ({
          id,
          weight,
          text,
        }) => html`<li id="${id}" class="finding weight-${weight}"><strong class="weight"><span aria-hidden="true">${SIGNS[weight]}</span>
          ${WEIGHT_WORDS[weight]}:</strong> ${line(text, 600)}.</li>`,
      )}</ul>`;

/** A shorter quotation could be anywhere. */
const SHORTEST = 4;

/** The parts of the agent's text that findings quote. A quotation that was cut is found by its beginning. */
export const marksOf = (findings: readonly Finding[] | undefined): Mark[] =>
  placed(findings).flatMap(({ id, text }) =>
    [...text.matchAll(/"([^"]+)"/g)]
      .map(([, quote = '']) => quote.replace(/\.\.\.$/, ''))
      .filter((quote) => quote.length >= SHORTEST)
      .map((quote) => ({ quote, href: `#${id}` })),
  );

/** Past which findings somebody approved. Nothing where they confirmed none. */
export function although(vote: Vote, findings: readonly Finding[] | undefined): Markup | string {
  const [first, ...others] = confirmedIn(vote, findings);
  if (!first) return '';
  return html` although ${line(first.text, 600)}${others.map(({ text }) => html`, and although ${line(text, 600)}`)}`;
}
