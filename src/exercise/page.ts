import { html, raw } from 'hono/html';
import { cut, exactLine, inSeconds, utc, visible } from '../briefing/text.ts';
import type { Account } from '../domain/exercise/account.ts';
import type { ExerciseReport } from '../domain/exercise/report.ts';
import { endWords, figuresOf, unheardText, WRONG } from './words.ts';

type Markup = ReturnType<typeof html>;

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0}th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8886;vertical-align:top}
blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #8888;white-space:pre-wrap}.bad{font-weight:bold}
details{border:1px solid #8886;border-radius:.4rem;padding:.5rem 1rem;margin:.5rem 0}summary{cursor:pointer}td:first-child{white-space:nowrap}`;

/**
 * The report as one page that loads nothing: no script, no image, no address. INVARIANT 12: whatever an agent wrote is escaped, its hidden
 * characters are written out, and it stands in a quotation, after the facts.
 */
export async function exercisePage(report: ExerciseReport): Promise<string> {
  const { title, begins, ended, accounts, loads, unheard, unexpected } = report;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Exercise: ${exactLine(title)}</title><style>${raw(STYLE)}</style></head><body>
<h1>Exercise: ${exactLine(title)}</h1>
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
${accounts.map(timeline)}
</body></html>`;
  return String(await page);
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
