import { beginningOf } from '../shared/beginning.ts';
import { exactLine } from '../shared/visible.ts';

/**
 * A contradiction that the machine found: what the agent wrote, or asks for, beside what the request, the installation, the metrics or the
 * ledger say. A finding is shown to people. It lowers nothing: no tier, no severity and no risk falls because of it.
 */
export interface Finding {
  readonly kind: FindingKind;
  /** The parameter that it is shown beside. Absent: it is about the action as a whole. */
  readonly parameter?: string | undefined;
  readonly weight: Weight;
  /** One sentence for people, without the final period: what was compared with what, and both values. Texts of the agent are quoted. */
  readonly text: string;
}

/** 1: worth a look; 2: doubtful; 3: speaks against the action by itself. */
export type Weight = 1 | 2 | 3;

/** What each weight says to a reader. */
export const WEIGHT_WORDS: Readonly<Record<Weight, string>> = {
  3: 'Look closely',
  2: 'Doubtful',
  1: 'Worth a look',
};

export const FINDING_KINDS = [
  'numberDiffers',
  'anotherName',
  'claimedApproval',
  'wrongDirection',
  'notMeasured',
  'evidenceOld',
  'evidenceWithoutSource',
  'largeChange',
  'neverSetBefore',
  'noChange',
  'wentWrongBefore',
  'notKnownGood',
  'incidentOpen',
  'notUndone',
  'detector',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** The most findings of one rule about one thing: a text that repeats itself says no more. */
const MOST = 3;

export const few = (findings: readonly Finding[]): Finding[] => findings.slice(0, MOST);

/** The longest text of a finding, in UTF-16 units: names of parameters may be long. */
const LONGEST = 600;

/**
 * Sorts findings: what weighs most comes first, and otherwise they keep their order. Each sentence is there once. INVARIANT 12: names and
 * values in it may be the agent's, so every text is on one line and bounded.
 */
export const sorted = (findings: readonly Finding[]): Finding[] =>
  findings
    .map((finding) => ({ ...finding, text: beginningOf(exactLine(finding.text), LONGEST) }))
    .filter(({ text }, i, all) => all.findIndex((other) => other.text === text) === i)
    .sort((a, b) => b.weight - a.weight);
