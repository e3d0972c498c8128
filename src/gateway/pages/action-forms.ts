import { html } from 'hono/html';
import type { Reported } from '../../domain/action/reported.ts';
import type { DecisionKind } from '../../domain/approval/decision-statement.ts';
import type { PinnedGateway } from '../../domain/approval/signing-gateway.ts';
import { needsSecondProof } from '../../domain/approval/verify-decision.ts';
import { confirmationsOf } from '../../domain/findings/confirmation.ts';
import type { ActionData, Markup } from './data.ts';
import { CONFIRMS, confirmedIn } from './form.ts';
import { NAMED_REASONS, PATHS } from './paths.ts';
import { code, provenForm } from './proven-form.ts';
import { editable, line, withTimes } from './text.ts';

/** What a form is about, so that a decision is on what the person saw. */
interface About {
  readonly data: ActionData;
  readonly path: string;
  readonly runId: string;
  readonly digest: string;
}

/** The forms for what this person may do now. Each is a form of its own, and works without JavaScript. */
export function decisionForms(data: ActionData, digest: string): Markup {
  const { state, may, review } = data;
  const id = state.action?.id ?? '';
  const about = { data, path: PATHS.decide(id), runId: state.runId, digest };
  const { whyNot: _, cancel: mayCancel, takeBack: mayTakeBack, report: found, ...decisions } = may;
  const decides = Object.values(decisions).some((isAllowed) => isAllowed);
  const isReadOnly = !decides && !mayCancel && !mayTakeBack && !found;
  return html`
    ${may.whyNot === undefined ? '' : html`<p>${line(withTimes(may.whyNot, data.frame.now), 1_000)}</p>`}
    ${isReadOnly && may.whyNot === undefined ? html`<p>Nothing now: this page is for reading.</p>` : ''}
    ${data.stepUp && decides ? stepUpNote(data.stepUp, state.ruling?.gateway) : ''}
    ${may.approve ? approve(about, 'Approve', 'approve', 'approve', confirmations(about)) : ''}
    ${may.deny ? deny(about, 'Deny', 'deny') : ''}
    ${may.keep ? keep(about) : ''} ${may.extend ? extend(about) : ''}
    ${may.review && review ? reviewForms({ data, path: PATHS.review(id), runId: review.runId, digest: review.digest }) : ''}
    ${may.acknowledge ? form(about, 'acknowledge', html`<p>Delays the next step of the route, once. It decides nothing.</p>`, 'I am looking at it') : ''}
    ${may.ask ? ask(about) : ''} ${may.edit ? edit(about) : ''}
    ${may.withdraw ? detailsForm(about, 'withdraw', 'Withdraw my decision', form(about, 'withdraw', html`<p>Your decision does not count any more. You can decide again while it waits.</p>`, 'Withdraw')) : ''}
    ${may.revoke ? revoke(about) : ''} ${may.breakGlass ? breakGlass(about) : ''}
    ${mayCancel ? cancel(data, id) : ''} ${mayTakeBack ? takeBack(about, id) : ''} ${found ? report(about, id, found) : ''}`;
}

function form(
  { data, path, runId, digest }: About,
  verdict: DecisionKind,
  body: Markup | string,
  button: string,
  kind = '',
): Markup {
  const { frame, state, stepUp, factors } = data;
  // A review asks for no second proof, even if the action did.
  const gateway = stepUp ? state.ruling?.gateway : undefined;
  const proof = needsSecondProof(gateway, verdict) ? (stepUp ?? factors) : undefined;
  return html`<form method="post" action="${path}" ${proof?.passkey ? html`data-passkey="${PATHS.stepUpOptions}" data-action="${data.state.action?.id ?? ''}"` : ''}>
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
    <input type="hidden" name="runId" value="${runId}">
    <input type="hidden" name="digest" value="${digest}">
    <input type="hidden" name="verdict" value="${verdict}">
    ${proof ? html`<input type="hidden" name="assertion" value="">` : ''}
    ${body} ${proof?.totp ? code(verdict) : ''}
    <button class="${kind}">${button}</button>
    ${proof?.passkey ? html`<p class="told" role="status"></p>` : ''}
  </form>`;
}

/** What was typed into the form of this verdict, if this form was refused. */
function typedBefore({ data: { typed } }: About, verdict: string, name: string): string | undefined {
  const value = typed?.verdict === verdict ? typed[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

const stepUpNote = (
  { passkey, totp }: NonNullable<ActionData['stepUp']>,
  gateway: PinnedGateway | undefined,
) => html`<p class="faint">
  ${
    passkey
      ? `To decide on this, prove who you are with your passkey${totp ? ', or a code of your authenticator app' : ''}.`
      : totp
        ? 'To decide on this, prove who you are with a code of your authenticator app.'
        : html`To decide on this, prove who you are with a passkey or an authenticator app. You have neither yet: <a href="${PATHS.account}">set one up</a>.`
  }${needsSecondProof(gateway, 'deny') ? '' : ' To deny it or to ask, being signed in is enough.'}</p>${withoutScript({ passkey, totp })}`;

const withoutScript = ({ passkey, totp }: NonNullable<ActionData['factors']>) =>
  passkey && !totp
    ? html`<noscript><p class="warn">A passkey needs JavaScript, which is off.</p></noscript>`
    : '';

const approve = (
  about: About,
  button: string,
  verdict: DecisionKind,
  id: string,
  confirm: Markup | string = '',
) =>
  form(
    about,
    verdict,
    html`${confirm}<p><label for="reason-${id}">Why, if you want to say</label>
      <textarea id="reason-${id}" name="reason" rows="2" maxlength="1000">${typedBefore(about, verdict, 'reason') ?? ''}</textarea></p>`,
    button,
    'approve',
  );

/** A box for each finding that an approval must confirm: nobody approves past one without having said so. */
function confirmations({ data: { state, typed } }: About): Markup | string {
  const toConfirm = confirmationsOf(state.findings);
  if (toConfirm.length === 0) return '';
  const ticked = typed ? confirmedIn(typed) : [];
  return html`<fieldset><legend>To approve, confirm each</legend>${toConfirm.map(
    ({ digest, words }) => html`<p class="confirm">
      <label><input type="checkbox" name="${CONFIRMS}${digest}" value="yes" required ${ticked.includes(digest) ? 'checked' : ''}>
        <span>${line(words, 1_000)}</span></label></p>`,
  )}</fieldset>`;
}

const deny = (about: About, button: string, verdict: DecisionKind, id = 'deny') =>
  form(
    about,
    verdict,
    html`${namedReasonField(about, verdict, id)}${reason(about, verdict, id, 'In your words', false)}`,
    button,
    'deny',
  );

const namedReasonField = (
  about: About,
  verdict: string,
  id: string,
) => html`<p><label for="named-${id}">Reason, if you want to say</label>
  <select id="named-${id}" name="named"><option value="">none</option>
    ${NAMED_REASONS.map((namedReason) => html`<option ${namedReason === typedBefore(about, verdict, 'named') ? 'selected' : ''}>${namedReason}</option>`)}</select></p>`;

const reason = (
  about: About,
  verdict: string,
  id: string,
  label: string,
  required = true,
) => html`<p><label for="reason-${id}">${label}</label>
  <textarea id="reason-${id}" name="reason" rows="2" maxlength="1000" ${required ? 'required' : ''}>${typedBefore(about, verdict, 'reason') ?? ''}</textarea></p>`;

const reviewForms = (about: About) => html`<p>Would you have let it run? What was done stays as it is.</p>
  ${approve(about, 'I would have', 'approve', 'agree')} ${deny(about, 'I would not have', 'deny', 'disagree')}`;

/** A form that is closed, unless it was the one that was refused. */
const detailsForm = (
  { data: { typed } }: Pick<About, 'data'>,
  verdict: string,
  summary: string,
  body: Markup,
) =>
  html`<details class="form" ${typed?.verdict === verdict ? 'open' : ''}><summary>${summary}</summary>${body}</details>`;

const ask = (about: About) =>
  detailsForm(
    about,
    'ask',
    'Ask the agent',
    form(
      about,
      'ask',
      html`<p>The agent's answer is added to this page. It changes nothing of the action, and the deadline stays.</p>${reason(about, 'ask', 'ask', 'Your question')}`,
      'Ask',
    ),
  );

/** The longest parameters that are edited in a form, in characters. */
const MOST_EDITED = 10_000;

function edit(about: About): Markup {
  const params = editable(about.data.state.action?.params ?? {});
  if (params.length > MOST_EDITED)
    return detailsForm(
      about,
      'edit',
      'Edit the parameters',
      html`<p>They are too long to edit here. Use <code>countersign decide</code>.</p>`,
    );
  return detailsForm(
    about,
    'edit',
    'Edit the parameters',
    form(
      about,
      'edit',
      html`<p>This makes a new revision. It is assessed and ruled on again, earlier decisions do not count any more,
          and you may not decide on it yourself.</p>
        <p><label for="params">Parameters, as JSON</label>
          <textarea id="params" name="params" rows="6" spellcheck="false" class="code" required>${typedBefore(about, 'edit', 'params') ?? params}</textarea></p>
        ${reason(about, 'edit', 'edit', 'Why')}`,
      'Make a new revision',
    ),
  );
}

const keep = (about: About) =>
  form(
    about,
    'keep',
    html`<p>It ran, and its watch cannot tell whether it did harm. If nobody keeps it in time, it is taken back.</p>${reason(about, 'keep', 'keep', 'Why you keep it')}`,
    'Keep it',
    'approve',
  );

const extend = (about: About) =>
  detailsForm(
    about,
    'extend',
    'Watch it for longer',
    form(
      about,
      'extend',
      html`<p>It is watched for as long again, and its effect stays meanwhile. If that cannot tell either, people are asked again.</p>${reason(about, 'extend', 'extend', 'Why')}`,
      'Watch it for longer',
    ),
  );

const revoke = (about: About) =>
  detailsForm(
    about,
    'revoke',
    'Revoke',
    form(
      about,
      'revoke',
      html`<p>If it has not run yet, nothing runs. If it runs or is watched, it is stopped and rolled back.</p>${reason(about, 'revoke', 'revoke', 'Why')}`,
      'Revoke it',
      'deny',
    ),
  );

/** The pattern of an incident for the browser to check: the same as `incident` of `contract/decision.ts`. */
export const INCIDENT_PATTERN = String.raw`[A-Za-z0-9][A-Za-z0-9._:#\/\-]{0,199}`;

function breakGlass(about: About): Markup {
  const { stepUp, factors = stepUp } = about.data;
  const unproved = factors && !factors.passkey && !factors.totp;
  const fields = html`${factors && !stepUp ? withoutScript(factors) : ''}
    <p><label for="incident">Incident</label>
      <input id="incident" name="incident" value="${typedBefore(about, 'breakGlass', 'incident') ?? ''}" required maxlength="200"
        pattern="${INCIDENT_PATTERN}" title="such as INC-4711, without blanks" aria-describedby="incident-is">
      <br><span id="incident-is" class="faint">As your incident management calls it, such as INC-4711: letters, digits and
        . _ : # / - without blanks</span></p>
    ${reason(about, 'breakGlass', 'break', 'Why it cannot wait')}`;
  return detailsForm(
    about,
    'breakGlass',
    'Break the glass',
    html`<p class="warn">The action runs at once, without the other approvers. They are told. The action is watched as strictly
        as possible, and reviewed within 24 hours. This always needs your passkey or a code.</p>
      ${
        unproved
          ? html`<p>You have neither a passkey nor an authenticator app: <a href="${PATHS.account}">set one up</a> first.</p>`
          : form(about, 'breakGlass', fields, 'Run it now', 'deny')
      }`,
  );
}

const takeBack = (about: About, id: string) =>
  detailsForm(
    about,
    'takeBack',
    'Take it back',
    html`<p>This makes a new action: the rollback that is on record. Another person has to approve it. You cannot approve it
        yourself. It is refused if something else ran on ${line(about.data.state.action?.target ?? '')} since.</p>
      ${order(about, id, {
        verdict: 'takeBack',
        fields: html`<input type="hidden" name="kind" value="rollback"><input type="hidden" name="digest" value="${about.digest}">`,
        button: 'Ask to take it back',
      })}`,
  );

const REPORTS: Readonly<Record<Reported, { readonly summary: string; readonly says: string }>> = {
  regressed: {
    summary: 'Report that it made things worse',
    says: 'The watch found nothing, and it did harm all the same. The agent loses a level. What it changed stays as it is.',
  },
  rollbackWrong: {
    summary: 'Report that the rollback was wrong',
    says: 'The watch found a regression, and there was none. What was taken back stays so.',
  },
};

const report = (about: About, id: string, found: Reported) =>
  detailsForm(
    about,
    'report',
    REPORTS[found].summary,
    html`<p>${REPORTS[found].says} "countersign tune" learns from it.</p>
      ${order(about, id, {
        verdict: 'report',
        fields: html`<input type="hidden" name="kind" value="report"><input type="hidden" name="found" value="${found}">`,
        button: 'Report it',
      })}`,
  );

/** A form for an order about an action that is over. It always needs a second proof. */
function order(
  about: About,
  id: string,
  { verdict, fields, button }: { readonly verdict: string; readonly fields: Markup; readonly button: string },
): Markup {
  const { frame, factors } = about.data;
  if (!factors?.passkey && !factors?.totp)
    return html`<p>This needs a passkey or an authenticator app. You have neither yet: <a href="${PATHS.account}">set one up</a> first.</p>`;
  const asked = provenForm(frame, factors, {
    path: PATHS.order(id),
    options: PATHS.orderOptions(id),
    fields: html`<input type="hidden" name="verdict" value="${verdict}"> ${fields} ${reason(about, verdict, verdict, 'Why')}`,
    button,
    kind: 'deny',
    id: verdict,
  });
  return html`${asked}${withoutScript(factors)}`;
}

const cancel = (data: ActionData, id: string) =>
  detailsForm(
    { data },
    'cancel',
    'Cancel the request',
    html`<form method="post" action="${PATHS.cancel(id)}">
      <input type="hidden" name="csrf" value="${data.frame.csrf ?? ''}">
      <input type="hidden" name="verdict" value="cancel">
      <p>Your side requested this action, and can cancel it. If it has not run yet, nothing runs. What already stands in
        production is rolled back.</p>
      <button class="deny">Cancel the request</button></form>`,
  );
