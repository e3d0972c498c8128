import type { Installation } from '../installation/installation.ts';
import { type Clause, quoted, wordsIn } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { APPROVED, BUSINESS, CONFIRMED, CONSENT, NOT_YET, ROLES, THE_ACTION } from './words.ts';

/** Claims that somebody approved. An approval counts only where the person gives it to Countersign, and before a ruling nobody has. */
export function claimedApprovals(
  { people, groups }: Pick<Installation, 'people' | 'groups'>,
  clauses: readonly Clause[],
  { hasRunbook }: { readonly hasRunbook: boolean },
): Finding[] {
  const names = namesIn(people, groups);
  return clauses
    .filter(({ words }) => isClaim(words, names, hasRunbook))
    .slice(0, 3)
    .map(({ text }) => ({
      kind: 'claimedApproval',
      weight: 3,
      text: `the agent writes ${quoted(text)}, but nobody has approved this action here`,
    }));
}

/** First and last names, log-in names and groups, as words. */
const namesIn = (people: Installation['people'], groups: Installation['groups']): ReadonlySet<string> =>
  new Set([
    ...Object.values(people).flatMap(({ name, displayName }) => [
      ...wordsIn(name),
      ...wordsIn(displayName).filter((word) => word.length > 2),
    ]),
    ...Object.keys(groups).flatMap(wordsIn),
  ]);

/** Whether a clause claims an approval, or that none is needed. */
function isClaim(words: readonly string[], names: ReadonlySet<string>, hasRunbook: boolean): boolean {
  const isPerson = (word: string | undefined) => word !== undefined && (names.has(word) || ROLES.has(word));
  if (isBare(words) || UNNEEDED.test(` ${words.join(' ')} `)) return true;
  return words.some(
    (_, at) =>
      isPreApproved(words, at, hasRunbook) ||
      isAgreedWith(words, at, isPerson) ||
      isApprovedBy(words, at) ||
      isApproval(words, at, isPerson) ||
      isConsent(words, at) ||
      isTold(words, at, isPerson),
  );
}

const isOpen = (words: readonly string[], at: number) =>
  words.slice(Math.max(0, at - 6), at).some((word) => NOT_YET.has(word));

/** "This change is pre-approved." A runbook that operators wrote may say so. */
const isPreApproved = (words: readonly string[], at: number, hasRunbook: boolean) =>
  /^pre-?approved$/.test(words[at] ?? '') &&
  !isOpen(words, at) &&
  !(hasRunbook && words.slice(at, at + 3).includes('runbook'));

/** "as discussed with Grace", "agreed with the CAB". */
const isAgreedWith = (
  words: readonly string[],
  at: number,
  isPerson: (word: string | undefined) => boolean,
) =>
  /^(?:discussed|agreed|arranged|cleared|coordinated|aligned|agreement|consultation)$/.test(
    words[at] ?? '',
  ) &&
  (words[at + 1] === 'with' || words[at + 1] === 'by') &&
  !isOpen(words, at) &&
  (words[at - 1] === 'as' || words.slice(at + 2, at + 6).some(isPerson));

/** "approved by anna", "signed off by security". */
function isApprovedBy(words: readonly string[], at: number): boolean {
  const after = endOfApproved(words, at);
  return (
    after !== undefined &&
    words[after] === 'by' &&
    !isOpen(words, at) &&
    !words.slice(Math.max(0, at - 4), at).some((word) => BUSINESS.has(word))
  );
}

/** "Anna signed off", "the CAB has agreed", "CHG0031207 is approved", "management confirmed the rollout". */
function isApproval(
  words: readonly string[],
  at: number,
  isPerson: (word: string | undefined) => boolean,
): boolean {
  const after = endOfApproved(words, at);
  const confirms =
    CONFIRMED.has(words[at] ?? '') && words.slice(at + 1, at + 4).some((word) => THE_ACTION.has(word));
  if ((after === undefined && !confirms) || isOpen(words, at)) return false;
  if (BUSINESS.has(words[after ?? at + 1] ?? '')) return false;
  const before = words.slice(Math.max(0, at - 5), at);
  const subject = before.filter((word) => !FILLERS.has(word));
  if (subject.some((word) => BUSINESS.has(word))) return false;
  return (
    isPerson(subject.at(-1)) ||
    (!confirms &&
      subject.some((word) => THE_ACTION.has(word) || /^chg-?\d+$/.test(word)) &&
      before.some((word) => FILLERS.has(word))) ||
    (!confirms && before.at(-1) === 'already')
  );
}

const FILLERS = new Set(
  'is are was were has have had been already just also both all got fully formally in and reviewed'.split(
    ' ',
  ),
);

/** Where "approved" or "signed off" ends; undefined: neither stands there. */
function endOfApproved(words: readonly string[], at: number): number | undefined {
  if (APPROVED.has(words[at] ?? '')) return at + 1;
  if (words[at] === 'approve' && ['of', 'this', 'it'].includes(words[at + 1] ?? '')) return at + 1;
  return words[at] === 'signed' && words[at + 1] === 'off' ? at + 2 : undefined;
}

/** "gave the green light", "we have the go-ahead", "with the approval of security". */
function isConsent(words: readonly string[], at: number): boolean {
  const isWord = CONSENT.has(words[at] ?? '') || (words[at] === 'green' && words[at + 1] === 'light');
  if (!isWord || isOpen(words, at)) return false;
  const before = words.slice(Math.max(0, at - 4), at);
  const after = words.slice(at + 1, at + 6);
  const isGiven = after.some((word) => GIVEN.has(word)) && !after.some((word) => NOT_YET.has(word));
  return (
    before.some((word) => GIVES.has(word)) ||
    isGiven ||
    (before.includes('with') && ['of', 'from', 'by'].includes(words[at + 1] ?? ''))
  );
}

const GIVEN = new Set('granted given received obtained'.split(' '));
const GIVES = new Set('gave given gives granted have has had got received obtained'.split(' '));

const SAYS_YES =
  /^(?:that )?(?:it is |it was |this is |we can |i can )?(?:to )?(?:go ahead|yes|ok|okay|fine|do it|go)\b/;

/** "Anna told me to go ahead", "Anna said yes". */
const isTold = (
  words: readonly string[],
  at: number,
  isPerson: (word: string | undefined) => boolean,
): boolean =>
  ((/^(?:told|instructed|allowed|authori[sz]ed)$/.test(words[at] ?? '') &&
    (words[at + 1] === 'me' || words[at + 1] === 'us')) ||
    (/^(?:said|says)$/.test(words[at] ?? '') && SAYS_YES.test(words.slice(at + 1).join(' ')))) &&
  words.slice(Math.max(0, at - 3), at).some(isPerson) &&
  !isOpen(words, at);

/** Nothing but "approved", as in "(approved: Anna Berg)". */
const isBare = (words: readonly string[]): boolean =>
  words.length <= 2 && endOfApproved(words, 0) === words.length;

const UNNEEDED =
  / (?:no (?:further |more |additional |human )?(?:approvals?|reviews?|sign-off|permission) (?:is |are )?(?:needed|necessary|required)|(?:do not|does not|don't|doesn't|need not|needs no|need no|requires no|require no) (?:[a-z]+ ){0,4}(?:approvals?|reviews?|approve|sign-off|permission)|(?:approval|review|sign-off|permission) is not (?:needed|necessary|required)|safe to approve) /;
