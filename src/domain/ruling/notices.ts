import type { Action } from '../action/action.ts';
import { deniedText } from '../attention/request-limits.ts';
import { holdText } from './lift-hold.ts';
import type { Ruling } from './ruling.ts';

/** What happens if nobody decides, in a sentence or two for everybody who is asked. */
export function silenceText(
  { route }: { readonly route: { readonly onSilence: 'deny' | 'proceed' } },
  { watch }: Pick<Action, 'watch'>,
): string {
  if (route.onSilence === 'deny')
    return 'Silence is not approval: if nobody decides, it expires and nothing is run.';
  const ill = watch ? ', or if a watched metric is not healthy by then' : '';
  return `If nobody decides, on-call is paged and it runs. It does not run if the page cannot be delivered${ill}.`;
}

/** The facts that people must know before they decide: sentences without the final period. */
export const noticesOf = ({ holds = [], deniedBefore, outsideAlready = [] }: Ruling): string[] => [
  ...holds.map((hold) => `On hold: ${holdText(hold)}`),
  ...(deniedBefore
    ? [`${deniedBefore.cancelled ? 'Cancelled' : 'Denied'} before: ${deniedText(deniedBefore)}`]
    : []),
  ...outsideAlready.map(
    (reading) =>
      `Outside its limits already: ${reading}. The action is rolled back even if it improves this, as long as the metric stays outside them`,
  ),
];
