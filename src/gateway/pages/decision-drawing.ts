import { html } from 'hono/html';
import { TIER_MEANS } from '../../briefing/wording.ts';
import type { Tier } from '../../domain/action/action.ts';
import {
  type DecisionStep,
  type DecisionSteps,
  decisionSteps,
  RESULT_WORDS,
  stepName,
} from '../../domain/explanation/decision-steps.ts';
import { counterfactualText } from '../../domain/ruling/counterfactual.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import type { Frame, Markup } from './data.ts';
import { bullets, section } from './parts.ts';
import { line, plainLine, withTimes } from './text.ts';

/** The width of the drawing, which is that of a phone; larger screens scale it up. */
const WIDTH = 360;
const ROW = 44;
const HEAD = 46;
/** The way down the left side, and what branches off it. */
const TRUNK = 14;
const BOX = { x: 36, width: WIDTH - 38, height: 34 };
/** About the characters that fit into a box. */
const LETTERS = 58;

const SIGNS: Readonly<Record<DecisionStep['result'], string>> = {
  belowFloor: '–',
  refused: '✕',
  passedOver: '–',
  taken: '✓',
  notReached: '·',
};

/** How it was ruled: what was looked at, in order, which way was taken, and why. */
export function theRuling({ now }: Frame, ruling: Ruling): Markup {
  const steps = decisionSteps(ruling);
  const { nearest = [] } = ruling;
  return section(
    'ruling',
    `Why tier ${ruling.tier}`,
    html`<p>Tier ${ruling.tier} ${TIER_MEANS[ruling.tier]}.</p>
    ${drawing(steps, ruling.floor)}
    <details><summary>The same in words</summary><ol>
      <li>${line(`The least tier is ${ruling.floor}`)}:${bullets(steps.floor.slice(0, MOST).map((reason) => line(withTimes(reason, now), 1_000)))}</li>
      ${steps.modes.map((step) => html`<li>${stepName(step)}: <strong>${RESULT_WORDS[step.result]}</strong>, ${line(sentence(step.why), 1_000)}</li>`)}
      <li>${line(sentence(`So it is ${steps.end}`))}</li></ol></details>
    ${
      nearest.length === 0
        ? ''
        : html`<h3>What would have less friction</h3>${bullets(nearest.map((change) => line(withTimes(counterfactualText(change), now), 1_000)))}`
    }`,
  );
}

const MOST = 30;

/** Draws the ways in the order in which they were tried. The way that was taken is the end of the trunk. */
function drawing({ floor, modes, end }: DecisionSteps, leastTier: Tier): Markup {
  const takenAt = modes.findIndex(({ result }) => result === 'taken');
  const last = takenAt < 0 ? modes.length - 1 : takenAt;
  const height = HEAD + modes.length * ROW;
  return html`<svg class="ruling" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="ruling-title">
    <title id="ruling-title">${plainLine(`How it was ruled: ${end}. The list below has every step.`, 300)}</title>
    <g class="way"><rect x="2" y="2" width="${WIDTH - 4}" height="34" rx="5"/>
      <text x="10" y="16">The least tier is ${leastTier}</text>
      <text class="label" x="10" y="30">${plainLine(floor.join('; '), LETTERS + 6)}</text></g>
    <path class="edge strong" d="M${TRUNK} 36 V${middleOf(last)}"/>
    ${modes.map((step, row) => way(step, row))}
  </svg>`;
}

const middleOf = (row: number) => HEAD + row * ROW + BOX.height / 2;

function way(step: DecisionStep, row: number): Markup {
  const y = HEAD + row * ROW;
  const isTaken = step.result === 'taken';
  return html`${step.result === 'notReached' ? '' : html`<path class="${isTaken ? 'edge strong' : 'edge'}" d="M${TRUNK} ${middleOf(row)} H${BOX.x}"/>`}
    <g class="way ${step.result}"><rect x="${BOX.x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5"/>
      <text x="${BOX.x + 8}" y="${y + 14}">${plainLine(`${SIGNS[step.result]} ${stepName(step)}: ${RESULT_WORDS[step.result]}`, LETTERS - 8)}</text>
      <text class="label" x="${BOX.x + 8}" y="${y + 28}">${plainLine(step.why, LETTERS)}</text></g>`;
}
