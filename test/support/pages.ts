import { html } from 'hono/html';
import {
  actionPage,
  actionsPage,
  dashboardPage,
  decidedPage,
  errorPage,
  type Markup,
  pendingPage,
  reviewsPage,
  signInPage,
} from '../../src/gateway/pages/index.ts';
import { actionData, doubtfulData, frame, type loadStorefront, reviewData } from './page-data.ts';
import { actions, dashboard, decided, pending, reviews } from './page-lists.ts';

/** All of them are never offered at once. */
const everyForm = (storefront: Awaited<ReturnType<typeof loadStorefront>>) =>
  actionData(storefront, undefined, {
    may: {
      approve: true,
      deny: true,
      ask: true,
      edit: true,
      acknowledge: true,
      withdraw: true,
      revoke: true,
      breakGlass: true,
      cancel: true,
    },
    stepUp: { passkey: true, totp: true },
  });

const EVENTS = { events: '/api/events' };

/** Every page there is, with what it shows on a busy night. */
export const everyPage = (
  storefront: Awaited<ReturnType<typeof loadStorefront>>,
): Record<string, () => Markup> => ({
  '/sign-in': () =>
    signInPage({
      frame: { now: 0, csrf: 'a-token', devSignIn: true },
      next: '/pending',
      provider: '/sign-in/start',
      devSignIn: { path: '/sign-in/development', people: [{ name: 'priya', displayName: 'Priya Nair' }] },
    }),
  '/pending': () => pendingPage({ ...pending(), frame: frame(EVENTS) }),
  '/decided': () => decidedPage(decided()),
  '/reviews': () => reviewsPage(reviews()),
  '/actions': () => actionsPage(actions()),
  '/actions/one': () => actionPage({ ...actionData(storefront), stepUp: { passkey: false, totp: true } }),
  '/actions/every-form': () => actionPage(everyForm(storefront)),
  '/actions/doubtful': () =>
    actionPage({ ...doubtfulData(storefront), stepUp: { passkey: false, totp: true } }),
  '/actions/reviewed': () => actionPage(reviewData(storefront)),
  '/dashboard': () => dashboardPage(dashboard()),
  '/error': () =>
    errorPage({
      frame: frame({ notice: { kind: 'refused', text: 'the form is too old: load the page again' } }),
      status: 403,
      title: 'That did not come from our page',
      detail: 'The form was sent from elsewhere.',
    }),
  '/empty': () => html`${pendingPage({ frame: frame(), list: { items: [] }, first: true })}`,
});
