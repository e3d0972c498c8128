import { html } from 'hono/html';
import { theAction, theDeadline, theRollback } from './action-facts.ts';
import { decisionForms } from './action-forms.ts';
import { theImpact, theService, theSimilar } from './action-impact.ts';
import { thePeople } from './action-people.ts';
import { theAgentsWords, theAlternatives } from './action-words.ts';
import { dueBadge, outcomeBadge, riskBadge, statusBadge, tierBadge } from './badges.ts';
import type { ActionData, Markup } from './data.ts';
import { page } from './layout.ts';
import { line, plainLine, when } from './text.ts';
import { timeline } from './timeline.ts';
import { whatDecided } from './what-decided.ts';

/**
 * The page of one action, in the order in which people must read it: first what the machine knows, last the agent's words. The
 * forms stand beside the facts, and after them in reading order.
 */
export function actionPage(data: ActionData): Markup {
  const { frame, state } = data;
  const { action, impact, ruling, outcome, status, deadline } = state;
  if (!action || !impact || !ruling)
    return page(
      frame,
      { title: 'Being assessed' },
      html`<h1>Being assessed</h1><div data-live="state"><p>The action was proposed and is not ruled on yet.</p></div>`,
    );
  const { revision } = state;
  return page(
    frame,
    { title: plainLine(action.title) },
    html`<div class="opening" data-whole="opening">
        <h1>${line(action.title, 300)}</h1>
        <div data-live="state"><p class="facts" data-digest="${ruling.digest}">
          ${outcome ? outcomeBadge(outcome.kind) : statusBadge(status)} ${tierBadge(ruling.tier)} ${riskBadge(impact.riskScore)}
          ${status === 'waiting' && deadline !== undefined ? html`${dueBadge(deadline, frame.now)} <span>until ${when(deadline, frame.now)}</span>` : ''}
          ${revision > 1 ? html`<span class="badge">Revision ${revision}</span>` : ''}</p>
          ${outcome ? html`<p>${line(outcome.reason, 1_000)}</p>` : ''}
          <p><a href="#decide">${canDecide(data) ? 'Go to the decision' : 'What you can do'}</a></p></div>
      </div>
      <div class="columns">
        <article aria-label="The action" data-whole="article">
          ${theAction(data, action)}
          ${theImpact(impact, action)}
          ${theDeadline(data, ruling)}
          ${thePeople(data, ruling)}
          ${theRollback(action)}
          ${theService(data, impact)}
          ${theSimilar(impact, frame.now)}
          ${theAlternatives(state.proposal)}
          ${theAgentsWords(data)}
        </article>
 <div class="beside" data-whole="beside">
          <section id="decide" class="panel" data-live="decide" aria-labelledby="decide-heading" tabindex="-1">
            <h2 id="decide-heading">${canDecide(data) ? 'Your decision' : 'What you can do'}</h2>
            ${decisionForms(data, ruling.digest)}
            ${data.asksWhatDecided ? whatDecided(data) : ''}
          </section>
          ${timeline(data)}
        </div>
      </div>`,
  );
}

const canDecide = ({ may }: ActionData) => Boolean(may.approve || may.deny || may.review);
