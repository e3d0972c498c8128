import { digestOf } from '../shared/digest.ts';
import type { Finding } from './finding.ts';

/** A finding that an approval must confirm. */
export interface Confirmation {
  /** The digest of the finding's text: another text, for example after an edit, must be confirmed anew. */
  readonly digest: string;
  /** What is confirmed, in the words of the person who approves, without the final period. */
  readonly words: string;
}

/** Returns what whoever approves must confirm, one for each finding that is more than worth a look. */
export const confirmationsOf = (findings: readonly Finding[] = []): Confirmation[] =>
  findings
    .filter(({ weight }) => weight > 1)
    .map(({ text }) => ({ digest: digestOf(text), words: `Approve although ${text}` }));

/** Returns what an approval does not confirm. @param confirmed digests, as whoever approves sent them */
export const unconfirmed = (
  findings: readonly Finding[] | undefined,
  confirmed: readonly string[],
): Confirmation[] => confirmationsOf(findings).filter(({ digest }) => !confirmed.includes(digest));
