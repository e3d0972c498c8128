import { html } from 'hono/html';
import { OUTCOME_WORDS } from '../../briefing/wording.ts';
import { type Action, CATEGORIES, type Category } from '../../domain/action/action.ts';
import type { OutcomeKind } from '../../domain/action/outcome.ts';
import { waitingText } from '../../domain/risk/costs.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import { changeText } from '../../domain/risk/size.ts';
import { numberText, percentText } from '../../domain/shared/shown-json.ts';
import { outcomeBadge } from './badges.ts';
import { blastDrawing } from './blast-drawing.ts';
import { bar } from './charts.ts';
import type { ActionData, Markup } from './data.ts';
import { bullets, facts, section } from './parts.ts';
import { PATHS } from './paths.ts';
import { counted, line, when } from './text.ts';

const NAMES: Readonly<Record<Category, string>> = {
  performance: 'Performance',
  security: 'Security',
  dataAccess: 'Data access',
  serviceDisruption: 'Disruption',
};

/** What the action may do, from recorded facts: no text of the agent is in it. */
export function theImpact(impact: Impact, { target }: Action): Markup {
  const { blastRadius, costs, riskScore, rollbackDifficulty, severity, size, reasons } = impact;
  const amountText = (amount: number) => `costs ${amount} in the currency of the catalog`;
  return section(
    'impact',
    'Impact',
    html`<div class="meters">
      ${meter('Risk', riskScore, 100)}
      ${CATEGORIES.map((category) => meter(NAMES[category], severity[category], 4))}
      ${meter('Rollback', rollbackDifficulty, 4)}
    </div>
    <h3>Blast radius</h3>
    ${blastDrawing(target, blastRadius)}
    ${bullets(reasons.blastRadius.map((reason) => line(reason, 1_000)))}
    <h3>Size and cost</h3>
    ${facts([
      size?.kind === 'measured'
        ? [
            'Size',
            html`${line(size.parameter)} from ${numberText(size.from)} to ${numberText(size.to)}, ${changeText(size)}`,
          ]
        : size && ['Size', html`not known, so it counts as the largest: ${line(size.reason)}`],
      ['An hour of waiting', line(waitingText(costs, target, amountText), 1_000)],
      ['Being wrong', costs.beingWrong === undefined ? 'not known' : amountText(costs.beingWrong)],
    ])}
    <details><summary>Why</summary>${bullets(
      [...CATEGORIES, 'rollbackDifficulty' as const, 'riskScore' as const, 'costs' as const]
        .flatMap((part) => reasons[part])
        .map((reason) => line(reason, 1_000)),
    )}</details>`,
  );
}

const meter = (label: string, value: number, maximum: number): Markup =>
  html`<p><span>${label}</span> ${bar(value / maximum, value / maximum >= 0.6 ? 'high' : value / maximum >= 0.3 ? 'medium' : 'low')}
    <strong>${value} of ${maximum}</strong></p>`;

/** The state of the target: its objective, what is left of its error budget, and its open problems. */
export function theService({ slo }: ActionData, { live, costs, reasons }: Impact): Markup {
  const { errorBudgetLeft: budgetLeft } = live;
  return section(
    'service',
    'SLO and error budget',
    html`${facts([
      ['Objective', slo === undefined ? 'nobody stated one' : `${slo} %`],
      [
        'Error budget left',
        budgetLeft === undefined
          ? 'nobody stated where it is read'
          : budgetLeft.kind === 'known'
            ? html`${bar(Math.min(1, Math.max(0, budgetLeft.value)), budgetLeft.value < 0.25 ? 'high' : 'low')} ${percentText(budgetLeft.value)}`
            : html`not known: ${line(budgetLeft.reason)}`,
      ],
      [
        'Being wrong would use',
        costs.errorBudget === undefined ? 'not known' : `${percentText(costs.errorBudget)} of 30 days`,
      ],
    ])}
    ${bullets(reasons.live.map((reason) => line(reason, 1_000)))}`,
  );
}

export function theSimilar({ similar }: Impact, now: number): Markup {
  const outcomes = Object.entries(similar.outcomes) as [OutcomeKind, number][];
  return section(
    'similar',
    'Similar past actions',
    similar.count === 0
      ? html`<p>There is no similar action on record.</p>`
      : html`<p>${counted(similar.count, 'action')} like it: ${outcomes.map(([kind, count]) => `${count} ${OUTCOME_WORDS[kind].label.toLowerCase()}`).join(', ')}.</p>
        <ul class="plain">${similar.last.map(
          ({
            actionId,
            target,
            environment,
            outcome,
            at,
            changed,
            reason,
          }) => html`<li>${outcomeBadge(outcome)}
            <a href="${PATHS.action(actionId)}">${line(actionId, 100)}</a><br>
            <span class="faint">${line(target)} in ${line(environment)}, ${when(at, now)}</span>${below(changed)}${below(reason)}</li>`,
        )}</ul>`,
  );
}

const below = (text: string | undefined): Markup | string =>
  text === undefined ? '' : html`<br>${line(text, 500)}`;
