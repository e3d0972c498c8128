import { html } from 'hono/html';
import { blocksIn } from '../../domain/analysis/blocks.ts';
import type { Block, Comparison, Look, Side } from '../../domain/analysis/comparison.ts';
import { lookText } from '../../domain/analysis/look-words.ts';
import type { Measurement, MetricSpec } from '../../domain/analysis/metrics.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import { numberText, toDigits } from '../../domain/shared/shown-json.ts';
import { bandPath, CHART, linePath, placeIn, type Steps } from './chart-paths.ts';
import type { Markup } from './data.ts';
import { line, plainLine } from './text.ts';

/** What was measured after the action: a chart for each metric, with its baseline, the moment of the action, and the evidence of each look. */
export function theMeasured({ action, measurements, verdict }: ActionState): Markup | string {
  const metrics = (action?.watch?.metrics ?? []).flatMap((spec) => {
    const ofMetric = measurements.filter(({ metric }) => metric === spec.name);
    return ofMetric.length === 0 ? [] : [{ spec, ofMetric }];
  });
  if (metrics.length === 0) return '';
  return html`<section aria-labelledby="measured"><h2 id="measured">What was measured afterwards</h2>
    <div data-live="measured">
    ${verdict ? html`<p>Verdict: <strong>${verdict.kind}</strong>. ${line(sentence(verdict.reason), 1_000)}</p>` : ''}
    <div class="charts">${metrics.map(({ spec, ofMetric }) => figure(spec, ofMetric))}</div></div></section>`;
}

function figure(spec: MetricSpec, measurements: readonly Measurement[]): Markup {
  const looks = measurements.flatMap(({ look }) => look ?? []);
  const last = looks.at(-1);
  const drawn = last && spec.compare ? comparedChart(spec.compare, looks) : valuesChart(measurements);
  const words = last ? lookText(last) : valuesText(measurements);
  return html`<figure><figcaption>${line(spec.name)}${spec.dryRun ? ' (dry run)' : ''}</figcaption>
    ${drawn ? chart(drawn, words) : ''}
    ${looks.length > 1 ? evidenceChart(looks) : ''}
    <p class="faint">${line(sentence(words), 600)}</p></figure>`;
}

interface Drawn {
  readonly steps: Steps;
  /** At which step the action was. Undefined: before the first. */
  readonly actionAt?: number | undefined;
  /** The least and the greatest value of the baseline. */
  readonly band?: readonly [least: number, greatest: number] | undefined;
  readonly ends: readonly [begin: string, end: string];
}

function chart({ steps, actionAt, band, ends }: Drawn, words: string): Markup {
  const numbers = [...steps, ...(band ?? [])].flatMap((value) => value ?? []);
  const least = Math.min(...numbers);
  const greatest = Math.max(...numbers);
  const place = placeIn(steps.length, least, greatest);
  const all = (value: number) => steps.map(() => value);
  const markAt = actionAt === undefined ? undefined : place(actionAt, least).split(' ')[0];
  return html`<svg class="series" viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img" aria-label="${plainLine(words, 600)}">
      ${band ? html`<path class="band" d="${bandPath(all(band[0]), all(band[1]), place)}"/>` : ''}
      ${markAt === undefined ? '' : html`<path class="mark" d="M${markAt} 0V${CHART.height}"/>`}
      <path d="${linePath(steps, place)}"/>
    </svg>
    <p class="ends" aria-hidden="true"><span>${ends[0]}</span> <span>${numberText(short(least))} to ${numberText(short(greatest))}</span> <span>${ends[1]}</span></p>`;
}

/** The blocks before the action, then those after it. A baseline of another time stands before the action too. */
function comparedChart({ against }: Comparison, looks: readonly Look[]): Drawn | undefined {
  const blocks = blocksIn(looks);
  const before = blocks.map(({ before: side }) => heightOf(side));
  const after = blocks.map(({ after: side }) => heightOf(side));
  const baseline = against === 'before' ? before.toReversed() : before;
  const known = baseline.flatMap((value) => value ?? []);
  const steps = [...baseline, ...after];
  if (steps.every((value) => value === null)) return undefined;
  return {
    steps,
    actionAt: baseline.length - 0.5,
    band: known.length === 0 ? undefined : [Math.min(...known), Math.max(...known)],
    ends: [against === 'before' ? 'before' : 'baseline', 'after'],
  };
}

/** How high a side is drawn: its share of bad events, its bad events a minute, or its value. */
function heightOf(side: Block['after']): number | null {
  if (side === null) return null;
  return 'value' in side ? side.value : shareOf(side);
}

const shareOf = ({ bad, of }: Extract<Side, { bad: number }>): number | null => (of > 0 ? bad / of : null);

function valuesChart(measurements: readonly Measurement[]): Drawn | undefined {
  const steps = measurements.map(({ value }) => value ?? null);
  return steps.some((value) => value !== null) ? { steps, ends: ['first', 'last'] } : undefined;
}

/** The evidence of each look that it is worse, on a logarithmic scale, with the line from which it counts. */
function evidenceChart(looks: readonly Look[]): Markup | string {
  const events = looks.flatMap(({ weighed }) => (weighed?.kind === 'events' ? [weighed] : []));
  const last = events.at(-1);
  if (!last) return '';
  const evidence = events.map(({ evidence: { worse } }) => worse);
  const enough = last.enough.worse;
  const place = placeIn(evidence.length, Math.min(0, ...evidence), Math.max(enough, ...evidence));
  const words = `Evidence that it is worse, at each of ${events.length} looks: it counts from the dashed line on, which is ${numberText(short(Math.exp(enough)))}`;
  return html`<svg class="series" viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img" aria-label="${words}">
      <path class="usual" d="${linePath(
        evidence.map(() => enough),
        place,
      )}"/>
      <path d="${linePath(evidence, place)}"/>
    </svg>
    <p class="ends" aria-hidden="true"><span>first look</span> <span>evidence of worse</span> <span>last</span></p>`;
}

function valuesText(measurements: readonly Measurement[]): string {
  const last = measurements.at(-1);
  return `${measurements.length} measurements; the last: ${last?.reason ?? ''}`;
}

const short = (value: number) => toDigits(value, 3);
