import { html } from 'hono/html';
import { countByKind, type Judged, judged, type PracticeAnswer } from '../domain/practice/result.ts';
import type { Frame, Markup } from '../gateway/pages/index.ts';
import { PATHS } from '../gateway/pages/index.ts';
import { page } from '../gateway/pages/layout.ts';
import { bullets, table } from '../gateway/pages/parts.ts';
import { counted, line } from '../gateway/pages/text.ts';
import type { PracticeCase } from './prepared.ts';

/** A question with what the person said to it. */
export interface Decided extends PracticeCase {
  readonly answer: PracticeAnswer;
}

const PARTS: readonly {
  readonly judged: Judged;
  readonly heading: string;
}[] = [
  { judged: 'missed', heading: 'What you missed' },
  { judged: 'heldUp', heading: 'What you held up without need' },
  { judged: 'caught', heading: 'What you caught' },
  { judged: 'letRun', heading: 'What you let run, and rightly' },
];

/** What a person caught, missed and held up, by kind and one by one, each with the facts on the page that show it. */
export function resultPage(frame: Frame, decided: readonly Decided[]): Markup {
  const count = (judgement: Judged) =>
    decided.filter(({ is, answer }) => judged(is, answer) === judgement).length;
  return page(
    frame,
    { title: 'How you did', place: 'result' },
    html`<h1>How you did</h1>
      ${
        decided.length === 0
          ? html`<p class="empty">You decided on nothing yet.</p>`
          : html`<p>You caught ${count('caught')} of ${counted(count('caught') + count('missed'), 'bad request')}, and held up
              ${count('heldUp')} of ${counted(count('heldUp') + count('letRun'), 'good one')} without need. Only you see this, and it ends with the command.</p>
            ${table(
              'By kind',
              ['Kind', 'It is', 'You were right'],
              countByKind(decided).map(({ kind, is, decided: all, right }) => [
                line(kind),
                is,
                `${right} of ${all}`,
              ]),
            )}
            ${PARTS.map((part) => listed(part, decided))}`
      }`,
  );
}

function listed(
  { judged: wanted, heading }: (typeof PARTS)[number],
  decided: readonly Decided[],
): Markup | string {
  const cases = decided.filter(({ is, answer }) => judged(is, answer) === wanted);
  if (cases.length === 0) return '';
  return html`<section aria-labelledby="${wanted}"><h2 id="${wanted}">${heading}</h2>
    <ol class="cards">${cases.map(
      (
        one,
      ) => html`<li class="card"><h3 class="title"><a href="${PATHS.action(one.actionId)}">${line(one.title, 160)}</a></h3>
        <p class="facts"><strong>${line(one.kind)}</strong></p>
        <p>${line(one.because, 1_000)}</p>
        ${
          one.facts.length === 0
            ? html`<p class="faint">Nothing on the page gave it away.</p>`
            : html`<p>The page says:</p>${bullets(
                one.facts.map(
                  ({ says, under }) =>
                    html`${line(says, 600)}${under === undefined ? '' : html` <span class="faint">(under "${under}")</span>`}`,
                ),
              )}`
        }
        ${one.answer.reason === undefined ? '' : html`<p class="faint">You gave as your reason: ${line(one.answer.reason, 1_000)}</p>`}</li>`,
    )}</ol></section>`;
}
