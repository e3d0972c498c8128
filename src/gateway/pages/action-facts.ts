import { html } from 'hono/html';
import { planText } from '../../briefing/plan-text.ts';
import { inWords } from '../../briefing/text.ts';
import { TIER_MEANS } from '../../briefing/wording.ts';
import type { Action, Plan } from '../../domain/action/action.ts';
import type { Watch } from '../../domain/analysis/metrics.ts';
import { changeWords } from '../../domain/risk/change-words.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import type { ParameterChange } from '../../domain/risk/parameter-change.ts';
import { noticesOf, silenceText } from '../../domain/ruling/notices.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';
import type { Json } from '../../domain/shared/json.ts';
import { partOf } from '../../domain/shared/json-reader.ts';
import type { ActionData, Markup } from './data.ts';
import { bullets, facts, section } from './parts.ts';
import { line, value, when, withTimes } from './text.ts';

/** What would run, as the machine has it: no text of the agent. */
export function theAction(data: ActionData, action: Action): Markup {
  const { state } = data;
  const { edits, impact } = state;
  const { agent, environment, execute, params, serviceTier, target, type, watch } = action;
  return section(
    'action',
    'What would run',
    html`${facts([
      ['Does', html`<code>${line(type)}</code>`],
      ['To', html`${line(target)}, a service of tier ${serviceTier}`],
      ['In', line(environment)],
      ['Asked for by', html`${line(`${agent.id} ${agent.version}`)}, owned by ${line(agent.owner)}`],
    ])}
    <h3>Parameters</h3>
    ${parameters(params, impact, data.frame.now)}
    <h3>Request</h3>
    ${plan(execute)}
    ${watch ? html`<h3>Watched afterwards</h3>${watchText(watch)}` : html`<p>Nothing is watched afterwards.</p>`}
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

/** Each parameter: what it is now, what it will be, and how far that is. */
function parameters(params: Action['params'], impact: Impact | undefined, now: number): Markup {
  const names = Object.keys(params);
  if (names.length === 0) return html`<p>It has none.</p>`;
  return facts(
    names.map((name) => {
      const change = impact?.changes?.find(({ parameter }) => parameter === name);
      return [line(name), change ? changed(change, now) : value(params[name])];
    }),
  );
}

function changed(change: ParameterChange, now: number): Markup {
  const { from, to, notes } = changeWords(change, now);
  const shown = (text: string) => html`<code class="value" dir="ltr">${line(text, 1_000)}</code>`;
  return html`${
    from === undefined
      ? shown(to)
      : html`<span class="old"><span class="hidden">now </span>${shown(from)}</span>
            <span aria-hidden="true">→</span> <span class="hidden">will be </span><span class="new">${shown(to)}</span>`
  }${notes.length === 0 ? '' : html`<br><span class="faint">${line(notes.join('; '), 1_000)}</span>`}`;
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

function plan(shownPlan: Plan): Markup {
  const limit = html`<p class="faint">${line(planText(shownPlan).join('; '), 2_000)}.</p>`;
  if (shownPlan.executor === 'command') return html`${value([...shownPlan.argv])}${limit}`;
  return html`<p><code class="value">${line(`${shownPlan.method} ${shownPlan.url}`, 2_000)}</code></p>${value(shownPlan.body)}${limit}`;
}

const watchText = ({ metrics }: Watch): Markup | string =>
  bullets(
    metrics.map(({ name, count, intervalMs, failureCondition, successCondition }) => {
      const limits = [
        ...(failureCondition === undefined ? [] : [`regressed when ${failureCondition}`]),
        ...(successCondition === undefined ? [] : [`healthy when ${successCondition}`]),
      ];
      return html`${line(name)}: <code>${line(limits.join(', '))}</code>, read ${count} times, every ${inWords(intervalMs)}`;
    }),
  );

/** Until when people can decide, and what happens if they do not. */
export function theDeadline({ frame, state }: ActionData, ruling: Ruling): Markup {
  const { action, deadline, status, settlement, breakGlass, revocation } = state;
  const waits = status === 'waiting' && deadline !== undefined;
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
          : html`<p>${settlement ? `People's part is over: ${SETTLED[settlement.kind]}.` : 'Nobody is asked to decide on this now.'}</p>`
      }
      ${breakGlass ? html`<p class="warn"><strong>Glass was broken</strong> by ${line(breakGlass.person)} ${when(breakGlass.at, frame.now)}, incident ${line(breakGlass.incident)}: ${line(breakGlass.reason, 1_000)}</p>` : ''}
      ${revocation ? html`<p class="warn"><strong>Revoked</strong> by ${line(revocation.by)} ${when(revocation.at, frame.now)}: ${line(revocation.reason, 1_000)}</p>` : ''}
      </div>
      <p class="faint">Tier ${ruling.tier} ${TIER_MEANS[ruling.tier]}.</p>
      <details><summary>Why tier ${ruling.tier}</summary>${bullets(ruling.reasons.slice(0, 30).map((reason) => line(withTimes(reason, frame.now), 1_000)))}</details>`,
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

/** The rollback, which is approved with the action. */
export const theRollback = ({ rollback }: Action): Markup =>
  section(
    'rollback',
    'Rollback',
    rollback
      ? html`<p>If a watched metric gets worse, or somebody revokes the action, this runs:</p>${plan(rollback)}`
      : html`<p class="warn"><strong>None.</strong> This cannot be rolled back.</p>`,
  );
