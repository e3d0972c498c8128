import { abilitiesOf } from '../action/abilities.ts';
import type { Action } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import type { Previewed } from '../action/preview.ts';
import { type HeldLevel, LOWER } from '../autonomy/held-level.ts';
import type { ActionType, Installation } from '../installation/installation.ts';
import { besideOf } from '../risk/blast-radius.ts';
import { valuesIn } from '../risk/facts-in.ts';
import type { Impact, ImpactFacts } from '../risk/impact.ts';
import { whyNotUndone } from '../risk/known-good.ts';
import { type Live, type LiveFacts, liveOf } from '../risk/live-context.ts';
import type { ValueNow } from '../risk/parameter-change.ts';
import { difficultyWith } from '../risk/rollback-difficulty.ts';
import type { CurrentValue } from '../risk/size.ts';
import { changesTo } from '../risk/values-now.ts';
import { canonicalJson } from '../shared/digest.ts';
import { lookup } from '../shared/lookup.ts';
import type { RecordedRuling } from './recorded-ruling.ts';

/**
 * How a fact is taken that a folder needs and the ledger does not have. The action is ruled on with each such fact at its calmest, and
 * once more with each at its worst.
 */
export type Guess = 'calm' | 'worst';

/** A fact for one guess, and what of it was not recorded, in words. */
interface Known<T> {
  readonly fact: T;
  readonly unknown: readonly string[];
}

const known = <T>(fact: T): Known<T> => ({ fact, unknown: [] });

/**
 * Returns the facts for an assessment under a folder, as the ledger has them.
 *
 * @param active the folder by which the ruling on record was made, as it is today: it says which services were looked at
 */
export function impactFactsFor(
  installation: Installation,
  { action, type }: { readonly action: Action; readonly type: ActionType },
  { recorded, active, guess }: { recorded: RecordedRuling; active: Installation; guess: Guess },
): Known<ImpactFacts> {
  const values = valuesFor(type, action, recorded.impact, guess);
  const live = liveFor(installation, action, recorded, active, guess);
  const takingBack = takingBackFor({ action, type, values: values.fact }, recorded, active, guess);
  const preview = previewFor(action, recorded, guess);
  return {
    fact: {
      values: values.fact,
      past: [],
      live: live.fact,
      preview: preview.fact,
      takingBack: takingBack.fact,
    },
    unknown: [...values.unknown, ...live.unknown, ...preview.unknown, ...takingBack.unknown],
  };
}

/** What the governed system said that it would do. It said so of the plan on record, and of no other. */
function previewFor(
  { execute }: Action,
  { action: ruled, impact }: RecordedRuling,
  guess: Guess,
): Known<Previewed | undefined> {
  if (!abilitiesOf(execute).previews) return known(undefined);
  if (impact.preview && canonicalJson(execute) === canonicalJson(ruled.execute)) return known(impact.preview);
  const unknown = { kind: 'unknown', reason: 'it was not asked at the time' } as const;
  return { fact: guess === 'worst' ? unknown : undefined, unknown: ['what it would do'] };
}

/** The value that each parameter had. A folder that measures another parameter needs a value that nobody read. */
function valuesFor(
  { size: rule }: ActionType,
  { params, takesBack }: Action,
  impact: Impact,
  guess: Guess,
): Known<Readonly<Record<string, ValueNow>>> {
  const values = valuesIn(impact);
  if (!rule || takesBack) return known(values);
  const { parameter } = rule;
  const { size, live } = impact;
  if (lookup(values, parameter)?.kind === 'read') return known(values);
  if (size?.parameter === parameter) {
    // Assessed before the values of all parameters were kept.
    return size.kind === 'measured' && lookup(values, parameter) === undefined
      ? known({ ...values, [parameter]: { kind: 'read', value: size.from, at: live.at } })
      : known(values);
  }
  const to = params[parameter];
  const unchanged: ValueNow | undefined =
    to === undefined ? undefined : { kind: 'read', value: to, at: live.at };
  return {
    // Unknown counts as the largest change.
    fact: guess === 'calm' && unchanged ? { ...values, [parameter]: unchanged } : values,
    unknown: [`the value that ${parameter} had`],
  };
}

type LiveNumber = 'errorBudgetLeft' | 'errorBudgetBurnRate' | 'load';

const GUESSED: Readonly<Record<LiveNumber, Readonly<Record<Guess, number>>>> = {
  errorBudgetLeft: { calm: 1, worst: 0 },
  errorBudgetBurnRate: { calm: 0, worst: 100 },
  load: { calm: 1, worst: 100 },
};

const LIVE_WORDS: Readonly<Record<LiveNumber, string>> = {
  errorBudgetLeft: 'the error budget that was left',
  errorBudgetBurnRate: 'how fast the error budget was used',
  load: 'the load',
};

/** What was known of the target and the services beside it. */
function liveFor(
  installation: Installation,
  action: Action,
  { impact: { live: recorded }, at }: RecordedRuling,
  active: Installation,
  guess: Guess,
): Known<Live> {
  const { live: queries = {} } = installation.rules;
  const { target } = action;
  const unknown: string[] = [];
  const answers: LiveFacts['answers'][number][] = [
    { what: 'onCall', service: target, value: recorded.onCall },
  ];
  for (const what of ['errorBudgetLeft', 'errorBudgetBurnRate', 'load'] as const) {
    if (!queries[what]) continue;
    const value = recorded[what];
    if (!value) unknown.push(`${LIVE_WORDS[what]} of ${target}`);
    answers.push({
      what,
      service: target,
      value: value ?? { kind: 'known', value: GUESSED[what][guess] },
    });
  }
  if (queries.incidents) {
    const looked = recorded.incidents ? [target, ...besideOf(active, target)] : [];
    for (const service of [target, ...besideOf(installation, target)]) {
      const open = recorded.incidents?.find((incidents) => incidents.service === service)?.open;
      const isKnown = open !== undefined || looked.includes(service);
      if (!isKnown) unknown.push(`whether an incident was open on ${service}`);
      const guessed: CurrentValue = { kind: 'known', value: isKnown || guess === 'calm' ? 0 : 1 };
      answers.push({ what: 'incidents', service, value: open ?? guessed });
    }
  }
  const { running } = recorded;
  return { fact: liveOf(installation, action, { at, answers, running }), unknown };
}

/** How hard it was to take back. What the record said of earlier rollbacks is in the difficulty alone. */
function takingBackFor(
  subject: {
    readonly action: Action;
    readonly type: ActionType;
    readonly values: Readonly<Record<string, ValueNow>>;
  },
  { action: ruled, impact, ruling }: RecordedRuling,
  active: Installation,
  guess: Guess,
): Known<NonNullable<ImpactFacts['takingBack']>> {
  const { action, type, values } = subject;
  const wentWrong = impact.wentWrong ?? 0;
  const changes = action.takesBack ? [] : changesTo(type, action.params, values);
  const notUndone = whyNotUndone(action, changes);
  if (notUndone !== undefined) return known({ difficulty: 4, wentWrong, reasons: [notUndone] });
  const asRuled = lookup(active.actionTypes, ruled.type);
  const isSameType = lookup(active.digests.actionTypes, ruled.type) === ruling.pins.actionType;
  const migrated = isSameType ? (asRuled?.dataMigration ?? false) : undefined;
  const isBad =
    whyNotUndone(ruled, impact.changes) === undefined
      ? isBadIn(impact.rollbackDifficulty, migrated)
      : undefined;
  const { dataMigration = false } = type;
  return {
    fact: {
      difficulty: difficultyWith({ dataMigration, isBad: isBad ?? guess === 'worst' }),
      wentWrong,
      reasons: [],
    },
    unknown: isBad === undefined ? ['how earlier rollbacks of it went'] : [],
  };
}

/** Whether the record spoke against its rollbacks. Undefined: the difficulty does not say. @param migrated whether it migrated data */
function isBadIn(difficulty: Impact['rollbackDifficulty'], migrated: boolean | undefined) {
  if (difficulty < 3) return false;
  if (difficulty === 4) return true;
  return migrated === undefined ? undefined : !migrated;
}

/**
 * Returns the level that the agent held. Where it had begun at the level in the catalog, it begins at that of this folder, and lost from there
 * what it lost. Undefined: no level was recorded.
 */
export function heldFor(
  installation: Installation,
  action: Action,
  { action: ruled, ruling }: RecordedRuling,
  guess: Guess,
): Known<HeldLevel> | undefined {
  const held = ruling.authority?.held;
  if (!held) return undefined;
  if (action.takesBack) return known(held);
  const { given, lowered } = held;
  const begins = lookup(installation.agents, action.agent.id)?.level ?? 0;
  if (action.serviceTier !== ruled.serviceTier) {
    return {
      fact: guess === 'calm' || held.level <= begins ? held : { ...held, level: begins },
      unknown: [`the level of ${action.agent.id} for tier-${action.serviceTier} services`],
    };
  }
  if (given.kind === 'granted') {
    if (lookup(installation.people, given.by)) return known(held);
    return {
      fact: guess === 'calm' || held.level <= begins ? held : { ...held, level: begins },
      unknown: [`the level that ${action.agent.id} had before ${given.by}, whom it does not know, raised it`],
    };
  }
  if (given.after || given.level === begins) return known(held);
  const level = lowered.reduce<Level>(
    (levelBefore, change) => (change.kind === 'unreadable' ? 0 : LOWER[levelBefore]),
    begins,
  );
  return known({ ...held, level, given: { ...given, level: begins } });
}
