import type { Action } from '../action/action.ts';
import type { ParameterChange } from '../risk/parameter-change.ts';
import type { Json } from '../shared/json.ts';
import { stem, wordsIn } from './agent-text.ts';
import { CAPACITY, GENERIC_NAMES, INSTANCES, TYPE_VERBS, UNITS } from './words.ts';

/** A numeric parameter, and the words by which a text means it. */
export interface Subject {
  readonly parameter: string;
  readonly to: number;
  /** Absent: nobody knows the value now. */
  readonly from?: { readonly value: number; readonly read: boolean } | undefined;
  /** Stems. */
  readonly nouns: ReadonlySet<string>;
  /** One of `UNITS`. */
  readonly unit?: string | undefined;
  /** Whether it counts what the service runs on, so that "scale to 6" means it. */
  readonly isCount: boolean;
  /** The service whose parameter it is: to grow it is to give it more of what it runs on. */
  readonly target: string;
}

export const subjectsOf = (action: Action, changes: readonly ParameterChange[]): Subject[] =>
  changes.flatMap((change) => {
    const { parameter, to, from } = change;
    if (typeof to !== 'number') return [];
    const names = namesOf(action, change, changes);
    const unit = unitOf(change, names, action.title);
    const nouns = nounsOf(action, change, names);
    const valueNow = from.kind === 'unknown' ? undefined : from.value;
    return {
      parameter,
      to,
      ...(typeof valueNow === 'number' ? { from: { value: valueNow, read: from.kind === 'read' } } : {}),
      nouns,
      ...(unit === undefined ? {} : { unit }),
      isCount: [...nouns].some((noun) => INSTANCES.has(noun)),
      target: action.target,
    };
  });

/** The parameter's own name, and the name of the setting where the only other parameters are texts that name it. */
function namesOf(
  { params }: Action,
  { parameter }: ParameterChange,
  changes: readonly ParameterChange[],
): string[] {
  const isOnlyNumber = changes.filter(({ to }) => typeof to === 'number').length === 1;
  const others = Object.entries(params).flatMap(([name, value]) =>
    name !== parameter && isSettingName(value) ? [value] : [],
  );
  return isOnlyNumber ? [parameter, ...others] : [parameter];
}

const isSettingName = (value: Json): value is string =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_.-]{2,63}$/.test(value);

/** Returns the parts of a name: `paymentTimeoutMs` is payment, timeout, ms. */
export const partsOf = (name: string): string[] =>
  wordsIn(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[._-]/g, ' '));

function nounsOf(
  { type, title }: Action,
  { to, unit }: ParameterChange,
  names: readonly string[],
): Set<string> {
  const ofNames = names.flatMap((name) => {
    const parts = partsOf(name).filter((part) => !UNITS.has(part));
    const perAt = parts.indexOf('per');
    const counted = perAt > 0 ? parts.slice(0, perAt) : parts;
    const specific = counted.filter((part) => !GENERIC_NAMES.has(part));
    const head = specific.at(-1);
    return head === undefined ? limitsIn(parts) : [head, name.toLowerCase(), ...limitsIn(parts)];
  });
  const typeParts = partsOf(type);
  const ofType = [...typeParts.filter((part) => !TYPE_VERBS.has(part)), ...limitsIn(typeParts)];
  const ofUnit = unit === undefined ? [] : wordsIn(unit);
  const afterValue = wordsIn(title);
  const inTitle = afterValue.flatMap((word, i) => (word === String(to) ? (afterValue[i + 1] ?? []) : []));
  const all = [...ofNames, ...ofType, ...ofUnit, ...inTitle]
    .filter((word) => !UNITS.has(word) && word.length > 2)
    .map(stem);
  const isCount = all.some((noun) => INSTANCES.has(noun));
  const isTime = all.includes('timeout') ? ['time', 'wait'] : [];
  return new Set(isCount ? [...all, ...INSTANCES, ...CAPACITY] : [...all, ...isTime]);
}

/** `ratelimit` is a limit too. */
const limitsIn = (parts: readonly string[]) =>
  parts.some((part) => part.endsWith('limit')) ? ['limit'] : [];

function unitOf({ unit, to }: ParameterChange, names: readonly string[], title: string): string | undefined {
  const titleWords = wordsIn(title);
  const inTitle = titleWords[titleWords.indexOf(String(to)) + 1];
  const candidates = [unit?.toLowerCase(), ...names.map((name) => partsOf(name).at(-1)), inTitle];
  return candidates.find((candidate) => candidate !== undefined && UNITS.has(candidate));
}
