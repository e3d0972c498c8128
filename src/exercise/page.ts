import { html } from 'hono/html';
import { reportPage } from '../briefing/report-page.ts';
import { cut, exactLine, inSeconds, utc, visible } from '../briefing/text.ts';
import type { Account } from '../domain/exercise/account.ts';
import type { ExerciseReport } from '../domain/exercise/report.ts';
import { endWords, figuresOf, unheardText, WRONG } from './words.ts';

type Markup = ReturnType<typeof html>;

/**
 * The report as one page that loads nothing: no script, no image, no address. INVARIANT 12: whatever an agent wrote is escaped, its hidden
 * characters are written out, and it stands in a quotation, after the facts.
 */
export async function exercisePage(report: ExerciseReport): Promise<string> {
  const { title, begins, ended, accounts, loads, unheard, unexpected } = report;
  const body = html`<h1>Exercise: ${exactLine(title)}</h1>
<p>From ${utc(begins)} to ${utc(ended)}. Nothing real was reached: the rules are those of the folder, everything around them is a stand-in.</p>
${unexpected.length === 0 ? html`<p>All went as the scenario expects.</p>` : html`<h2>Not as expected</h2><ul>${unexpected.map(({ name, what }) => html`<li class="bad">${name === undefined ? '' : `${exactLine(name)}: `}${exactLine(what)}</li>`)}</ul>`}
<h2>In numbers</h2>
${grid([], figuresOf(report))}
<h2>Actions</h2>
${grid(
  ['action', 'what', 'ended as', 'answer after', 'a person approved'],
  accounts.map((account) => [
    account.name,
    account.title,
    `${account.end}${account.wrong ? ` (wrong: ${WRONG[account.wrong]})` : ''}`,
    account.answerMs === undefined ? '' : inSeconds(account.answerMs),
    account.effect === 'none' ? '' : account.withoutPeople ? 'no' : 'yes',
  ]),
)}
<h2>People</h2>
${grid(
  ['person', 'messages', 'pages', 'most in an hour', 'decisions'],
  loads.map(({ person, messages, pages, mostInAnHour, decisions }) =>
    [person, messages, pages, mostInAnHour, decisions].map(String),
  ),
)}
<h2>Requests that nobody got or answered</h2>
${unheard.length === 0 ? html`<p>None.</p>` : html`<ul>${unheard.map((one) => html`<li>${exactLine(unheardText(one))}</li>`)}</ul>`}
<h2>Timelines</h2>
${accounts.map(timeline)}`;
  return reportPage(`Exercise: ${title}`, String(await body));
}

const timeline = (account: Account): Markup => html`<details ${account.wrong ? html`open` : ''}>
<summary>${exactLine(account.name)}: ${exactLine(account.title)}. ${exactLine(endWords(account))}</summary>
${grid(
  [],
  account.timeline.map(({ at, what }) => [utc(at), what]),
)}
<p>The agent ${exactLine(account.agent)} said:</p><blockquote dir="auto">${cut(visible(account.says), 4_000)}</blockquote></details>`;

const grid = (head: readonly string[], rows: readonly (readonly string[])[]): Markup => html`<table>
${head.length === 0 ? '' : html`<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>`}
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cut(exactLine(cell), 1_000)}</td>`)}</tr>`)}</tbody></table>`;
