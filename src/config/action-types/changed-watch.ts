import { isMap, isSeq, LineCounter, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';
import type { Change } from '../../domain/learning/tuning.ts';

/** One line of a file, as it is and as it will be. */
export interface ChangedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

export interface ChangedFile {
  readonly text: string;
  readonly lines: readonly ChangedLine[];
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Returns the text of a file of action types with these changes of a watch. Everything else stays byte for byte the same, comments too.
 * Undefined when the file does not have this action type with all these metrics.
 */
export function withChanges(
  text: string,
  actionType: string,
  changes: readonly Change[],
): ChangedFile | undefined {
  const document = parseAllDocuments(text, { lineCounter: new LineCounter() }).find(
    (each) => each.errors.length === 0 && each.get('name') === actionType,
  );
  const metrics = document?.getIn(['watch', 'metrics'], true);
  if (!isSeq(metrics)) return undefined;
  const edits = changes.flatMap((change) => {
    const metric = metrics.items.find((item) => isMap(item) && item.get('name') === change.metric);
    return isMap(metric) ? (editFor(metric, change, text) ?? []) : [];
  });
  if (edits.length < changes.length) return undefined;
  return { text: applied(text, edits), lines: edits.map((edit) => lineOf(text, edit)) };
}

function editFor(metric: YAMLMap, { member, value }: Change, text: string): Edit | undefined {
  if (member === 'for') return replaced(pairOf(metric, 'count') ?? pairOf(metric, 'for'), `for: ${value}`);
  if (member !== 'tolerance')
    return (
      replaced(pairOf(metric, member), `${member}: ${value}`) ?? added(metric, `${member}: ${value}`, text)
    );
  const compare = metric.get('compare');
  if (!isMap(compare)) return undefined;
  return (
    replaced(pairOf(compare, member), `${member}: ${value}`) ?? added(compare, `${member}: ${value}`, text)
  );
}

const pairOf = (map: YAMLMap, key: string) => map.items.find((pair) => String(pair.key) === key);

const rangeOf = (node: unknown): readonly [number, number] | undefined => {
  const range: unknown = Reflect.get(Object(node), 'range');
  return Array.isArray(range) ? [range[0], range[1]] : undefined;
};

function replaced(pair: Pair | undefined, text: string): Edit | undefined {
  const [from] = rangeOf(pair?.key) ?? [];
  const [, to] = rangeOf(pair?.value) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to, text };
}

/** Puts a member before the first one of a mapping, as the mapping is written. */
function added(map: YAMLMap, member: string, text: string): Edit | undefined {
  const [from] = rangeOf(map.items[0]?.key) ?? [];
  if (from === undefined) return undefined;
  const column = from - (text.lastIndexOf('\n', from - 1) + 1);
  return { from, to: from, text: map.flow ? `${member}, ` : `${member}\n${' '.repeat(column)}` };
}

const applied = (text: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((changed, edit) => changed.slice(0, edit.from) + edit.text + changed.slice(edit.to), text);

function lineOf(text: string, edit: Edit): ChangedLine {
  const start = text.lastIndexOf('\n', edit.from - 1) + 1;
  const end = text.indexOf('\n', edit.to);
  const before = text.slice(start, end === -1 ? undefined : end);
  const after = before.slice(0, edit.from - start) + edit.text + before.slice(edit.to - start);
  return { line: text.slice(0, start).split('\n').length, before, after };
}
