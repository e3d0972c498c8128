import type { Installation } from '../installation/installation.ts';
import { besideOf } from '../risk/blast-radius.ts';
import { lookup } from '../shared/lookup.ts';
import { type Clause, quoted, stem } from './agent-text.ts';
import { type Finding, few } from './finding.ts';
import { isHedged, isPastAt, verbAt, verbsIn } from './grammar.ts';
import { quantityAt } from './quantity.ts';
import {
  ADD,
  AFTER_NAME,
  CAPACITY,
  CHANGE,
  DEPLOY,
  INSTANCES,
  NEEDS,
  OF_A_SERVICE,
  OPERATE,
  OPERATIONS,
} from './words.ts';

export type Catalog = Pick<Installation, 'services' | 'dependents'>;

/** Returns the services of the catalog that a clause names, in the order of the words. */
export const servicesIn = (catalog: Catalog, { words }: Clause): string[] =>
  words.flatMap((word) => serviceAt(catalog, word) ?? []);

/** Names of services begin with a letter and are written as in the catalog, in any case. */
const serviceAt = ({ services }: Catalog, word: string): string | undefined =>
  lookup(services, word)?.name ??
  (word.includes('_') ? lookup(services, word.replaceAll('_', '-'))?.name : undefined);

/** Whether a clause is about other services of the catalog than the target, and not about the target. */
export function isAboutAnother(catalog: Catalog, target: string): (clause: Clause) => boolean {
  return (clause) => {
    const { words } = clause;
    // "for checkout, which needs more memory": what "which" means stands before it, and may be anything.
    if (words[0] === 'which') return true;
    const isTopic = words.some(
      (word, at) => serviceAt(catalog, word) !== undefined && standsForAll(words, at),
    );
    return isTopic && !servicesIn(catalog, clause).includes(target);
  };
}

/** "Payments is slow", "the heap of payments", "more memory for payments": not "takes load off payments". */
const standsForAll = (words: readonly string[], at: number): boolean =>
  at <= 1 || ['of', 'for', 'on', 'to', 'in'].includes(words[at - 1] ?? '') || isOperated(words, at);

/**
 * Services that the text names as what is acted on, where the request means another one. To name a service as a cause is usual: it gives no
 * finding. A text that names services that have nothing to do with the target, and never the target, is worth a look.
 */
export function otherServices(catalog: Catalog, target: string, clauses: readonly Clause[]): Finding[] {
  const summary = clauses.filter(({ place }) => place === 'summary');
  const acted = summary.filter(
    (clause, i) =>
      actedOn(catalog, target, clause).length > 0 ||
      isOfTheOther(catalog, target, summary.slice(0, i), clause),
  );
  if (acted.length > 0)
    return few(
      acted.map((clause) => ({
        kind: 'anotherName',
        weight: 3,
        text: `the agent writes ${quoted(clause.text)}, but the target of the request is ${target}`,
      })),
    );
  const named = [...new Set(summary.flatMap((clause) => servicesIn(catalog, clause)))];
  const beside = besideOf(catalog, target);
  const strangers = named.filter(
    (name) => !beside.includes(name) && summary.some((clause) => isTopic(catalog, clause, name)),
  );
  if (named.includes(target) || strangers.length === 0) return [];
  return [
    {
      kind: 'anotherName',
      weight: 1,
      text: `the agent's summary names ${strangers.join(', ')} and not the target ${target}, which is not beside it`,
    },
  ];
}

/** "Search is slow", "the heap of search": not "room for search". */
const isTopic = (catalog: Catalog, clause: Clause, name: string): boolean =>
  clause.words.some(
    (word, at) => serviceAt(catalog, word) === name && (at <= 1 || clause.words[at - 1] === 'of'),
  );

/** Other services that a clause says to act on. */
function actedOn(catalog: Catalog, target: string, clause: Clause): string[] {
  const { words } = clause;
  const namesTarget = servicesIn(catalog, clause).includes(target);
  return words.flatMap((word, at) => {
    const name = serviceAt(catalog, word);
    if (name === undefined || name === target || isHedged(words.slice(0, at)) || isPastAt(words, at))
      return [];
    const isObject =
      isOperated(words, at) ||
      (!namesTarget &&
        (isPlace(words, at) ||
          isSetTo(words, at) ||
          isPassive(words, at) ||
          isOperation(words, at) ||
          isInNeed(words, at)));
    return isObject ? name : [];
  });
}

/** "Payments rejects requests. Its queue limit should be 25": what "its" means is the last service that the text has named. */
function isOfTheOther(
  catalog: Catalog,
  target: string,
  before: readonly Clause[],
  { words }: Clause,
): boolean {
  const [subject] = before.slice(-1).map((clause) => serviceAt(catalog, clause.words[0] ?? ''));
  return (
    words[0] === 'its' &&
    subject !== undefined &&
    subject !== target &&
    !before.some((clause) => servicesIn(catalog, clause).includes(target)) &&
    (verbsIn(words).length > 0 || words.some((word) => NEEDS.has(word)))
  );
}

/** "scale payments", "restart the payments service", "flush the search-index cache". */
function isOperated(words: readonly string[], at: number): boolean {
  const verb = verbsIn(words.slice(0, at), OPERATE).at(-1);
  if (verb === undefined) return false;
  const between = words.slice(verb + 1, at);
  const next = words[at + 1];
  const isDirect =
    between.every((word) => ['the', 'all', 'of', 'service'].includes(word)) && !between.includes('of');
  return isDirect && (next === undefined || AFTER_NAME.has(next));
}

/** "a restart of search-index". */
const isOperation = (words: readonly string[], at: number): boolean =>
  words[at - 1] === 'of' &&
  OPERATIONS.has(words[at - 2] ?? '') &&
  !words.some((word) => ['would', 'could', 'might'].includes(word));

/** "bring payments to 5 instances", "take payments down". */
const isSetTo = (words: readonly string[], at: number): boolean =>
  verbAt(words, at - 1, CHANGE) !== undefined &&
  (['up', 'down'].includes(words[at + 1] ?? '') ||
    (['to', 'by', 'from', 'on', 'with'].includes(words[at + 1] ?? '') &&
      quantityAt(words, at + 2) !== undefined));

/** "Payments should be scaled". */
function isPassive(words: readonly string[], at: number): boolean {
  const be = words.indexOf('be', at);
  return (
    at <= 1 &&
    be > 0 &&
    be - at <= 4 &&
    [OPERATE, CHANGE].some((verbs) => verbAt(words, be + 1, verbs) !== undefined)
  );
}

/** "Payments needs more instances". */
const isInNeed = (words: readonly string[], at: number): boolean =>
  at <= 1 &&
  /^(?:needs|requires|must|should|lacks)$/.test(words[at + 1] ?? '') &&
  words.some((word) => isOfInstances(word) || OPERATIONS.has(word));

const isOfInstances = (word: string) => INSTANCES.has(stem(word)) || CAPACITY.has(word);

/** "flush the cache of cart", "deploy 2.6.0 to payments", "add two instances to cart". */
function isPlace(words: readonly string[], at: number): boolean {
  const before = words.slice(0, at);
  const preposition = words[at - 1] === 'the' ? words[at - 2] : words[at - 1];
  const next = words[at + 1] ?? '';
  if (OF_A_SERVICE.has(next)) return false;
  const operates = [...verbsIn(before, OPERATE), ...verbsIn(before, DEPLOY)].some((verb) => at - verb <= 12);
  if (operates && ['of', 'to', 'on', 'onto'].includes(preposition ?? '')) return true;
  const changes = verbsIn(before, CHANGE).filter((verb) => at - verb <= 7);
  const addsTo = changes.some((verb) => ADD.has(words[verb] ?? '')) && before.some(isOfInstances);
  return changes.length > 0 && (preposition === 'of' || (preposition === 'to' && addsTo));
}
