import { html } from 'hono/html';
import { cut, exactLine, inWords, lookalikes, utc, visible } from '../../briefing/text.ts';
import type { Json } from '../../domain/shared/json.ts';
import { shownJson } from '../../domain/shared/shown-json.ts';
import type { Markup } from './data.ts';

/** Lengths in UTF-16 units. Past the first there is a "show all"; past the second the rest is in the ledger alone. */
const SHOWN_AT_ONCE = 600;
const SHOWN_AT_ALL = 10_000;
const LINE = 300;

/**
 * INVARIANT 12: every text that an agent wrote, or may have written into, comes to a page through here or `line`. Characters
 * that would not show are written out, words that mix alphabets are pointed at, its direction stays its own, and it is long
 * only for those who ask.
 */
export function words(text: string): Markup {
  const shown = visible(text);
  const mixed = lookalikes(text).slice(0, 5);
  const warning =
    mixed.length === 0
      ? ''
      : html`<p class="warn">Look closely: letters of several alphabets are mixed in <code>${cut(mixed.join(', '), LINE)}</code></p>`;
  if (shown.length <= SHOWN_AT_ONCE) return html`<p class="words" dir="auto">${shown}</p>${warning}`;
  const start = shown.slice(0, SHOWN_AT_ONCE).replace(/[\uD800-\uDBFF]$/, '');
  return html`<p class="words" dir="auto">${start} …</p>
    <details><summary>Show all ${text.length} characters</summary>
      <p class="words" dir="auto">${cut(shown, SHOWN_AT_ALL)}</p></details>${warning}`;
}

/** The same on one line, cut: a title, a name, a reason. */
export const line = (text: string, limit = LINE): Markup => html`<bdi>${cut(exactLine(text), limit)}</bdi>`;

/** The same as plain text: for attributes, the title of the page, and drawings. */
export const plainLine = (text: string, limit = 80): string => {
  const shown = exactLine(text);
  return shown.length <= limit ? shown : `${shown.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** A value as JSON, such as a parameter. Long ones open. */
export function value(json: Json | undefined): Markup {
  if (json === undefined) return html`<span class="faint">none</span>`;
  const text = visible(shownJson(json, typeof json === 'object' ? 2 : 0));
  if (text.length <= SHOWN_AT_ONCE) return html`<code class="value" dir="ltr">${text}</code>`;
  return html`<details><summary>Show all ${text.length} characters</summary>
    <pre tabindex="0" dir="ltr">${cut(text, SHOWN_AT_ALL)}</pre></details>`;
}

/** JSON to be edited: what would not show is written as JSON's own escape, so that it stays what it is. */
export const editable = (json: Json): string => visible(shownJson(json, 2), escapes);

const escapes = (character: string) =>
  Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
  ).join('');

/** When something is, for people and for machines: the clock, with the day where it is another, and how far from now. */
export function when(at: number, now: number): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${clock(at, now)}</time>
    <span class="faint" data-from="${at}">(${fromNow(at, now)})</span>`;
}

function clock(at: number, now: number): string {
  const [day, time] = [utc(at).slice(0, 10), utc(at).slice(11, 16)];
  return `${day === utc(now).slice(0, 10) ? time : `${day} ${time}`} UTC`;
}

/** The same of what was written for programs too: a sentence with times in it. */
export const withTimes = (sentence: string, now: number): string =>
  sentence.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z\b/g, (iso) => {
    const at = Date.parse(iso);
    return Number.isNaN(at) ? iso : `${clock(at, now)} (${fromNow(at, now)})`;
  });

const DAY_MS = 86_400_000;

/** Such as "in 4 minutes" or "2 hours 5 minutes ago": whole minutes past the first, whole days past the second. */
export function fromNow(at: number, now: number): string {
  const apart = Math.abs(at - now);
  const unit = apart < 60_000 ? 1_000 : apart < 2 * DAY_MS ? 60_000 : DAY_MS;
  const rounded = Math.round(apart / unit) * unit;
  if (rounded === 0) return 'now';
  return at > now ? `in ${inWords(rounded)}` : `${inWords(rounded)} ago`;
}

export const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;

export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count} ${count === 1 ? one : many}`;
