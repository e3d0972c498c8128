import { html } from 'hono/html';
import { type MetricSeries, seriesText } from '../../domain/background/series.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import { numberText } from '../../domain/shared/shown-json.ts';
import { bandPath, CHART, linePath, placeIn } from './chart-paths.ts';
import type { Markup } from './data.ts';
import { line, plainLine } from './text.ts';

type Read = Extract<MetricSeries, { kind: 'read' }>;

/** A small chart for each watched metric: the last hour as a line, over the band in which it was in the same hour of the days before. */
export function seriesCharts(series: readonly MetricSeries[]): Markup | string {
  if (series.length === 0) return '';
  return html`<h3>The last hour, beside the same hour of the days before</h3>
    <div class="charts">${series.map(
      (one) => html`<figure>
        <figcaption>${line(one.metric)}</figcaption>
        ${one.kind === 'read' ? chart(one) : ''}
        <p class="faint">${line(sentence(seriesText(one)), 600)}</p></figure>`,
    )}</div>`;
}

function chart(series: Read): Markup {
  const { values, before } = series;
  const numbers = [values, before?.least ?? [], before?.greatest ?? []]
    .flat()
    .flatMap((value) => value ?? []);
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  const place = placeIn(values.length, least, greatest);
  return html`<svg class="series" viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img" aria-label="${plainLine(seriesText(series), 600)}">
      ${before ? html`<path class="band" d="${bandPath(before.least, before.greatest, place)}"/><path class="usual" d="${linePath(before.middle, place)}"/>` : ''}
      <path d="${linePath(values, place)}"/>
    </svg>
    <p class="ends" aria-hidden="true"><span>an hour before</span> <span>${numberText(least)} to ${numberText(greatest)}</span> <span>asked</span></p>`;
}
