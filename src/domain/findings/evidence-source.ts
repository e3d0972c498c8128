import type { Proposal } from '../action/action.ts';
import type { Watch } from '../analysis/metrics.ts';
import { lookup } from '../shared/lookup.ts';
import { quoted, wordsIn } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { NUMBER_WORDS } from './words.ts';

/** Evidence of which no item has a number, a time, the name of a metric, or another name to look something up by. */
export function evidenceWithoutSource({ evidence }: Proposal, watch: Watch | undefined): Finding[] {
  const metrics = (watch?.metrics ?? []).map(({ name }) => name.toLowerCase());
  const isSource = (word: string) =>
    /\d|[a-z][._/@-][a-z]/.test(word) || metrics.includes(word) || lookup(NUMBER_WORDS, word) !== undefined;
  const [first] = evidence;
  if (
    first === undefined ||
    evidence.some(({ title, detail }) => wordsIn(`${title} ${detail}`).some(isSource))
  )
    return [];
  return [
    {
      kind: 'evidenceWithoutSource',
      weight: 1,
      text: `the evidence has no number, no time and no name of a source: ${quoted(`${first.title}: ${first.detail}`)}`,
    },
  ];
}
