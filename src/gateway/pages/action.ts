import { html } from 'hono/html';
import type { ActionState } from '../../domain/record/action-state.ts';
import { reportText } from '../../domain/record/report.ts';
import { takeBackText } from '../../domain/record/take-back.ts';
import { theDeadline, theRequest, theRollback, theWatch } from './action-facts.ts';
import { decisionForms } from './action-forms.ts';
import { theImpact, theService, theSimilar } from './action-impact.ts';
import { theHeadline, theParameters } from './action-opening.ts';
import { thePeople } from './action-people.ts';
import { theAgentsWords, theAlternatives } from './action-words.ts';
import { dueBadge, outcomeBadge, riskBadge, statusBadge, tierBadge } from './badges.ts';
import type { ActionData, Markup } from './data.ts';
import { theRuling } from './decision-drawing.ts';
import { page } from './layout.ts';
import { PATHS } from './paths.ts';
import { line, plainLine } from './text.ts';
import { timeline } from './timeline.ts';
import { theMeasured } from './watch-charts.ts';
import { whatDecided } from './what-decided.ts';

/**
 * The page of one action, in the order in which people must read it. The first screen has what will run, what contradicts it, the headline,
 * the deadline, and after these the decision; below stands what is looked up, and last the agent's words.
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
        <h1>${line(action.title, 300)} <span class="environment">in ${line(action.environment)}</span></h1>
        <div data-live="state"><p class="facts" data-digest="${ruling.digest}">
          ${outcome ? outcomeBadge(outcome.kind) : statusBadge(status)} ${tierBadge(ruling.tier)} ${riskBadge(impact.riskScore)}
          ${isAsked(status) && deadline !== undefined ? dueBadge(deadline, frame.now) : ''}
          ${revision > 1 ? html`<span class="badge">Revision ${revision}</span>` : ''}
          <a href="#decide">${canDecide(data) ? 'Go to the decision' : 'What you can do'}</a></p>
          ${outcome ? html`<p>${line(outcome.reason, 1_000)}</p>` : ''}${aftermath(state)}</div>
        ${action.takesBack ? html`<p>It takes back <a href="${PATHS.action(action.takesBack.actionId)}">${line(action.takesBack.actionId, 500)}</a>.</p>` : ''}
      </div>
      <div class="columns">
        <div class="read" data-whole="read">
          ${theParameters(data, action)}
          ${theHeadline(data)}
        </div>
        <div class="beside" data-whole="beside">
          ${theDeadline(data, ruling)}
          <section id="decide" data-live="decide" aria-labelledby="decide-heading" tabindex="-1">
            <h2 id="decide-heading">${canDecide(data) ? 'Your decision' : 'What you can do'}</h2>
            ${decisionForms(data, ruling.digest)}
            ${data.asksWhatDecided ? whatDecided(data) : ''}
          </section>
        </div>
        <article aria-label="All about the action" data-whole="article">
          ${theRequest(data, action)}
          ${theWatch(state, action, ruling)}
          ${theRollback(action, impact)}
          ${thePeople(data, ruling)}
          ${theRuling(frame, ruling)}
          ${theImpact(impact, action)}
          ${theSimilar(impact, frame.now)}
          ${theService(data, impact)}
          ${theMeasured(state)}
          ${timeline(data)}
          ${theAlternatives(state)}
          ${theAgentsWords(data)}
          <p><a href="#decide">Back to ${canDecide(data) ? 'the decision' : 'what you can do'}</a></p>
        </article>
      </div>`,
  );
}

/** What people said after it was over. */
const aftermath = ({ reports = [], takeBacks = [], erased }: ActionState): Markup => html`
  ${erased === undefined ? '' : html`<p>${line(erased, 1_000)}</p>`}
  ${reports.map((report) => html`<p>${line(reportText(report), 1_000)}</p>`)}
  ${takeBacks.map((takeBack) => html`<p><a href="${PATHS.action(takeBack.by)}">${line(takeBackText(takeBack), 1_000)}</a></p>`)}`;

const isAsked = (status: ActionState['status']) => status === 'waiting' || status === 'undecided';

const canDecide = ({ may }: ActionData) => Boolean(may.approve || may.deny || may.review || may.keep);
