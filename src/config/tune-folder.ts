import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Accuracy } from '../domain/learning/accuracy.ts';
import { type Suggestion, suggestionsFor } from '../domain/learning/tuning.ts';
import { readActions } from './action-types/actions.ts';
import { type ChangedLine, withChanges } from './action-types/changed-watch.ts';
import type { ConfigFault } from './source/fault.ts';
import { readFolder } from './source/folder.ts';
import { parseYaml } from './source/yaml-files.ts';

/** What the record of an action type says about its watch, and the lines of its file that would change. */
export interface Tuning {
  readonly actionType: string;
  readonly suggestion: Suggestion;
  /** The path inside the folder. */
  readonly file: string;
  readonly lines: readonly ChangedLine[];
}

export type Tuned =
  | { readonly kind: 'tuned'; readonly tunings: readonly Tuning[] }
  | { readonly kind: 'faulty'; readonly faults: readonly ConfigFault[] };

/**
 * Works out what past actions say about the watches of an installation's folder. A changed file is checked before it is written.
 *
 * @param isApplied whether what is tighter is written into the files. What is looser is never written.
 */
export async function tuneFolder(
  folder: string,
  accuracies: readonly Accuracy[],
  isApplied: boolean,
): Promise<Tuned> {
  const { actions, faults } = readActions((await readFolder(folder)).actions);
  if (faults.length > 0) return { kind: 'faulty', faults };
  const tunings: Tuning[] = [];
  for (const { type, source } of actions) {
    const accuracy = accuracies.find(
      ({ actionType, target }) => actionType === type.name && target === undefined,
    );
    for (const suggestion of accuracy ? suggestionsFor(type.watch, accuracy) : []) {
      const path = join(folder, source.file);
      const text = await readFile(path, 'utf8');
      const changed = withChanges(text, type.name, suggestion.changes) ?? { text, lines: [] };
      const changedFaults = readActions(parseYaml(source.file, changed.text)).faults;
      if (changedFaults.length > 0) return { kind: 'faulty', faults: changedFaults };
      if (isApplied && suggestion.kind === 'tighten') await writeFile(path, changed.text);
      tunings.push({ actionType: type.name, suggestion, file: source.file, lines: changed.lines });
    }
  }
  return { kind: 'tuned', tunings };
}
