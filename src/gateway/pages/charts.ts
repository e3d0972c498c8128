import { html } from 'hono/html';
import type { Markup } from './data.ts';

type Level = 'low' | 'medium' | 'high' | '';

/** A share as a short bar. It is hidden from screen readers, because the number stands beside it. */
export const bar = (share: number, level: Level = ''): Markup =>
  html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="ground" width="100" height="8" rx="2"/><rect class="fill ${level}" width="${Math.round(share * 100)}" height="8" rx="2"/></svg>`;

const DAYS = { width: 360, base: 60 };

/** A bar for each day, the newest at the right. */
export function dayBars(
  title: string,
  days: readonly { readonly day: string; readonly count: number }[],
  level: Level = '',
): Markup {
  const maximum = Math.max(1, ...days.map(({ count }) => count));
  const step = DAYS.width / Math.max(1, days.length);
  const total = days.reduce((sum, { count }) => sum + count, 0);
  const height = (count: number) => Math.round((count / maximum) * (DAYS.base - 2));
  return html`<svg class="days" viewBox="0 0 ${DAYS.width} ${DAYS.base + 1}" preserveAspectRatio="none" role="img" aria-label="${title}: ${total} in ${days.length} days, at most ${maximum} a day">
    <line class="axis" x1="0" x2="${DAYS.width}" y1="${DAYS.base}" y2="${DAYS.base}"/>
    ${days.map(({ day, count }, i) =>
      count === 0
        ? ''
        : html`<rect class="fill ${level}" x="${round(i * step + 1)}" width="${round(step - 2)}" y="${DAYS.base - height(count)}" height="${height(count)}"><title>${day}: ${count}</title></rect>`,
    )}
  </svg>
  <p class="ends" aria-hidden="true"><span>${days[0]?.day ?? ''}</span> <span>most ${maximum}</span> <span>${days.at(-1)?.day ?? ''}</span></p>`;
}

/** Draws two times: half of the approvals were quicker than the mark, 95 of 100 were quicker than the end of the bar. */
export function spread(p50: number, p95: number, maximum: number): Markup {
  const x = (ms: number) => round((ms / Math.max(1, maximum)) * 96);
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class="ground" width="100" height="8" rx="2"/><rect class="fill" width="${x(p95)}" height="8" rx="2"/>
    <rect class="mark" x="${x(p50)}" width="1.5" height="8"/></svg>`;
}

const round = (value: number) => Math.round(value * 10) / 10;
