/** A fault of an installation's folder. It never contains a value of an environment variable. */
export interface ConfigFault {
  /** The path inside the folder, with forward slashes. */
  readonly file: string;
  /** Line and column count from 1. */
  readonly line: number;
  readonly column?: number;
  /** What is wrong and what to write instead. */
  readonly problem: string;
}

/** Returns `did you mean "x"?` when a known name is close, otherwise the known names. */
export function hint(name: string, candidates: Iterable<string>): string {
  const names = [...candidates].sort();
  const closest = closestOf(name, names);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  if (names.length === 0) return 'none is known here';
  return `known: ${names.slice(0, 20).join(', ')}${names.length > 20 ? `, … (${names.length} in all)` : ''}`;
}

/** Returns the known name that was probably meant; undefined when none is close. */
export function closestOf(name: string, candidates: readonly string[]): string | undefined {
  const [closest] = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return closest && closest.distance <= Math.ceil(name.length / 3) ? closest.candidate : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements of one character. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, charA] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, charB] of [...b].entries()) {
      const replacementCost = (row[j] ?? 0) + (charA === charB ? 0 : 1);
      next.push(Math.min(replacementCost, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Returns one line for each fault: `actions/cache.yaml:12:3: tier: must be ...`. */
export const faultLines = (faults: readonly ConfigFault[]): string[] =>
  faults.map(
    ({ file, line, column, problem }) =>
      `${file}:${line}${column === undefined ? '' : `:${column}`}: ${problem}`,
  );
