import { html } from 'hono/html';
import type { Markup } from './data.ts';

/** A part of a page with its heading, as a landmark. */
export const section = (id: string, heading: string, body: Markup): Markup =>
  html`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${body}</section>`;

type Row = readonly [label: Markup | string, value: Markup | string];

/** A list of labels and values. */
export const facts = (rows: readonly (Row | undefined)[]): Markup =>
  html`<dl>${rows.map((row) => (row === undefined ? '' : html`<div><dt>${row[0]}</dt><dd>${row[1]}</dd></div>`))}</dl>`;

/** A table that may be wider than a phone: it alone scrolls sideways, also by keyboard. */
export const table = (
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (Markup | string | number)[])[],
) =>
  html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
    <caption>${caption}</caption>
    <thead><tr>${head.map((label) => (label === '' ? html`<td></td>` : html`<th scope="col">${label}</th>`))}</tr></thead>
    <tbody>${rows.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table></div>`;

export const bullets = (items: readonly (Markup | string)[]): Markup | string =>
  items.length === 0 ? '' : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
