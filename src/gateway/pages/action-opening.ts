import { html } from 'hono/html';
import { type HeadlineFact, headlineIn } from '../../briefing/headline.ts';
import type { Action } from '../../domain/action/action.ts';
import { changeWords } from '../../domain/risk/change-words.ts';
import type { ParameterChange } from '../../domain/risk/parameter-change.ts';
import type { ActionData, Markup } from './data.ts';
import { findingList, type PlacedFinding, placed } from './findings.ts';
import { section } from './parts.ts';
import { line, value } from './text.ts';

/** The most parameters that are shown at once: more would push the decision off the first screen. */
const SHOWN = 8;

/** What will run: each parameter as it is now and as it will be, with what contradicts it beside it. No text of the agent but quotations. */
export function theParameters(data: ActionData, action: Action): Markup {
  const { state, frame } = data;
  const { params, type, target } = action;
  const findings = placed(data);
  const names = Object.keys(params);
  const isAbout = (name: string) => findings.filter(({ parameter }) => parameter === name);
  const weightOf = (name: string) => Math.max(0, ...isAbout(name).map(({ weight }) => weight));
  const sortedNames = names.toSorted((a, b) => weightOf(b) - weightOf(a));
  const row = (name: string) => {
    const change = state.impact?.changes?.find(({ parameter }) => parameter === name);
    return html`<div><dt>${line(name)}</dt><dd>${change ? changed(change, frame.now) : value(params[name])}${findingList(isAbout(name))}</dd></div>`;
  };
  const leftOut = sortedNames.slice(SHOWN);
  return section(
    'action',
    action.takesBack
      ? 'What is taken back'
      : state.status === 'closed'
        ? 'What was asked for'
        : 'What will run',
    html`<p><code>${line(type)}</code> on ${line(target)}</p>
    ${findingList(findings.filter((finding) => !isBeside(finding, names)))}
    ${names.length === 0 ? html`<p class="faint">It has no parameters.</p>` : html`<dl class="parameters">${sortedNames.slice(0, SHOWN).map(row)}</dl>`}
    ${leftOut.length === 0 ? '' : html`<details><summary>${leftOut.length} more parameters</summary><dl class="parameters">${leftOut.map(row)}</dl></details>`}`,
  );
}

const isBeside = ({ parameter }: PlacedFinding, names: readonly string[]) =>
  parameter !== undefined && names.includes(parameter);

function changed(change: ParameterChange, now: number): Markup {
  const { from, to, notes } = changeWords(change, now);
  const shown = (text: string) => html`<code class="value" dir="ltr">${line(text, 1_000)}</code>`;
  return html`${
    from === undefined
      ? shown(to)
      : html`<span class="old"><span class="hidden">now </span>${shown(from)}</span>
            <span aria-hidden="true">→</span> <span class="hidden">will be </span><span class="new">${shown(to)}</span>`
  }${notes.length === 0 ? '' : html` <span class="faint">${line(notes.join('; '), 1_000)}</span>`}`;
}

const TONES: Readonly<Record<HeadlineFact['tone'], { readonly sign: string; readonly word: string }>> = {
  good: { sign: '✓', word: 'speaks for it: ' },
  bad: { sign: '▲', word: 'speaks against it: ' },
  unknown: { sign: '?', word: 'not known: ' },
  plain: { sign: '·', word: '' },
};

/** The facts that all channels begin with, in the same order and words. */
export const theHeadline = ({ state }: ActionData): Markup =>
  section(
    'glance',
    'At a glance',
    html`<dl class="glance">${headlineIn(state).map(({ label, text, tone }) => {
      const { sign, word } = TONES[tone];
      return html`<div class="tone-${tone}"><dt><span class="sign" aria-hidden="true">${sign}</span> ${label}</dt>
        <dd>${word === '' ? '' : html`<span class="hidden">${word}</span>`}${line(text, 600)}</dd></div>`;
    })}</dl>`,
  );
