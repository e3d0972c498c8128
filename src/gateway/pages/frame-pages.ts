import { html } from 'hono/html';
import type { ErrorData, Markup, SignInData } from './data.ts';
import { page } from './layout.ts';
import { PATHS } from './paths.ts';
import { line, withTimes } from './text.ts';

export function signInPage({ frame, next, provider, devSignIn }: SignInData): Markup {
  const goOn = html`<input type="hidden" name="next" value="${next}">
    <input type="hidden" name="csrf" value="${frame.csrf ?? ''}">`;
  return page(
    frame,
    { title: 'Sign in' },
    html`<h1>Sign in</h1>
      <p>Countersign asks people before agents change production. Sign in to see what waits for you.</p>
      ${
        provider === undefined
          ? ''
          : html`<form method="post" action="${provider}" class="panel">${goOn}
            <button class="primary">Sign in with your organisation</button></form>`
      }
      ${
        devSignIn === undefined
          ? ''
          : html`<form method="post" action="${devSignIn.path}" class="panel">${goOn}
            <p><label for="person">Person</label>
              <select id="person" name="person">${devSignIn.people.map(
                ({ name, displayName }) =>
                  html`<option value="${name}" ${name === frame.person?.name ? 'selected' : ''}>${displayName} (${name})</option>`,
              )}</select></p>
            <button class="primary">Sign in as this person</button></form>`
      }`,
  );
}

export function errorPage({ frame, status, title, detail, signIn }: ErrorData): Markup {
  return page(
    frame,
    { title },
    html`<h1>${line(title)}</h1>
      ${detail === undefined ? '' : html`<p>${line(withTimes(detail, frame.now), 1_000)}</p>`}
      ${status < 400 ? '' : html`<p class="faint">HTTP status ${status}.${status < 500 ? ' Nothing was decided.' : ''}</p>`}
      <p>${
        signIn === undefined
          ? html`<a href="${PATHS.pending}">What waits for me</a>`
          : html`<a href="${signIn}">Sign in</a>`
      }</p>`,
  );
}
