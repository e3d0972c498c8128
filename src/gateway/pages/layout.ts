import { html } from 'hono/html';
import { assetPath } from './assets.ts';
import type { Frame, Markup } from './data.ts';
import { PATHS } from './paths.ts';
import { line, withTimes } from './text.ts';

const NAVIGATION = [
  ['pending', PATHS.pending, 'Waiting for me'],
  ['decided', PATHS.decided, 'Decided'],
  ['reviews', PATHS.reviews, 'Reviews due'],
  ['actions', PATHS.actions, 'All actions'],
  ['dashboard', PATHS.dashboard, 'Dashboard'],
] as const;

const PRACTICE_NAVIGATION = [NAVIGATION[0], ['result', PATHS.practiceResult, 'How I did']] as const;

/** The item of the navigation that a page belongs to; absent for other pages. */
export type MenuItem = (typeof NAVIGATION | typeof PRACTICE_NAVIGATION)[number][0];

/** A whole page. `main` begins with its `h1`; the content of `live` is replaced when something changed. */
export function page(
  frame: Frame,
  { title, place }: { title: string; place?: MenuItem },
  main: Markup,
): Markup {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${title} · Countersign</title>
    <link rel="icon" type="image/svg+xml" href="${assetPath('icon.svg')}">
    <link rel="stylesheet" href="${assetPath('inbox.css')}">
    <script src="${assetPath('webauthn.js')}" defer></script>
    <script src="${assetPath('inbox.js')}" defer></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header>
      <p class="brand"><a href="${PATHS.pending}">Countersign</a></p>
      ${frame.practice ? navigation(PRACTICE_NAVIGATION, place) : frame.person ? html`${navigation(NAVIGATION, place)} ${whoIsIn(frame)}` : ''}
    </header>
    ${frame.devSignIn ? DEVELOPMENT : ''} ${frame.practice ? practiceNote(frame.practice, frame.person) : ''}
    <main id="main" tabindex="-1" data-now="${frame.now}" ${frame.events === undefined ? '' : html`data-events="${frame.events}"`}>
      ${frame.notice ? notice(frame.notice, frame.now) : ''}
      <p id="changed" role="status"></p>
      ${main}
    </main>
  </body>
</html>`;
}

const navigation = (
  items: readonly (readonly [name: string, path: string, label: string])[],
  place: MenuItem | undefined,
) => html`<nav aria-label="Pages"><ul>
  ${items.map(
    ([name, path, label]) =>
      html`<li><a href="${path}" ${name === place ? html`aria-current="page"` : ''}>${label}</a></li>`,
  )}
</ul></nav>`;

const whoIsIn = ({ person, csrf }: Frame) => html`<form class="who" method="post" action="${PATHS.signOut}">
  <input type="hidden" name="csrf" value="${csrf ?? ''}">
  <a href="${PATHS.account}" title="Your account: what you prove yourself with, and who decides while you are away">${line(person?.displayName ?? '')} (account)</a> <button class="quiet">Sign out</button>
</form>`;

const DEVELOPMENT = html`<aside class="development" aria-label="Development sign-in">
  <p><strong>Development sign-in.</strong> Anybody on this machine can sign in as anybody. Not for production.</p>
</aside>`;

const practiceNote = ({ decided, waiting }: NonNullable<Frame['practice']>, person: Frame['person']) =>
  html`<aside class="development" aria-label="Practice">
  <p><strong>This is practice.</strong> Nothing here can run, and what you say here counts nowhere. ${waiting} of ${decided + waiting} wait for you.
    ${person ? html`On this page you are ${line(person.displayName)}, who may decide on it.` : ''}</p>
</aside>`;

const notice = ({ kind, text }: NonNullable<Frame['notice']>, now: number) =>
  html`<p class="notice ${kind}" role="${kind === 'refused' ? 'alert' : 'status'}">
    <strong>${kind === 'refused' ? 'Refused:' : 'Done:'}</strong> ${line(withTimes(text, now), 1_000)}</p>`;
