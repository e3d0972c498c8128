import type { ParameterChange } from '../risk/parameter-change.ts';
import { type Clause, quoted, wordsIn } from './agent-text.ts';
import { type Finding, few, type Weight } from './finding.ts';
import { isHedged, tellsOfPast, verbAt, verbsIn } from './grammar.ts';
import { BEFORE_VERSION, DEPLOY, VERSION_DOES } from './words.ts';

const VERSION = /^v?\d+(?:\.\d+){1,3}(?:[-+][a-z0-9.+-]*)?$/;

const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && VERSION.test(value.toLowerCase());

const plain = (version: string) => version.toLowerCase().replace(/^v/, '');

/** A parameter that is a version. */
interface Version {
  readonly parameter: string;
  readonly to: string;
  /** The version now, if it is known. */
  readonly from?: string | undefined;
}

export const versionsOf = (changes: readonly ParameterChange[]): Version[] =>
  changes.flatMap(({ parameter, to, from }) =>
    isVersion(to)
      ? [{ parameter, to, from: from.kind !== 'unknown' && isVersion(from.value) ? from.value : undefined }]
      : [],
  );

/**
 * Versions that the text says to deploy, or tells what they do, and that are neither the requested nor the present one. A version of
 * something else, such as a library, does not count.
 */
export function otherVersions(
  changes: readonly ParameterChange[],
  clauses: readonly Clause[],
  target: string,
): Finding[] {
  const summary = clauses.filter(({ place }) => place === 'summary');
  const evidence = clauses.filter(({ place }) => place === 'evidence');
  return versionsOf(changes).flatMap((version) => {
    const deployed = summary.filter(
      (clause) => !names(version, [clause]) && isDeployed(version, clause, target),
    );
    const described = names(version, summary) ? [] : summary.filter((clause) => isDescribed(version, clause));
    const tested = names(version, evidence)
      ? []
      : evidence.filter((clause) => isTested(version, clause, evidence));
    return [
      ...few([...new Set([...deployed, ...described])].map((clause) => differs(version, 3, clause))),
      ...tested.slice(0, 1).map((clause) => differs(version, 2, clause)),
    ];
  });
}

const differs = ({ parameter, to, from }: Version, weight: Weight, { text }: Clause): Finding => ({
  kind: 'anotherName',
  parameter,
  weight,
  text: `the agent writes ${quoted(text)}, but the request sets ${parameter} to ${to}${from === undefined || from === to ? '' : `, from ${from}`}`,
});

/** Whether the requested version itself is named. */
const names = ({ to }: Version, clauses: readonly Clause[]): boolean =>
  clauses.some(({ words }) => words.some((word) => plain(word) === plain(to)));

/** The places of other versions. */
const othersIn = ({ to, from }: Version, { words }: Clause): number[] =>
  words.flatMap((word, at) => {
    const isKnown = plain(word) === plain(to) || (from !== undefined && plain(word) === plain(from));
    return VERSION.test(word) && hasFormOf(word, to) && !isKnown ? at : [];
  });

const partsOf = (version: string) => (plain(version).split(/[-+]/)[0] ?? '').split('.');

/** A number with one dot may be anything: where the requested version is such a one, others count with a "v". */
const hasFormOf = (word: string, to: string): boolean =>
  partsOf(word).length === partsOf(to).length && (partsOf(to).length > 2 || word.startsWith('v'));

/** "deploy 2.5.1", "upgrade checkout to v2.5.1". */
function isDeployed(version: Version, clause: Clause, target: string): boolean {
  const { words } = clause;
  const ofTarget = wordsIn(target);
  return othersIn(version, clause).some((at) => {
    const before = words.slice(0, at);
    const verb = verbsIn(before, DEPLOY).at(-1);
    if (verb === undefined || isHedged(before) || tellsOfPast(before)) return false;
    return before
      .slice(verb + 1)
      .every((word) => BEFORE_VERSION.has(word) || ofTarget.includes(word) || VERSION.test(word));
  });
}

/** "Version 2.5.1 fixes the rounding", "2.5.1 no longer asks twice": not "2.5.1 had a hole". */
const isDescribed = (version: Version, clause: Clause): boolean =>
  othersIn(version, clause).some((at) => {
    const { words } = clause;
    const isSubject = at === 0 || /^(?:version|release|build|tag)$/.test(words[at - 1] ?? '');
    const after = words.slice(at + 1);
    return isSubject && (VERSION_DOES.has(after[0] ?? '') || !tellsOfPast(after));
  });

/** "2.5.1: 1,204 tests passed": what was tested is not what is deployed. */
const isTested = (version: Version, clause: Clause, evidence: readonly Clause[]): boolean =>
  evidence.some(({ words }) => words.some((word) => /^(?:tests?|builds?|pipeline|checks)$/.test(word))) &&
  othersIn(version, clause).some(
    (at) => at === 0 || /^(?:version|release|build|tag|of|image|in|on)$/.test(clause.words[at - 1] ?? ''),
  );

/** Whether the text says that the version goes up or down. */
export function versionDirection(words: readonly string[]): 'up' | 'down' | undefined {
  if (isHedged(words) || tellsOfPast(words)) return undefined;
  const says = (phrase: string) => ` ${words.join(' ')} `.includes(` ${phrase} `);
  const upgrades = words.some((_, i) => verbAt(words, i, UPGRADE) !== undefined);
  const isUp = upgrades || ['newer version', 'newest version', 'latest version', 'newer release'].some(says);
  const isDown =
    words.some((_, i) => verbAt(words, i, DOWNGRADE) !== undefined) ||
    ['roll back to', 'rolling back to', 'go back to', 'going back to', 'revert to', 'reverting to'].some(
      says,
    ) ||
    ['previous version', 'older version'].some(says);
  return isUp === isDown ? undefined : isUp ? 'up' : 'down';
}

const UPGRADE = new Set(['upgrade', 'upgrading']);
const DOWNGRADE = new Set(['downgrade', 'downgrading']);

/** Returns less than 0, 0 or more than 0, as the numbers of the first version are below, at or above those of the second. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => partsOf(version).map(Number);
  const [first, second] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(first.length, second.length); i += 1) {
    const difference = (first[i] ?? 0) - (second[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
