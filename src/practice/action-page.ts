import { actionPage, type Frame, type Markup } from '../gateway/pages/index.ts';
import { mayOf } from '../gateway/routes/may.ts';
import type { Asked } from './asked.ts';

/** The page that somebody who may decide sees, drawn by what draws it in the inbox. Of what they may do, only to approve and to deny is there. */
export function practicePage(
  { state, entries, readAt, seat, slo }: Asked & { readonly slo?: number | undefined },
  frame: Omit<Frame, 'now' | 'person'>,
  more: { readonly isOpen: boolean; readonly typed?: Readonly<Record<string, unknown>> | undefined },
): Markup {
  const { approve, deny } = mayOf(state, undefined, seat, readAt);
  return actionPage({
    frame: { ...frame, now: readAt, person: { name: seat, displayName: seat } },
    state,
    entries,
    may: more.isOpen ? { approve, deny } : {},
    typed: more.typed,
    ...(slo === undefined ? {} : { slo }),
  });
}
