import { html } from 'hono/html';
import { cut, exactLine, inWords, lookalikes, utc, visible } from '../../briefing/text.ts';
import { beginningOf } from '../../domain/shared/beginning.ts';
import type { Json } from '../../domain/shared/json.ts';
import { shownJson } from '../../domain/shared/shown-json.ts';
import type { Markup } from './data.ts';

/** Lengths in UTF-16 units. A longer text than the first gets a "show all"; beyond the second, the rest is only in the ledger. */
const SHOWN_AT_ONCE = 600;
const SHOWN_AT_ALL = 10_000;
const LINE = 300;

/**
 * The markup of an agent's text. INVARIANT 12: every text that an agent wrote, or may have written into, comes to a page through
 * here or `line`. Invisible characters are written out, words that mix alphabets are pointed at, the text's direction stays its
 * own, and a long text is folded.
 *
 * @param id where links lead to it
 */
export function words(text: string, marks: readonly Mark[] = [], id?: string): Markup {
  const place = id === undefined ? '' : html` id="${id}"`;
  const visibleText = visible(text);
  const mixedWords = lookalikes(text).slice(0, 5);
  const warning =
    mixedWords.length === 0
      ? ''
      : html`<p class="warn">Look closely: letters of several alphabets are mixed in <code>${cut(mixedWords.join(', '), LINE)}</code></p>`;
  if (visibleText.length <= SHOWN_AT_ONCE)
    return html`<p${place} class="words" dir="auto">${marked(visibleText, marks)}</p>${warning}`;
  const start = beginningOf(visibleText, SHOWN_AT_ONCE);
  return html`<p${place} class="words" dir="auto">${marked(start, marks)} …</p>
    <details><summary>Show all ${text.length} characters</summary>
      <p class="words" dir="auto">${marked(cut(visibleText, SHOWN_AT_ALL), marks)}</p></details>${warning}`;
}

/** A part of an agent's text that a finding quotes, and the place of that finding on the page. */
export interface Mark {
  readonly quote: string;
  readonly href: string;
}

/** Marks the first place of each quote, and leads from there to its finding. */
function marked(text: string, marks: readonly Mark[]): Markup | string {
  const found = marks
    .map((mark) => ({ ...mark, at: text.indexOf(mark.quote) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  const [first] = found;
  if (!first) return text;
  const end = first.at + first.quote.length;
  const rest = text.slice(end);
  return html`${text.slice(0, first.at)}<mark>${first.quote}</mark> <a href="${first.href}">(see the finding)</a>${marked(
    rest,
    marks.filter(({ quote }) => quote !== first.quote),
  )}`;
}

/** The markup of such a text on one line, cut: a title, a name, a reason. */
export const line = (text: string, limit = LINE): Markup => html`<bdi>${cut(exactLine(text), limit)}</bdi>`;

/** A text from outside as plain text on one line, cut: for attributes, the title of the page, and drawings. */
export const plainLine = (text: string, limit = 80): string => {
  const lineText = exactLine(text);
  return lineText.length <= limit ? lineText : `${beginningOf(lineText, limit - 1)}…`;
};

/** A value as JSON, for example a parameter. Long values are folded. */
export function value(json: Json | undefined): Markup {
  if (json === undefined) return html`<span class="faint">none</span>`;
  const text = visible(shownJson(json, typeof json === 'object' ? 2 : 0));
  if (text.length <= SHOWN_AT_ONCE) return html`<code class="value" dir="ltr">${text}</code>`;
  return html`<details><summary>Show all ${text.length} characters</summary>
    <pre tabindex="0" dir="ltr">${cut(text, SHOWN_AT_ALL)}</pre></details>`;
}

/** JSON for editing. Invisible characters are written as JSON escapes, so that the value stays the same. */
export const editable = (json: Json): string => visible(shownJson(json, 2), escapes);

const escapes = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** A time for people and for machines: the clock, with the day where it is another day, and the distance from now. */
export function when(at: number, now: number): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${clock(at, now)}</time>
    <span class="faint" data-from="${at}">(${fromNow(at, now)})</span>`;
}

function clock(at: number, now: number): string {
  const [day, time] = [utc(at).slice(0, 10), utc(at).slice(11, 16)];
  return `${day === utc(now).slice(0, 10) ? time : `${day} ${time}`} UTC`;
}

/** A sentence in which ISO times, written for programs too, are replaced by times for people. */
export const withTimes = (sentence: string, now: number): string =>
  sentence.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z\b/g, (iso) => {
    const at = Date.parse(iso);
    return Number.isNaN(at) ? iso : `${clock(at, now)} (${fromNow(at, now)})`;
  });

const DAY_MS = 86_400_000;

/**
 * A distance in time, for example "in 4 minutes" or "2 hours 5 minutes ago": whole minutes from one minute on, whole days from two
 * days on.
 */
export function fromNow(at: number, now: number): string {
  const distanceMs = Math.abs(at - now);
  const unit = distanceMs < 60_000 ? 1_000 : distanceMs < 2 * DAY_MS ? 60_000 : DAY_MS;
  const roundedMs = Math.round(distanceMs / unit) * unit;
  if (roundedMs === 0) return 'now';
  return at > now ? `in ${inWords(roundedMs)}` : `${inWords(roundedMs)} ago`;
}

export const counted = (count: number, singular: string, plural = `${singular}s`) =>
  `${count} ${count === 1 ? singular : plural}`;
