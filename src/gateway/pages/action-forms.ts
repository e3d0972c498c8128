import { html } from 'hono/html';
import type { ActionData, Markup } from './data.ts';
import { NAMED_REASONS, PATHS } from './paths.ts';
import { editable, line } from './text.ts';

/** What the form is about, so that a decision is on what the person saw. */
interface About {
  readonly data: ActionData;
  readonly path: string;
  readonly runId: string;
  readonly digest: string;
}

/** What this person may do now; each in a form of its own, which works without JavaScript. */
export function decisionForms(data: ActionData, digest: string): Markup {
  const { state, may, review } = data;
  const id = state.action?.id ?? '';
  const about = { data, path: PATHS.decide(id), runId: state.runId, digest };
  const nothing = !Object.entries(may).some(([name, allowed]) => name !== 'whyNot' && allowed);
  return html`
    ${may.whyNot === undefined ? '' : html`<p>${line(may.whyNot, 1_000)}</p>`}
    ${nothing && may.whyNot === undefined ? html`<p>Nothing now: this page is for reading.</p>` : ''}
    ${data.stepUp && !nothing ? stepUpNote(data.stepUp) : ''}
    ${may.decide ? approve(about, 'Approve', 'approve') : ''}
    ${may.decide ? deny(about, 'Deny', 'deny') : ''}
    ${may.review && review ? reviewing({ data, path: PATHS.review(id), runId: review.runId, digest: review.digest }) : ''}
    ${may.acknowledge ? form(about, 'acknowledge', html`<p>Holds the next step of the route, once. It decides nothing.</p>`, 'I am looking at it') : ''}
    ${may.ask ? ask(about) : ''} ${may.edit ? edit(about) : ''}
    ${may.withdraw ? opened('Withdraw my decision', form(about, 'withdraw', html`<p>Your decision does not count any more. You can decide again while it waits.</p>`, 'Withdraw')) : ''}
    ${may.revoke ? revoke(about) : ''} ${may.breakGlass ? breakGlass(about) : ''}`;
}

function form(
  { data, path, runId, digest }: About,
  verdict: string,
  body: Markup | string,
  button: string,
  kind = '',
): Markup {
  const { frame, stepUp, factors } = data;
  const needed = verdict === 'acknowledge' ? undefined : stepUp;
  const proof = needed ?? (verdict === 'breakGlass' ? factors : undefined);
  return html`<form method="post" action="${path}" ${proof?.passkey ? html`data-passkey="${PATHS.stepUpOptions}" data-action="${data.state.action?.id ?? ''}"` : ''}>
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
    <input type="hidden" name="runId" value="${runId}">
    <input type="hidden" name="digest" value="${digest}">
    <input type="hidden" name="verdict" value="${verdict}">
    ${proof ? html`<input type="hidden" name="assertion" value="">` : ''}
    ${body} ${proof?.totp ? code(verdict) : ''}
    <button class="${kind}">${button}</button>
  </form>`;
}

/** The fallback where there is no passkey, or no JavaScript. */
const code = (verdict: string) => html`<p><label for="code-${verdict}">Code of your authenticator app</label>
  <input id="code-${verdict}" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" size="8"></p>`;

const stepUpNote = ({ passkey, totp }: NonNullable<ActionData['stepUp']>) => html`<p class="faint">
  ${
    passkey
      ? `Deciding on this asks for your passkey${totp ? ', or a code of your authenticator app' : ''}.`
      : totp
        ? 'Deciding on this asks for a code of your authenticator app.'
        : html`Deciding on this asks for a passkey or an authenticator app, and you have neither yet: <a href="${PATHS.account}">set one up</a>.`
  }</p>${passkey && !totp ? html`<noscript><p class="warn">A passkey needs JavaScript, which is off.</p></noscript>` : ''}`;

const approve = (about: About, button: string, verdict: string, id = 'approve') =>
  form(
    about,
    verdict,
    html`<p><label for="reason-${id}">Why, if you want to say</label>
      <textarea id="reason-${id}" name="reason" rows="2" maxlength="1000"></textarea></p>`,
    button,
    'approve',
  );

const deny = (about: About, button: string, verdict: string, id = 'deny') =>
  form(about, verdict, html`${named(id)}${reason(id, 'In your words', false)}`, button, 'deny');

const named = (id: string) => html`<p><label for="named-${id}">Reason</label>
  <select id="named-${id}" name="named" required><option value="">choose one</option>
    ${NAMED_REASONS.map((each) => html`<option>${each}</option>`)}</select></p>`;

const reason = (
  id: string,
  label: string,
  required = true,
) => html`<p><label for="reason-${id}">${label}</label>
  <textarea id="reason-${id}" name="reason" rows="2" maxlength="1000" ${required ? 'required' : ''}></textarea></p>`;

const reviewing = (about: About) => html`<p>Would you have let it run? What was done stays as it is.</p>
  ${approve(about, 'I would have', 'approve', 'agree')} ${deny(about, 'I would not have', 'deny', 'disagree')}`;

const opened = (summary: string, body: Markup) =>
  html`<details class="form"><summary>${summary}</summary>${body}</details>`;

const ask = (about: About) =>
  opened(
    'Ask the agent',
    form(
      about,
      'ask',
      html`<p>The agent's answer is added to this page. It changes nothing of the action, and the deadline stays.</p>${reason('ask', 'Your question')}`,
      'Ask',
    ),
  );

/** Past so many characters nobody edits them in a form. */
const MOST_EDITED = 10_000;

function edit(about: About): Markup {
  const params = editable(about.data.state.action?.params ?? {});
  if (params.length > MOST_EDITED)
    return opened(
      'Edit the parameters',
      html`<p>They are too long to be edited here. Use <code>countersign decide</code>.</p>`,
    );
  return opened(
    'Edit the parameters',
    form(
      about,
      'edit',
      html`<p>This makes a new revision: it is assessed and ruled on again, what was decided so far does not count any more,
          and you may not decide on it yourself.</p>
        <p><label for="params">Parameters, as JSON</label>
          <textarea id="params" name="params" rows="6" spellcheck="false" class="code" required>${params}</textarea></p>
        ${reason('edit', 'Why')}`,
      'Make a new revision',
    ),
  );
}

const revoke = (about: About) =>
  opened(
    'Revoke',
    form(
      about,
      'revoke',
      html`<p>Before it ran, nothing is run. While it runs or is watched, it is stopped and rolled back.</p>${reason('revoke', 'Why')}`,
      'Revoke it',
      'deny',
    ),
  );

const breakGlass = (about: About) =>
  opened(
    'Break the glass',
    form(
      about,
      'breakGlass',
      html`<p class="warn">It runs at once, without the others. Everybody who is skipped is told, it is watched as closely as it
          can be, and it is reviewed within 24 hours. It always asks for your passkey or a code.</p>
        <p><label for="incident">Incident</label> <input id="incident" name="incident" required maxlength="200"></p>
        ${reason('break', 'Why it cannot wait')}`,
      'Run it now',
      'deny',
    ),
  );
