import { html } from 'hono/html';
import { type MetricSeries, seriesText } from '../../domain/background/series.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import { numberText } from '../../domain/shared/shown-json.ts';
import type { Markup } from './data.ts';
import { line, plainLine } from './text.ts';

const CHART = { width: 240, height: 60, margin: 2 };

type Steps = readonly (number | null)[];
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

type Place = (step: number, value: number) => string;

/** Returns where a value of a step is drawn. A metric that never changes is a line in the middle. */
function placeIn(steps: number, least: number, greatest: number): Place {
  const { width, height, margin } = CHART;
  const span = greatest - least;
  return (step, value) => {
    const x = (step / Math.max(1, steps - 1)) * width;
    const share = span > 0 ? (value - least) / span : 0.5;
    return `${round(x)} ${round(height - margin - share * (height - 2 * margin))}`;
  };
}

/** A line with a gap wherever there is no value. */
const linePath = (steps: Steps, place: Place): string =>
  steps
    .map((value, step) =>
      value === null ? '' : `${typeof steps[step - 1] === 'number' ? 'L' : 'M'}${place(step, value)}`,
    )
    .join(' ');

/** The area between two lines, over the steps that have both. */
function bandPath(least: Steps, greatest: Steps, place: Place): string {
  const both = least.flatMap((low, step) => {
    const high = greatest[step] ?? null;
    return low === null || high === null ? [] : [{ step, low, high }];
  });
  const points = [
    ...both.map(({ step, high }) => place(step, high)),
    ...both.toReversed().map(({ step, low }) => place(step, low)),
  ];
  return points.length === 0 ? '' : `M${points.join('L')}Z`;
}

const round = (value: number) => Math.round(value * 10) / 10;
