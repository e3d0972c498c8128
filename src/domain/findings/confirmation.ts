import type { Vote } from '../approval/requirement.ts';
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

/** Returns the findings that a vote confirmed. A digest of no finding here is left out: it says nothing that anybody could read. */
export const confirmedIn = (
  { confirmed = [] }: Pick<Vote, 'confirmed'>,
  findings: readonly Finding[] = [],
): readonly Finding[] =>
  confirmed.length === 0 ? [] : findings.filter(({ text }) => confirmed.includes(digestOf(text)));

/** Says past which findings a person approved, a line each, without the final period. */
export const althoughLines = (vote: Pick<Vote, 'person' | 'confirmed'>, findings?: readonly Finding[]) =>
  confirmedIn(vote, findings).map(({ text }) => `${vote.person} approved although ${text}`);
