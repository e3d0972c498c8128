import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import type { PolicyProblem } from '../../config/index.ts';

/** Matches strings and comments, which may contain a semicolon, and the semicolon that ends a policy. */
const TOKENS = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|;/gs;
const BLANKS = /^(?:\s|\/\/[^\n]*)*/;

/** Splits a file into its policies, so that the faults of each are found. Comments before a policy are left out. */
export function splitPolicies(text: string): { text: string; offset: number }[] {
  const ends = [...text.matchAll(TOKENS)].flatMap(({ 0: token, index }) => (token === ';' ? index + 1 : []));
  return [0, ...ends].flatMap((start, i) => {
    const part = text.slice(start, ends[i]);
    const blanks = BLANKS.exec(part)?.[0].length ?? 0;
    return blanks === part.length ? [] : [{ text: part.slice(blanks), offset: start + blanks }];
  });
}

/** The offset at which a text names an entity, for example `Service::"cart"`. 0 when the entity is written in another form. */
export function placeOf(text: string, { type, id }: { type: string; id: string }): number {
  const names = text.matchAll(/([A-Za-z_]\w*)\s*::\s*"((?:[^"\\]|\\.)*)"/g);
  return [...names].find(([, nameType, nameId]) => nameType === type && nameId === id)?.index ?? 0;
}

/** Converts an offset in bytes of UTF-8, as Cedar counts, to one in UTF-16 units. */
const unitsIn = (text: string, bytes: number) => Buffer.from(text).subarray(0, bytes).toString().length;

/** A problem that Cedar reports about a policy's text, with its place and its help, and without what the place says already. */
export function problemIn(
  text: string,
  { message, help, sourceLocations = [] }: DetailedError,
): PolicyProblem {
  const [place] = sourceLocations;
  const words = message
    .replace(/^failed to parse policy from string: /, '')
    .replace(/^for policy `[^`]*`[:,] /, '');
  const hints = [place?.label, help?.replace(/^for policy `[^`]*`, /, '')].filter((hint) => hint);
  return { offset: unitsIn(text, place?.start ?? 0), problem: [words, ...hints].join('; ') };
}
