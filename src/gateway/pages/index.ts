/**
 * The pages of the gateway: pure functions of what they show. They work without JavaScript, and contain no script and no style:
 * `ASSETS` are served beside them.
 */
export { actionPage } from './action.ts';
export { ASSETS, type Asset } from './assets.ts';
export { dashboardPage } from './dashboard.ts';
export type {
  ActionData,
  ActionsData,
  DashboardData,
  DecidedData,
  Frame,
  Markup,
  May,
  PendingData,
  ReviewsData,
} from './data.ts';
export { errorPage, signInPage } from './frame-pages.ts';
export { actionsPage, decidedPage, pendingPage, reviewsPage } from './lists.ts';
export { PATHS, pageOfForm, reasonSent } from './paths.ts';
