import { html } from 'hono/html';
import { inWords } from '../../briefing/text.ts';
import type { Action, Plan, Reconcile } from '../../domain/action/action.ts';
import { describePlan, reconcileText } from '../../domain/action/plan-text.ts';
import type { Previewed } from '../../domain/action/preview.ts';
import { judgedBy, readHowOften } from '../../domain/explanation/metric-words.ts';
import { watchSentences, watchSightOf } from '../../domain/explanation/watch-sight.ts';
import { nameIn } from '../../domain/installation/directory.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import { doubtText, leadsToDoubt } from '../../domain/risk/known-good.ts';
import type { LeftBehind } from '../../domain/risk/left-behind.ts';
import { noticesOf, silenceText } from '../../domain/ruling/notices.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import type { Json } from '../../domain/shared/json.ts';
import { partOf } from '../../domain/shared/json-reader.ts';
import { sentence } from '../../domain/shared/sentence.ts';
import type { ActionData, Markup } from './data.ts';
import { bullets, facts, section } from './parts.ts';
import { seriesCharts } from './series-charts.ts';
import { line, value, when } from './text.ts';

/** The exact request, as the machine has it: no text of the agent. */
export function theRequest(data: ActionData, action: Action): Markup {
  const { state } = data;
  const { edits } = state;
  const { agent, environment, execute, params, serviceTier, target, type } = action;
  return section(
    'request',
    'Request',
    html`${facts([
      ['Does', html`<code>${line(type)}</code>`],
      ['To', html`${line(target)}, a service of tier ${serviceTier}`],
      ['In', line(environment)],
      [
        'Asked for by',
        action.takesBack
          ? line(nameIn(agent.owner))
          : html`${line(`${agent.id} ${agent.version}`)}, owned by ${line(agent.owner)}`,
      ],
    ])}
    ${plan(execute)}${thePreview(state.impact?.preview, execute)}
    ${
      edits.length === 0
        ? ''
        : html`<h3>Edited</h3>${bullets(
            edits.map(
              ({ by, reason, at }) => html`${line(by)} ${when(at, data.frame.now)}: ${line(reason, 1_000)}`,
            ),
          )}${editedParams(params, beforeEdit(data))}
          <p class="faint">Decisions from before the last edit do not count any more.</p>`
    }
    <details><summary>Digest and id</summary>${facts([
      ['Action id', html`<code>${line(action.id, 500)}</code>`],
      ['Digest', html`<code>${state.ruling?.digest ?? ''}</code>`],
    ])}</details>`,
  );
}

/** The parameters of the last ruling that had another digest. */
function beforeEdit({ entries, state }: ActionData): { readonly [name: string]: Json } {
  const now = state.ruling?.digest;
  const earlierRuling = entries.findLast(
    ({ kind, body }) => kind === 'ruled' && partOf(body, 'ruling', 'digest') !== now,
  );
  const params = partOf(earlierRuling?.body, 'action', 'params');
  return typeof params === 'object' && params !== null && !Array.isArray(params) ? params : {};
}

const editedParams = (params: Action['params'], valuesBefore: { readonly [name: string]: Json }): Markup =>
  facts(
    Object.keys(valuesBefore)
      .filter((name) => JSON.stringify(valuesBefore[name]) !== JSON.stringify(params[name]))
      .map((name) => [
        html`${line(name)} before`,
        html`<span class="old">${value(valuesBefore[name])}</span>`,
      ]),
  );

/** What the governed system says that the action would do. */
function thePreview(previewed: Previewed | undefined, execute: Plan): Markup {
  if (!previewed)
    return html`<p class="faint">Nothing says beforehand what this changes: the executor ${execute.executor} cannot.</p>`;
  if (previewed.kind === 'unknown')
    return html`<p class="warn"><strong>It is not known what this would do:</strong> ${line(previewed.reason, 1_000)}</p>`;
  if (previewed.kind === 'refused')
    return html`<p class="warn"><strong>The system says that it would refuse this:</strong> ${line(previewed.reason, 1_000)}</p>`;
  const { summary, changes, boundTo } = previewed.preview;
  const bound = Object.entries(boundTo).map(([name, text]) => `${name} ${text}`);
  return html`<h3>What the system says that this does</h3><p>${line(sentence(summary), 2_000)}</p>${
    changes.length === 0
      ? html`<p class="warn">It would change nothing.</p>`
      : html`<table class="preview"><thead><tr><th>What</th><th>Now</th><th>Then</th></tr></thead><tbody>${changes.map(
          ({ what, from, to }) =>
            html`<tr><td><code>${line(what, 500)}</code></td><td>${from === undefined ? '' : value(from)}</td><td>${to === undefined ? '' : value(to)}</td></tr>`,
        )}</tbody></table>`
  }<p class="faint">It is asked again right before it runs. If the answer differs, people decide again.${
    bound.length === 0 ? '' : html` It holds for ${line(bound.join(', '), 2_000)}.`
  }</p>`;
}

function plan(shownPlan: Plan): Markup {
  const { what, content, limits } = describePlan(shownPlan);
  return html`${what ? html`<p><code class="value">${line(what.text, 2_000)}</code></p>` : ''}${value(content.value)}<p class="faint">${line(limits.join('; '), 2_000)}.</p>`;
}

/** What is watched after the effect, and what is not seen. */
export function theWatch({ background, proposal }: ActionState, { watch }: Action, ruling: Ruling): Markup {
  const sight = watchSightOf(watch, ruling.watchForMs, proposal.successCriteria);
  return section(
    'watch',
    'Watch, and what it does not see',
    html`${bullets(
      (watch?.metrics ?? []).map(
        (metric) =>
          html`${line(metric.name)}: <code>${line(judgedBy(metric).join(', '), 600)}</code>, ${readHowOften(metric, inWords)}`,
      ),
    )}${watchSentences(sight, inWords).map((text) => html`<p>${line(sentence(text), 1_000)}</p>`)}
    ${seriesCharts(background?.series ?? [])}`,
  );
}

/** Until when people can decide, and what happens if they do not. */
export function theDeadline({ frame, state }: ActionData, ruling: Ruling): Markup {
  const { action, deadline, status, settlement, breakGlass, revocation } = state;
  const waits = status === 'waiting' && deadline !== undefined;
  const isUndecided = status === 'undecided' && deadline !== undefined;
  const silence = 'route' in ruling ? silenceText(ruling, action ?? {}) : '';
  const notices = waits
    ? noticesOf(ruling).map((notice) => html`<p class="warn">${line(notice, 1_000)}.</p>`)
    : [];
  return section(
    'deadline',
    'Deadline, and what silence does',
    html`<div data-live="deadline">${notices}
      ${
        waits
          ? html`<p class="${deadline - frame.now < 300_000 ? 'urgent' : ''}"><strong>Decide by ${when(deadline, frame.now)}.</strong> ${silence}</p>`
          : isUndecided
            ? html`<p class="${deadline - frame.now < 300_000 ? 'urgent' : ''}"><strong>It ran, and its watch cannot tell whether it did harm. Keep it or revoke it by ${when(deadline, frame.now)}.</strong> If nobody keeps it, it is taken back.</p>`
            : html`<p>${settlement ? `People's part is over: ${SETTLED[settlement.kind]}.` : 'Nobody is asked to decide on this now.'}</p>`
      }
      ${breakGlass ? html`<p class="warn"><strong>Glass was broken</strong> by ${line(breakGlass.person)} ${when(breakGlass.at, frame.now)}, incident ${line(breakGlass.incident)}: ${line(breakGlass.reason, 1_000)}</p>` : ''}
      ${revocation ? html`<p class="warn"><strong>Revoked</strong> by ${line(revocation.by)} ${when(revocation.at, frame.now)}: ${line(revocation.reason, 1_000)}</p>` : ''}
      </div>`,
  );
}

const SETTLED: Readonly<Record<string, string>> = {
  approved: 'it was approved',
  denied: 'it was denied',
  proceed: 'nobody objected in its window',
  expired: 'nobody decided in time',
  undeliverable: 'nobody could be reached',
  brokenGlass: 'somebody broke the glass',
};

/** The rollback, which is approved with the action, and what it does not undo. */
export const theRollback = ({ rollback, reconcile }: Action, { leftBehind, changes }: Impact): Markup =>
  section(
    'rollback',
    'Rollback, and what it leaves behind',
    html`${
      rollback
        ? html`<p>If a watched metric gets worse, or somebody revokes the action, this runs:</p>${plan(rollback)}${whereItLeads(changes)}${whatStays(leftBehind)}`
        : html`<p class="warn"><strong>None.</strong> This cannot be rolled back.</p>`
    }${reconcile ? theLookUp(reconcile) : ''}`,
  );

const theLookUp = (reconcile: Reconcile): Markup =>
  html`<p>If nobody knows whether it ran, it is looked up first:</p>${
    'by' in reconcile
      ? ''
      : reconcile.ask.by === 'http'
        ? html`<p><code class="value">${line(`GET ${reconcile.ask.url}`, 2_000)}</code></p>`
        : value([...reconcile.ask.argv])
  }<p class="faint">${line(reconcileText(reconcile).join('; '), 2_000)}.</p>`;

const whereItLeads = (changes: Impact['changes']): Markup[] =>
  leadsToDoubt(changes).map(
    (doubt) =>
      html`<p class="warn"><strong>Not known to be good:</strong> ${line(doubtText(doubt), 1_000)}</p>`,
  );

function whatStays(leftBehind: LeftBehind | undefined): Markup {
  switch (leftBehind?.kind) {
    case 'nothing':
      return html`<p>It leaves nothing behind, as operators declared.</p>`;
    case 'some':
      return html`<p class="warn"><strong>It sets back what it can. What stays:</strong></p>${bullets(leftBehind.what.map((what) => line(what, 1_000)))}`;
    case 'unknown':
      return html`<p class="warn">What it leaves behind is not known: ${line(leftBehind.reason, 1_000)}</p>`;
    default:
      return html`<p class="warn">Nobody stated what it leaves behind.</p>`;
  }
}
