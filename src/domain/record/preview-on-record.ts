import { abilitiesOf } from '../action/abilities.ts';
import type { Plan } from '../action/action.ts';
import type { Preview, Previewed } from '../action/preview.ts';
import { digestOf } from '../shared/digest.ts';
import type { EntryBodies, OnRecord } from './on-record.ts';

/** How old a preview may be to be gone by, in milliseconds. */
const FRESH_MS = 60_000;

/** The answer of a step that must know first what the plan would do. */
export interface PreviewFirst {
  readonly kind: 'previewFirst';
  /** How long the governed system may take to say so, in milliseconds. */
  readonly withinMs: number;
}

/** What is known of what a plan would do: from the record, or nothing because its executor makes no previews, or not yet. */
export type KnownPreview =
  | { readonly kind: 'known'; readonly previewed: Previewed }
  | { readonly kind: 'none' }
  | PreviewFirst;

/**
 * Returns what the record says that a plan would do. Only a preview of this very plan counts, made since the last ruling, and not long ago.
 *
 * @param unpreviewed why no preview could be made, where the workflow says so. It can only make a ruling stricter.
 */
export function previewOnRecord(
  { previewed }: Pick<OnRecord, 'previewed'>,
  plan: Plan,
  now: number,
  unpreviewed: string | undefined,
): KnownPreview {
  if (!abilitiesOf(plan).previews) return { kind: 'none' };
  if (previewed && previewed.plan === digestOf(plan) && now - previewed.madeAt < FRESH_MS)
    return { kind: 'known', previewed: previewed.previewed };
  return unpreviewed === undefined
    ? { kind: 'previewFirst', withinMs: plan.timeoutMs }
    : { kind: 'known', previewed: { kind: 'unknown', reason: unpreviewed } };
}

/** Returns the preview that people, or the rules, permitted an action with. Undefined: nothing previewed it. */
export const previewIn = (ruled: Pick<EntryBodies['ruled'], 'impact'> | undefined): Preview | undefined =>
  ruled?.impact.preview?.kind === 'previewed' ? ruled.impact.preview.preview : undefined;
