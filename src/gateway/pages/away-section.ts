import { html } from 'hono/html';
import {
  type Delegation,
  type DelegationScope,
  DOUBTFUL,
  scopeText,
} from '../../domain/approval/delegation.ts';
import type { Form } from './form.ts';
import type { Markup } from './index.ts';
import { factorsIn, type Proving, provenForm } from './proven-form.ts';
import { line, plainLine, when } from './text.ts';

/** The address that the section's forms post to. `ORDER_OPTIONS` gives the options for a passkey's assertion of such an order. */
export const ORDERS = '/account/orders';
export const ORDER_OPTIONS = '/account/orders/options';

export interface AwayData {
  /** The delegations by which somebody decides for this person, and those by which this person decides for others: now or later. */
  readonly delegations: readonly Delegation[];
  /** All other people. */
  readonly people: readonly { readonly name: string; readonly displayName: string }[];
  readonly services: readonly string[];
  readonly actionTypes: readonly string[];
  /** The time zone in which days begin and end. */
  readonly timeZone: string;
  /** The day of now in that time zone, for example `2026-12-24`. */
  readonly today: string;
  /** What was typed into a refused form, so that the person can correct it. */
  readonly typed: Form;
}

/** Who decides in this person's place, and for whom this person decides. */
export function awaySection(proving: Proving, away: AwayData): Markup {
  const provable = proving.passkeys.length > 0 || proving.totp;
  const items = away.delegations.map(
    (entry, i) => html`<li>${delegation(entry, proving)} ${provable ? end(entry, proving, i) : ''}</li>`,
  );
  return html`<h2 id="away">While you are away</h2>
    <p>Another person can decide in your place for some time. They get at once what you would be asked. This needs your
      passkey, or a code of your authenticator app.</p>
    ${items.length === 0 ? html`<p>Nobody decides in your place.</p>` : html`<ul>${items}</ul>`}
    ${provable ? give(proving, away) : html`<p class="notice">Add a passkey or an authenticator app first.</p>`}`;
}

function delegation(
  { from, to, scope, since, until, reason, doubtful }: Delegation,
  { frame: { person, now } }: Proving,
): Markup {
  const sentence =
    from === person?.name
      ? html`${line(to)} decides in your place`
      : html`You decide in the place of ${line(from)}`;
  return html`<p>${sentence}, on ${line(scopeText(scope))}, from ${when(since, now)} until ${when(until, now)}:
    ${line(reason)}${doubtful ? html` <strong>This is ${DOUBTFUL}.</strong>` : ''}</p>`;
}

const end = ({ id }: Delegation, proving: Proving, i: number): Markup =>
  provenForm(proving.frame, factorsIn(proving), {
    path: ORDERS,
    options: ORDER_OPTIONS,
    button: 'End it',
    id: `end-${i}`,
    fields: html`<input type="hidden" name="kind" value="endDelegation">
      <input type="hidden" name="delegationId" value="${id}"> ${why(`end-${i}`)}`,
  });

function give(proving: Proving, away: AwayData): Markup {
  const { people, services, actionTypes, timeZone, today } = away;
  const typedOrder = away.typed.kind === 'delegate' ? away.typed : {};
  const typedBefore = (name: string, otherwise = '') => String(typedOrder[name] ?? otherwise);
  const option = (name: string, value: string, label: Markup | string) =>
    html`<option value="${value}" ${typedBefore(name) === value ? 'selected' : ''}>${label}</option>`;
  const scopes = (label: string, kind: DelegationScope['kind'], names: readonly string[]) =>
    names.length === 0
      ? ''
      : html`<optgroup label="${label}">${names.map((name) => option('scope', `${kind}:${name}`, plainLine(name)))}</optgroup>`;
  const day = (name: string, label: string) => html`<p><label for="away-${name}">${label}</label>
    <input id="away-${name}" type="date" name="${name}" min="${today}" value="${typedBefore(name, today)}" required></p>`;
  return provenForm(proving.frame, factorsIn(proving), {
    path: ORDERS,
    options: ORDER_OPTIONS,
    button: 'Give my place',
    id: 'away',
    fields: html`<input type="hidden" name="kind" value="delegate">
      <p><label for="away-to">Who decides in your place</label>
        <select id="away-to" name="to" required><option value="">choose one</option>
          ${people.map(({ name, displayName }) => option('to', name, html`${plainLine(displayName)} (${plainLine(name)})`))}
        </select></p>
      ${day('from', `First day (${timeZone})`)} ${day('until', `Last day (${timeZone})`)}
      <p><label for="away-scope">On what</label>
        <select id="away-scope" name="scope"><option value="everything">everything</option>
          ${scopes('One service', 'service', services)} ${scopes('One action type', 'actionType', actionTypes)}
        </select></p>
      ${why('away', typedBefore('reason'))}`,
  });
}

const why = (id: string, typedReason = ''): Markup => html`<p><label for="why-${id}">Why</label>
  <input id="why-${id}" name="reason" maxlength="1000" value="${typedReason}" required></p>`;
