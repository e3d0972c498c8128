import { html } from 'hono/html';
import { alternativeText } from '../../domain/background/alternatives.ts';
import { calibrationText } from '../../domain/background/calibration.ts';
import { nameIn } from '../../domain/installation/directory.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import { percentText } from '../../domain/shared/shown-json.ts';
import { bar } from './charts.ts';
import type { ActionData, Markup } from './data.ts';
import { ITEMS, marksOf, placed, saidId } from './findings.ts';
import { section } from './parts.ts';
import { counted, line, plainLine, when, words } from './text.ts';

/**
 * The alternatives that the agent names, with the agent's confidence in each. What the machine found about them stands outside of the
 * agent's words, and is marked as the machine's.
 */
export function theAlternatives({ proposal, background = {} }: ActionState): Markup | string {
  if (proposal.takesBack) return '';
  const { alternatives, confidence } = proposal.rationale;
  const { calibration, alternatives: lookedInto = [] } = background;
  return section(
    'alternatives',
    'Alternatives, with the agent’s confidence',
    html`<div class="agent"><p class="from-agent">Written by the agent, checked by nobody</p>
      <p>This action: ${confidenceText(confidence)}</p></div>
      ${calibration ? fromMachine(calibrationText(calibration)) : ''}
      ${
        alternatives.length === 0
          ? html`<p>It names none.</p>`
          : html`<ol>${alternatives.slice(0, ITEMS).map(
              (
                { option, confidence: optionConfidence, whyNot },
                i,
              ) => html`<li><div class="agent">${words(option)}
                <p>${confidenceText(optionConfidence)}</p>
                <p class="faint">Why not:</p>${words(whyNot)}</div>
                ${lookedInto.filter(({ place }) => place === i).map((facts) => fromMachine(alternativeText(facts)))}</li>`,
            )}</ol>${moreNote(alternatives)}`
      }`,
  );
}

const fromMachine = (text: string): Markup =>
  html`<p class="from-machine"><strong>Found by the machine:</strong> ${line(sentence(text), 1_000)}</p>`;

const confidenceText = (confidence: number): Markup =>
  html`${bar(confidence)} ${percentText(confidence)} sure`;

const moreNote = (items: readonly unknown[]): Markup | string =>
  items.length > ITEMS ? html`<p class="faint">${items.length - ITEMS} more are in the ledger.</p>` : '';

/** The agent's own text. INVARIANT 12: it is the last thing to read, and marked as the agent's. */
export function theAgentsWords(data: ActionData): Markup {
  const { state, frame } = data;
  const { agent, evidence, rationale, successCriteria } = state.proposal;
  const { questions } = state;
  const marks = marksOf(placed(data));
  const { action } = state;
  if (action?.takesBack)
    return section(
      'words',
      `In the words of ${plainLine(nameIn(action.agent.owner))}`,
      html`<div data-live="words">${words(rationale.summary)}</div>`,
    );
  const criteriaFrom = 1 + evidence.slice(0, ITEMS).length;
  return section(
    'words',
    'In the agent’s own words',
    html`<div class="agent" data-live="words"><p class="from-agent">Written by the agent ${line(agent.id)}, checked by nobody. It decides nothing.</p>
      <h3>Why</h3>${words(rationale.summary, marks, saidId(0))}
      <h3>Evidence</h3>
      ${evidence.length === 0 ? html`<p>It gives none.</p>` : ''}
      ${evidence.slice(0, ITEMS).map(({ title, detail }, i) => html`<h4>${line(title)}</h4>${words(detail, marks, saidId(1 + i))}`)}${moreNote(evidence)}
      <h3>What it expects to see</h3>
      <ul>${successCriteria.slice(0, ITEMS).map((criterion, i) => html`<li>${words(criterion, marks, saidId(criteriaFrom + i))}</li>`)}</ul>${moreNote(successCriteria)}
      ${
        questions.length === 0
          ? ''
          : html`<h3>${counted(questions.length, 'answer to a question', 'answers to questions')}</h3>
            ${questions.map(
              ({ person, answer }) => html`<h4>To ${line(person)}</h4>
              ${answer ? html`<p class="faint">${when(answer.at, frame.now)}</p>${words(answer.text)}` : html`<p class="faint">Not answered yet.</p>`}`,
            )}`
      }</div>`,
  );
}
