import { html, raw } from 'hono/html';
import { renderSVG } from 'uqr';
import { type AwayData, awaySection } from './away-section.ts';
import type { Markup } from './index.ts';
import { page } from './layout.ts';
import { code, factorsIn, type Proving, provenForm } from './proven-form.ts';
import { line } from './text.ts';

/** The script that makes a passkey, on the account page. */
export const ACCOUNT_SCRIPT = '/assets/account.js';

export interface AccountData extends Proving {
  readonly away: AwayData;
  /** Whether the sign-in is recent enough to change anything. */
  readonly fresh: boolean;
  /** Where the person can sign in again. */
  readonly again: string;
  /** The domain of passkeys. Absent: browsers make none for this address. */
  readonly domain?: string | undefined;
  /** Whether there is an authenticator app that has not shown its first code yet. */
  readonly totpBegun: boolean;
  /** The secret for the new app, shown only once. */
  readonly begun?: { readonly secret: string; readonly uri: string } | undefined;
}

/** The page with the person's second factors, and with those who decide while the person is away. */
export function accountPage(data: AccountData): Markup {
  const { frame, fresh, again } = data;
  return page(
    frame,
    { title: 'Your account' },
    html`<h1>Your account</h1>
      <p>Here you add passkeys and an authenticator app, and say <a href="#away">who decides while you are away</a>. Some
        decisions need a second proof: a passkey, or a code of an authenticator app.</p>
      ${
        fresh
          ? ''
          : html`<p class="notice">To change anything here, <a href="${again}">sign in once more</a>. Your sign-in must be less than
            5 minutes old.</p>`
      }
      <section class="panel" aria-label="Passkeys">${passkeys(data)}</section>
      <section class="panel" aria-label="Authenticator app">${authenticator(data)}</section>
      <section class="panel" aria-labelledby="away">${awaySection(data, data.away)}</section>
      <script src="${ACCOUNT_SCRIPT}" defer></script>`,
  );
}

function passkeys(data: AccountData): Markup {
  const { frame, passkeys: ownPasskeys, totp, fresh, domain } = data;
  const items = ownPasskeys.map(
    (passkey) => html`<li><p>${line(passkey.name)}, added ${day(passkey.addedAt)}${
      passkey.usedAt === undefined ? '' : `, last used ${day(passkey.usedAt)}`
    }</p>
      ${
        fresh
          ? provenForm(frame, factorsIn(data), {
              path: '/account/passkeys/remove',
              fields: html`<input type="hidden" name="credentialId" value="${passkey.credentialId}">`,
              button: 'Remove this passkey',
              id: passkey.credentialId,
            })
          : ''
      }</li>`,
  );
  return html`<h2>Passkeys</h2>
    ${ownPasskeys.length === 0 ? html`<p>You have none.</p>` : html`<ul>${items}</ul>`}
    ${domain === undefined ? html`<p>Browsers make passkeys for names only: open this as localhost.</p>` : ''}
    ${
      fresh && domain !== undefined
        ? html`<form data-register data-prove="${ownPasskeys.length > 0 ? 'passkey' : ''}" method="post" action="/account/passkeys">
          <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
          <input type="hidden" name="attestation" value="">
          <p><label for="passkey-name">What you call it</label> <input id="passkey-name" name="name" maxlength="100"></p>
          ${totp && ownPasskeys.length === 0 ? code('passkey-new') : ''}
          <button class="primary">Add a passkey</button>
          <p id="register-status" class="told" role="status"></p>
          <noscript><p class="warn">A passkey needs JavaScript, which is off.</p></noscript></form>`
        : ''
    }`;
}

function authenticator(data: AccountData): Markup {
  const { frame, totp, fresh, totpBegun, begun } = data;
  if (begun || totpBegun) {
    return html`<h2>Authenticator app</h2>
      ${
        begun
          ? html`<p>Scan this with your app, or enter the secret below it; then enter the code that the app shows. It is shown
        this once.</p>
      <div class="qr" role="img" aria-label="The secret as a QR code">${raw(renderSVG(begun.uri, { border: 4 }))}</div>
      <p><code id="totp-secret">${begun.secret.replaceAll(/.{4}(?=.)/g, '$& ')}</code></p>
      <p><a href="${begun.uri}">Open it in the app of this device</a></p>`
          : html`<p>Your app has its secret. Enter the code that it shows, or begin anew.</p>`
      }
      <form method="post" action="/account/totp/confirm">
        <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">
        ${code('totp-first', true)}
        <button class="primary">That is the code</button></form>
      ${fresh && !begun ? provenForm(frame, factorsIn(data), { path: '/account/totp', button: 'Begin anew', id: 'totp' }) : ''}`;
  }
  const change = totp
    ? provenForm(frame, factorsIn(data), {
        path: '/account/totp/remove',
        button: 'Remove the authenticator app',
        id: 'totp',
      })
    : provenForm(frame, factorsIn(data), {
        path: '/account/totp',
        button: 'Set up an authenticator app',
        id: 'totp',
      });
  return html`<h2>Authenticator app</h2>
    <p>${totp ? 'It is set up.' : 'There is none.'}</p>
    ${fresh ? change : ''}`;
}

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
