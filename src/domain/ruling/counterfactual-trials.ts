import type { Action } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import { circumstancesOf, timeZoneOf } from '../calendar/calendar.ts';
import { instantOf, localTime } from '../calendar/local-time.ts';
import type { Installation } from '../installation/installation.ts';
import { takingBackIn, valuesIn } from '../risk/facts-in.ts';
import { assessImpact, type ImpactFacts } from '../risk/impact.ts';
import { lookup } from '../shared/lookup.ts';
import type { Change } from './counterfactual.ts';
import type { RulingInput } from './judge.ts';

/** What is ruled on when one thing about the action is changed. */
export interface Trial {
  readonly change: Change;
  readonly installation: Installation;
  readonly asked: RulingInput;
}

/**
 * The same input with its impact assessed again. Nothing is looked up for that: a fact that is not given counts as unknown or not on
 * record.
 */
function inputWith(
  installation: Installation,
  input: RulingInput,
  facts: Partial<ImpactFacts> = {},
): RulingInput {
  const { action, impact } = input;
  const type = lookup(installation.actionTypes, action.type);
  if (!type) return input;
  const live = { ...impact.live, circumstances: input.circumstances };
  const known = { past: [], live, preview: impact.preview, ...facts };
  return { ...input, impact: assessImpact(installation, { action, type }, known) };
}

export function undeclared(installation: Installation, input: RulingInput): Trial[] {
  if (input.declaredTier === undefined) return [];
  return [{ change: { kind: 'undeclared' }, installation, asked: { ...input, declaredTier: undefined } }];
}

const MOST_SIZES = 3;

/** The steps of the action type's size rule below the size of the action, the largest first. */
export function smaller(installation: Installation, input: RulingInput): Trial[] {
  const { action, impact } = input;
  const rules = lookup(installation.actionTypes, action.type)?.size;
  const { size } = impact;
  if (!rules || size?.kind !== 'measured') return [];
  const { parameter, from, to, change } = size;
  const steps = [...new Set(rules.raise.map(({ beyond }) => beyond))].filter((beyond) => beyond < change);
  return steps
    .sort((a, b) => b - a)
    .slice(0, MOST_SIZES)
    .map((beyond) => valueReaching(from, to, beyond))
    .filter((value) => value !== from)
    .map((value) => ({
      change: { kind: 'size', parameter, from, to: value },
      installation,
      asked: inputWith(
        installation,
        { ...input, action: { ...action, params: { ...action.params, [parameter]: value } } },
        { values: valuesIn(impact), takingBack: takingBackIn(impact) },
      ),
    }));
}

/** Returns the farthest value from `from` towards `to` that is a change of at most `share`; a whole number when `to` is one. */
function valueReaching(from: number, to: number, share: number): number {
  const way = Math.sign(to - from) * Math.abs(from) * share;
  // Slightly less, so that rounding cannot exceed the share.
  if (!Number.isInteger(to)) return from + way * (1 - 1e-9);
  return way > 0 ? Math.floor(from + way) : Math.ceil(from + way);
}

/** Tries the first moment at which no freeze is on and a change window is open. */
export function calendarOpens(installation: Installation, input: RulingInput): Trial[] {
  let at = input.at;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { frozen, outsideWindow } = circumstancesOf(installation, input.action, at);
    const next = Math.max(frozen?.until ?? 0, outsideWindow?.opensAt ?? 0);
    if (next === 0) return at === input.at ? [] : [atTime(installation, input, at)];
    if (!Number.isFinite(next)) return [];
    at = next;
  }
  return [];
}

/** The most freezes and windows in a row that are looked past. */
const MOST_STEPS = 10;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function atTime(installation: Installation, input: RulingInput, at: number): Trial {
  const circumstances = circumstancesOf(installation, input.action, at);
  return { change: { kind: 'time', from: at }, installation, asked: { ...input, circumstances, at } };
}

/** Tries each full hour until 10:00 of the next working day, in the time zone of the service, because policies may depend on the time. */
export function workingHours(installation: Installation, input: RulingInput): Trial[] {
  const { frozen, outsideWindow } = input.circumstances;
  if (frozen || outsideWindow) return [];
  const zone = timeZoneOf(installation, input.action.target);
  const today = Date.parse(localTime(input.at, zone).date);
  const mornings = [0, 1, 2, 3, 4].map((ahead) => instantOf(today + ahead * DAY + 10 * HOUR, zone));
  const morning = mornings.find((at) => at > input.at && localTime(at, zone).weekday <= 5) ?? input.at;
  const hours = Math.ceil((morning - input.at) / HOUR);
  return Array.from({ length: hours }, (_, i) =>
    atTime(installation, input, morning - (hours - 1 - i) * HOUR),
  );
}

/** Tries the first environment that is not production, for an action in production. */
export function elsewhere(installation: Installation, input: RulingInput): Trial[] {
  const { notProduction } = installation;
  const [environment] = notProduction;
  if (environment === undefined || notProduction.includes(input.action.environment)) return [];
  const action: Action = { ...input.action, environment };
  const circumstances = circumstancesOf(installation, action, input.at);
  return [
    {
      change: { kind: 'environment', environment },
      installation,
      asked: inputWith(installation, { ...input, action, circumstances }),
    },
  ];
}

/** Tries each level above the agent's, the lowest first. */
export function higherLevels(installation: Installation, input: RulingInput): Trial[] {
  const { level: from } = input.held;
  return LEVELS.filter((level) => level > from).map((level) => ({
    change: { kind: 'level', from, to: level },
    installation,
    asked: { ...input, held: { ...input.held, level } },
  }));
}

const LEVELS: readonly Level[] = [0, 1, 2, 3];

export function withRollback(installation: Installation, input: RulingInput): Trial[] {
  const { actionTypes } = installation;
  const type = lookup(actionTypes, input.action.type);
  if (input.action.rollback || !type) return [];
  const action: Action = { ...input.action, rollback: input.action.execute };
  // The ceiling of an agent is level 1 when the action type has no rollback, so the type gets one, too.
  const reversible = { ...actionTypes, [type.name]: { ...type, rollback: type.execute } };
  const changedInstallation = { ...installation, actionTypes: reversible };
  return [
    {
      change: { kind: 'rollback' },
      installation: changedInstallation,
      asked: inputWith(changedInstallation, { ...input, action }, { values: valuesIn(input.impact) }),
    },
  ];
}
