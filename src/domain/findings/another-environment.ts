import { lookup } from '../shared/lookup.ts';
import { type Clause, quoted } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { verbAt, verbsIn } from './grammar.ts';
import {
  CHANGE,
  DEPLOY,
  ENVIRONMENT_KINDS,
  ENVIRONMENT_NAMES,
  NEEDS,
  OPERATE,
  OPERATIONS,
  TELLS_OF,
} from './words.ts';

/** Environments that the text means, where the request is for another. How something did elsewhere before is no contradiction. */
export const otherEnvironments = (
  environment: string,
  environments: readonly string[],
  clauses: readonly Clause[],
): Finding[] =>
  clauses
    .filter(({ place }) => place === 'summary' || place === 'criterion')
    .flatMap((clause) => {
      const other = otherIn(environment, environments, clause.words);
      if (other === undefined || !isMeant(clause.words)) return [];
      return [
        {
          kind: 'anotherName',
          weight: 3,
          text: `the agent writes ${quoted(clause.text)}, but the request is for ${environment}`,
        },
      ];
    });

function otherIn(
  environment: string,
  environments: readonly string[],
  words: readonly string[],
): string | undefined {
  const own = canonical(environment);
  const named = words.flatMap((word, i) => {
    const name = lookup(ENVIRONMENT_NAMES, word);
    if (name !== undefined) return name;
    // A name of the installation may be an everyday word, such as "test": it counts beside "environment" alone.
    const isNamedSo =
      environments.includes(word) && (words[i + 1] === 'environment' || words[i - 1] === 'environment');
    const isKind = ENVIRONMENT_KINDS.has(word) && words[i + 1] === 'environment';
    return isNamedSo || isKind ? canonical(word) : [];
  });
  return named.includes(own) ? undefined : named.find((name) => name !== own);
}

const canonical = (environment: string) =>
  lookup(ENVIRONMENT_NAMES, environment.toLowerCase()) ?? environment;

function isMeant(words: readonly string[]): boolean {
  if (isLabel(words) || isOrder(words)) return true;
  const others = words.filter((word, i) => !(ENVIRONMENT_KINDS.has(word) && words[i + 1] === 'environment'));
  if (others.some((word) => TELLS_OF.has(word))) return words.join(' ').includes('load test') && acts(words);
  return acts(words);
}

/** "Target environment: staging". */
const isLabel = (words: readonly string[]): boolean =>
  words.length <= 4 && words.some((word) => word === 'environment' || word === 'env');

/** "Please run it in staging until then": whatever else is said, it begins with what shall be done. */
const isOrder = (words: readonly string[]): boolean =>
  words[0] === 'please' && [CHANGE, DEPLOY, OPERATE].some((verbs) => verbAt(words, 1, verbs) !== undefined);

const acts = (words: readonly string[]): boolean =>
  [CHANGE, DEPLOY, OPERATE].some((verbs) => verbsIn(words, verbs).length > 0) ||
  words.some((word) => NEEDS.has(word) || OPERATIONS.has(word) || word === 'goes');
