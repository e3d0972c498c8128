import type { Tuning } from '../config/index.ts';
import type { Change } from '../domain/learning/tuning.ts';
import { sentence } from '../domain/shared/sentence.ts';

/** A suggestion for people: what happened, and the lines of the file, as they are and as they should be. */
export function tuningLines({ actionType, suggestion, file, lines }: Tuning, isApplied: boolean): string[] {
  const { kind, because, remedy } = suggestion;
  return [
    sentence(`${actionType}: ${because}`),
    ...(remedy === undefined ? [] : [`  ${sentence(remedy)}`]),
    ...(lines.length === 0 ? suggestion.changes.map(changeText) : []),
    ...lines.flatMap(({ line, before, after }) => [
      `  ${file}:${line}`,
      `  - ${before.trim()}`,
      ...after.split('\n').map((each) => `  + ${each.trim()}`),
    ]),
    ...(lines.length === 0 ? [] : [`  ${whatNow(kind, isApplied)}`]),
  ];
}

/** A change whose line cannot be told, because the metric stands behind an alias. */
const changeText = ({ metric, member, value }: Change) => `  ${metric}: write ${member}: ${value}`;

function whatNow(kind: Tuning['suggestion']['kind'], isApplied: boolean): string {
  if (kind === 'loosen')
    return 'This is looser. It is never written by itself: the owner of the file has to change it, in a commit that they sign.';
  return isApplied
    ? 'Written. Restart the workers with the new folder.'
    : 'This is tighter: with --apply it is written into the file.';
}
