import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../domain/record/rules-changed.ts';

/** The lines around a change that are shown with it. */
const CONTEXT_LINES = 3;
/** The most characters of one file's difference, and of all differences together. People read them, and the ledger keeps them for ever. */
const MOST_EACH = 16_000;
const MOST = 128_000;

type Texts = Readonly<Record<string, string>>;

/** Returns the readable difference between two folders, in the order of their files. @param before the texts, by path */
export function differencesBetween(before: Texts, after: Texts): FileChange[] {
  const files = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  let left = MOST;
  return files.flatMap((file): FileChange[] => {
    const [was, is] = [before[file], after[file]];
    if (was === is) return [];
    const kind = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    const whole = differenceOf(was ?? '', is ?? '');
    const difference = whole.slice(0, Math.min(MOST_EACH, left));
    left -= difference.length;
    return [difference === whole ? { file, kind, difference } : { file, kind, difference, cut: true }];
  });
}

/** A unified diff without its first lines, which name the files. */
function differenceOf(before: string, after: string): string {
  const patch = createTwoFilesPatch('', '', before, after, '', '', { context: CONTEXT_LINES });
  return patch.slice(Math.max(0, patch.indexOf('@@')));
}
