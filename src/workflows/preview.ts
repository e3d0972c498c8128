import type { Proposal } from '../domain/action/action.ts';
import type { PreviewFirst } from '../domain/record/preview-on-record.ts';
import { preview as previewActivity } from './activities.ts';
import { failureOf, reasonOf } from './activity-error.ts';

/** How often a preview is made for one step, where each is too old once the step begins. */
const MOST_PREVIEWS = 3;
/** How much longer than the governed system may take an attempt may take, in milliseconds: for a slow ledger. */
const MARGIN_MS = 15_000;

/**
 * Asks a step. Where it must know first what the action would do, the governed system is asked for a preview, and then the step again.
 *
 * @param ask asks the step; `unpreviewed` says why no preview could be made, and the step then goes on without one, more strictly
 */
export async function withPreview<Answer>(
  proposal: Proposal,
  ask: (unpreviewed?: string) => Promise<Answer | PreviewFirst>,
): Promise<Answer> {
  for (let previews = 0; ; previews += 1) {
    const answer = await ask();
    if (!isPreviewFirst(answer)) return answer;
    const why = previews === MOST_PREVIEWS ? 'its previews came too late' : await previewed(proposal, answer);
    if (why !== undefined) return (await ask(why)) as Answer;
  }
}

/** Has a preview made and recorded. Returns why none could be. */
async function previewed(proposal: Proposal, { withinMs }: PreviewFirst): Promise<string | undefined> {
  const startToCloseTimeout = withinMs + MARGIN_MS;
  try {
    await previewActivity.executeWithOptions(
      {
        summary: 'ask what it would do',
        startToCloseTimeout,
        scheduleToCloseTimeout: 3 * startToCloseTimeout,
      },
      [{ proposal }],
    );
    return undefined;
  } catch (error) {
    if (!failureOf(error)) throw error;
    return `it could not be previewed: ${reasonOf(error)}`;
  }
}

const isPreviewFirst = (answer: unknown): answer is PreviewFirst =>
  (answer as Partial<PreviewFirst>).kind === 'previewFirst';
