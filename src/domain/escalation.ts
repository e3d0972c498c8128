/** One step of an escalation route: tell these people in this way, then wait. */
export interface RouteStep {
  readonly by: 'mail' | 'page';
  /** Whom, as operators named them, for people to read. */
  readonly whom: string;
  readonly people: readonly string[];
  readonly waitMs: number;
}

/** Steps in order, and what silence through all of them means. Only a tier-2 window may end in `proceed`. */
export interface Route {
  readonly steps: readonly RouteStep[];
  readonly onSilence: 'deny' | 'proceed';
}

/** How long a route takes in silence, in milliseconds. */
export function durationOf({ steps }: { readonly steps: readonly Pick<RouteStep, 'waitMs'>[] }): number {
  return steps.reduce((total, step) => total + step.waitMs, 0);
}

/** How long a page that lets silence proceed may take: two minutes of trying, in milliseconds. */
export const PAGE_PATIENCE_MS = 120_000;

/** The worst-case time to an answer, in milliseconds: everybody is silent, and the page that a window needs is slow. */
export const worstCaseMs = (route: Pick<Route, 'onSilence'> & Parameters<typeof durationOf>[0]): number =>
  durationOf(route) + (route.onSilence === 'proceed' ? PAGE_PATIENCE_MS : 0);

export interface DueStep {
  readonly index: number;
  readonly step: RouteStep;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** When each step falls due. Times are absolute: a slow notification never moves the clock of the next step. */
export function scheduleOf(route: Route, openedAt: number): DueStep[] {
  let at = openedAt;
  return route.steps.map((step, index) => {
    const due = { index, step, at };
    at += step.waitMs;
    return due;
  });
}

/** A message to people, and what became of it. */
export interface Delivery {
  readonly step: string;
  readonly by: 'mail' | 'page';
  readonly whom: string;
  readonly delivered: boolean;
  readonly detail: string;
}
