import { z } from 'zod';
import { jsonValue } from '../contract/json.ts';
import type { Preview } from '../domain/action/preview.ts';
import { exactJsonIn } from '../domain/shared/exact-json.ts';
import { faultsText } from '../domain/shared/json.ts';
import { answerLine } from './answer-text.ts';

const line = z.string().min(1).transform(answerLine);

const printedPreview = z.strictObject({
  summary: line,
  changes: z.array(
    z
      .strictObject({ what: line, from: jsonValue.optional(), to: jsonValue.optional() })
      .transform(({ what, from, to }) => ({
        what,
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      })),
  ),
  boundTo: z.record(z.string(), z.string()).default({}),
  before: jsonValue.optional(),
});

export type PrintedPreview =
  | { readonly kind: 'preview'; readonly preview: Preview }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Reads what a preview program printed: a JSON object of the form of `Preview`, or text, of which each line that is not blank is a
 * change.
 */
export function previewIn(text: string): PrintedPreview {
  return text.trimStart().startsWith('{') ? inJson(text) : { kind: 'preview', preview: inLines(text) };
}

function inJson(text: string): PrintedPreview {
  const json = exactJsonIn(text);
  if (json.kind === 'none') return none('begins with "{" and is no JSON');
  if (json.kind === 'altered') return none(faultsText(json.faults));
  const parsed = printedPreview.safeParse(json.value);
  if (!parsed.success)
    return none(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  const { before, ...preview } = parsed.data;
  return { kind: 'preview', preview: before === undefined ? preview : { ...preview, before } };
}

function inLines(text: string): Preview {
  const changes = text
    .split('\n')
    .map(answerLine)
    .filter((change) => change !== '')
    .map((what) => ({ what }));
  const [first, second] = changes;
  const summary = second ? `${changes.length} changes` : (first?.what ?? 'it would change nothing');
  return { summary, changes, boundTo: {} };
}

const none = (why: string): PrintedPreview => ({ kind: 'none', why: answerLine(why) });
