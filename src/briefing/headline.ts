import type { Message } from '../activities/ports/channels.ts';
import type { Action } from '../domain/action/action.ts';
import { LEVEL_NAMES } from '../domain/action/autonomy-level.ts';
import type { OutcomeKind } from '../domain/action/outcome.ts';
import type { Demoted, UnreadableChange } from '../domain/autonomy/standing.ts';
import { type MetricSeries, seriesGist } from '../domain/background/series.ts';
import { busyText, whyPeopleOnly } from '../domain/calendar/calendar.ts';
import { watchSentences, watchSightOf } from '../domain/explanation/watch-sight.ts';
import { nameIn } from '../domain/installation/directory.ts';
import { limitIn, limitsOf } from '../domain/policy/ask-policy.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { NOT_KNOWN_WHETHER_IT_RAN } from '../domain/record/why-taken-back.ts';
import type { Impact } from '../domain/risk/impact.ts';
import { doubtText, leadsToDoubt } from '../domain/risk/known-good.ts';
import type { Live, NamedIncident, OpenIncidents } from '../domain/risk/live-context.ts';
import { burnRateText, isHigh, loadText } from '../domain/risk/live-context-score.ts';
import type { RunsBefore, SameBefore } from '../domain/risk/record-before.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { baseTierReason, declaredTierReason } from '../domain/ruling/tier-floor.ts';
import { percentText } from '../domain/shared/shown-json.ts';
import { inWords, oneLine, utc } from './text.ts';
import { OUTCOME_WORDS } from './wording.ts';

/** One fact that people read before everything else. */
export interface HeadlineFact {
  readonly label: string;
  readonly text: string;
  /** `good` speaks for the action, `bad` against it. `unknown`: the fact could not be found out. */
  readonly tone: 'plain' | 'good' | 'bad' | 'unknown';
}

/** What a headline is made from: an action with its impact, ruling and proposal, as they are recorded. */
export type HeadlineInput = Pick<Message, 'action' | 'impact' | 'ruling' | 'proposal' | 'background'>;

/** The length of a fact, in UTF-16 units. */
const LINE = 600;
const INCIDENTS = 5;
const LIMITS = 3;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Returns the facts of an action in the order in which people read them; the first says the most important ones in one sentence. The same
 * input gives the same facts at any time. INVARIANT 12: all of it is the machine's. Of the proposal only the number of success criteria,
 * and the metrics that they name, are used.
 */
export function headlineOf({ action, impact, ruling, proposal, background }: HeadlineInput): HeadlineFact[] {
  const facts = [
    fact('In short', inShort(action, impact, ruling)),
    fact('Where', whereText(action, ruling)),
    sameFact(impact),
    ...calendarFacts(impact.live),
    ...incidentFacts(action, impact.live),
    ...budgetFacts(action, impact.live, background?.errorBudgetDayBefore),
    ...loadFacts(action, impact.live),
    ...runningFacts(impact.live),
    ...nowFacts(background?.series ?? []),
    watchFact(action, ruling, proposal.successCriteria),
    rollbackFact(action, impact),
    ...agentFacts(action, impact, ruling),
    ...limitFacts(ruling),
  ];
  return facts.map(({ label, text, tone }) => ({ label, text: oneLine(text, LINE), tone }));
}

/** Returns the headline of an action's state; empty before it is ruled on. */
export const headlineIn = ({ action, impact, ruling, proposal, background }: ActionState): HeadlineFact[] =>
  action && impact && ruling ? headlineOf({ action, impact, ruling, proposal, background }) : [];

const fact = (label: string, text: string, tone: HeadlineFact['tone'] = 'plain'): HeadlineFact => ({
  label,
  text,
  tone,
});

const calendarFacts = ({ circumstances }: Live): HeadlineFact[] =>
  [...whyPeopleOnly(circumstances), ...busyText(circumstances)].map((reason) =>
    fact('Calendar', reason, 'bad'),
  );

function inShort(action: Action, impact: Impact, ruling: Ruling): string {
  const { sameBefore: same, ranBefore, live } = impact;
  return [
    ...(ranBefore ? [ranText(action, ranBefore.onTarget)] : []),
    ...(same && wentWrong(same) ? [`the same was ${sameText(same, live.at)}`] : []),
    whyText(action, impact, ruling),
    incidentInShort(action, live),
  ].join('; ');
}

function whereText({ environment, target, serviceTier }: Action, { context }: Ruling): string {
  const production = context.production === false ? ', which is not production' : '';
  return `${target}, a service of tier ${serviceTier}, in ${environment}${production}`;
}

/** Says what happens to the action, and the fact that decided it. */
function whyText(action: Action, impact: Impact, ruling: Ruling): string {
  const because = becauseText(action, impact, ruling);
  if (ruling.kind === 'forbid') return `it is refused because ${because}`;
  switch (ruling.mode) {
    case 'execute':
      return `it runs at once because ${because}`;
    case 'executeAfterWindow':
      return `people may stop it because ${because}`;
    case 'executeWithApproval':
      return `asked because ${because}`;
    case 'recommend':
      return `it is only recommended because ${because}`;
  }
}

/** Returns what set the tier: the same that the reasons of the ruling begin with, or what raised it above that. */
function becauseText(action: Action, { live }: Impact, ruling: Ruling): string {
  const { tier, floor, modes, reasons, deniedBefore } = ruling;
  const { target, serviceTier, agent } = action;
  if (ruling.kind === 'forbid' && ruling.outcome === 'undeliverable')
    return 'nobody who may decide can be asked';
  const [policy] = limitsOf(modes, floor);
  if (policy && (ruling.kind === 'forbid' || tier > floor)) return `policy says so: ${policy.reason}`;
  if (ruling.kind === 'forbid') return 'no policy permits it';
  if (tier > floor) return `policy lets an agent of level ${ruling.authority?.level ?? 0} do no more`;
  if (agent.unsigned !== undefined) return agent.unsigned;
  if (reasons.includes(declaredTierReason(tier))) return `its agent asked for tier ${tier}`;
  if (reasons.includes(baseTierReason(serviceTier, tier)))
    return `operators want it so on services of tier ${serviceTier}, as ${target} is`;
  if (deniedBefore) return `the same was ${deniedBefore.cancelled ? 'cancelled' : 'denied'} lately`;
  const [calendarReason] = whyPeopleOnly(live.circumstances);
  if (calendarReason !== undefined) return calendarReason;
  return action.rollback ? 'it is too severe to run without an approval' : 'it cannot be taken back';
}

const timesText = (count: number) => ['never', 'once', 'twice'][count] ?? `${count} times`;
const outcomeText = (outcome: OutcomeKind) => OUTCOME_WORDS[outcome].label.toLowerCase();

/** The outcomes of which the reason is told. Each is in the words of Countersign, or of a person. */
const EXPLAINED: readonly OutcomeKind[] = ['rolledBack', 'deniedByPerson', 'revoked'];

/** INVARIANT 12: leaves out what a governed system said, because it may repeat what an agent sent. */
const ownWords = (reason: string) =>
  reason.startsWith(NOT_KNOWN_WHETHER_IT_RAN) ? NOT_KNOWN_WHETHER_IT_RAN : reason;

const WRONG: readonly OutcomeKind[] = [
  'rolledBack',
  'rollbackFailed',
  'rollbackUnverified',
  'failed',
  'deniedByPerson',
  'revoked',
  'lost',
];
const wentWrong = ({ outcomes }: SameBefore) => WRONG.some((outcome) => (outcomes[outcome] ?? 0) > 0);

function sameFact({ sameBefore: same, live }: Impact): HeadlineFact {
  const label = 'Same before';
  if (!same) return fact(label, 'its record is not known', 'unknown');
  if (same.count === 0) return fact(label, 'not on record before, among the newest 200 of its type');
  const onlySucceeded = same.outcomes.succeeded === same.count;
  return fact(label, sameText(same, live.at), wentWrong(same) ? 'bad' : onlySucceeded ? 'good' : 'plain');
}

/** Says how the same action ended before. @param at milliseconds since the epoch */
function sameText({ count, outcomes, since = 0, last }: SameBefore, at: number): string {
  const [[outcome, times = 0] = [], ...others] = Object.entries(outcomes) as [OutcomeKind, number][];
  if (!outcome) return 'asked for before';
  const period = daysText(at - since);
  const how =
    others.length === 0
      ? `${outcomeText(outcome)}${times > 1 ? ' each time' : ''}`
      : Object.entries(outcomes)
          .map(([kind, number]) => `${number} ${outcomeText(kind as OutcomeKind)}`)
          .join(', ');
  const why =
    last?.reason !== undefined && EXPLAINED.includes(last.outcome) ? ` because ${ownWords(last.reason)}` : '';
  const lastText =
    count === 1
      ? why
      : others.length > 0 && last
        ? `, last ${outcomeText(last.outcome)}${why}`
        : why && `, last${why}`;
  return count === 1
    ? `asked for once, ${period} before: ${how}${lastText}`
    : `asked for ${timesText(count)} in ${period}: ${how}${lastText}`;
}

/** A time that has passed, in days where it is long. */
const daysText = (ms: number) =>
  ms > 2 * DAY_MS ? `${Math.ceil(ms / DAY_MS)} days` : inWords(Math.max(0, Math.floor(ms / 1_000) * 1_000));

const ranText = ({ type, target }: Action, { ran, well }: RunsBefore) =>
  ran === 0
    ? `${type} never ran on ${target} before`
    : `${type} ran on ${target} ${timesText(ran)} before, ${well} well`;

const NOT_READ = 'not known: nobody stated where incidents are read';

function incidentFacts({ type, target }: Action, { at, incidents }: Live): HeadlineFact[] {
  const label = 'Incident';
  if (!incidents) return [fact(label, NOT_READ, 'unknown')];
  if (incidents.length === 0) return [fact(label, `none is open on ${target} or beside it`, 'good')];
  const knownIncidents = incidents.filter(({ open }) => open.kind === 'known');
  const openFacts = knownIncidents.flatMap((open) =>
    open.named && open.named.length > 0
      ? open.named.map((incident) =>
          fact(label, incidentText(incident, open.service, type, at), incident.cured ? 'good' : 'bad'),
        )
      : [fact(label, unnamedText(open), 'bad')],
  );
  const leftOut = openFacts.length - INCIDENTS;
  return [
    ...openFacts.slice(0, INCIDENTS),
    ...(leftOut > 0 ? [fact(label, `${leftOut} more beside these`, 'bad')] : []),
    ...unknownIncidents(incidents).map((text) => fact(label, text, 'unknown')),
  ];
}

function incidentText(
  { id, title, kind, startedAt, cured }: NamedIncident,
  service: string,
  type: string,
  at: number,
) {
  const cure =
    kind === undefined
      ? `its source gives it no kind, so whether ${type} cures it is not known`
      : `${type} is ${cured ? '' : 'not '}declared a cure for ${kind}`;
  return `${id} "${title}" is open on ${service} since ${utc(startedAt)}, for ${openFor(startedAt, at)}; ${cure}`;
}

/** How long an incident had been open when the action was assessed. */
function openFor(startedAt: number, at: number): string {
  const ms = Math.max(1_000, at - startedAt);
  const unit = ms < MINUTE_MS ? 1_000 : MINUTE_MS;
  return inWords(ms - (ms % unit));
}

const unnamedText = ({ service, open, named, unnamed }: OpenIncidents) =>
  `${open.kind === 'known' ? open.value : 'some'} open on ${service}; which is not known: ${unnamed ?? (named ? 'its source names none' : 'nobody stated where it is read')}`;

/** Services of which it is not known whether an incident is open, in one sentence, since one source answers for all. */
function unknownIncidents(incidents: NonNullable<Live['incidents']>): string[] {
  const unknown = incidents.flatMap(({ service, open }) =>
    open.kind === 'unknown' ? [{ service, reason: open.reason }] : [],
  );
  const [first] = unknown;
  if (!first) return [];
  const more = unknown.length > 1 ? ` and ${unknown.length - 1} more` : '';
  return [`whether one is open on ${first.service}${more} is not known: ${first.reason}`];
}

function incidentInShort({ type, target }: Action, { at, incidents }: Live): string {
  if (!incidents) return 'whether an incident is open is not known';
  if (incidents.length === 0) return 'no incident is open';
  const [open] = incidents.filter(({ open }) => open.kind === 'known');
  if (!open) return 'whether an incident is open is not known';
  const beside = open.service === target ? '' : ` on ${open.service}`;
  const [incident] = open.named ?? [];
  if (!incident) return `an incident is open${beside}`;
  const cure = incident.cured ? `, and ${type} is declared a cure for it` : '';
  return `the open incident ${incident.id}${beside} began ${openFor(incident.startedAt, at)} before${cure}`;
}

function budgetFacts(
  { target }: Action,
  { errorBudgetLeft: left, errorBudgetBurnRate: burnRate }: Live,
  dayBefore: number | undefined,
): HeadlineFact[] {
  const label = 'Error budget';
  const burnFacts = burnRate
    ? [
        fact(
          label,
          burnRateText(burnRate, target),
          burnRate.kind === 'unknown' ? 'unknown' : burnRate.value > 1 ? 'bad' : 'plain',
        ),
      ]
    : [];
  if (!left) return burnFacts;
  const leftFact =
    left.kind === 'known'
      ? fact(
          label,
          `${percentText(left.value)} of that of ${target} is left${dayBefore === undefined ? '' : `; a day before it was ${percentText(dayBefore)}`}`,
          left.value < 0.25 ? 'bad' : 'plain',
        )
      : fact(label, `what is left of that of ${target} is not known: ${left.reason}`, 'unknown');
  return [leftFact, ...burnFacts];
}

function loadFacts({ target }: Action, { load }: Live): HeadlineFact[] {
  if (!load || !isHigh(load)) return [];
  return [fact('Load', loadText(load, target), load.kind === 'unknown' ? 'unknown' : 'bad')];
}

/** The ids of other actions are left out: agents choose them. */
function runningFacts({ running }: Live): HeadlineFact[] {
  if (running.length === 0) return [];
  const services = [...new Set(running.map(({ service }) => service))].join(', ');
  return [
    fact(
      'Running near',
      `${running.length} other ${running.length === 1 ? 'action runs' : 'actions run'} now on ${services}`,
      'bad',
    ),
  ];
}

/** What was read of the watched metrics, in one fact. A source that keeps no past is no news: the watch goes by the metric alone. */
function nowFacts(series: readonly MetricSeries[]): HeadlineFact[] {
  const gists = series.flatMap((one) => (one.kind === 'read' ? seriesGist(one) : []));
  return gists.length === 0 ? [] : [fact('Metrics now', gists.join('; '))];
}

function watchFact(action: Action, ruling: Ruling, successCriteria: readonly string[]): HeadlineFact {
  const sight = watchSightOf(action.watch, ruling.watchForMs, successCriteria);
  const isBlind =
    sight.metrics.length === 0 ||
    (sight.criteria.length > 0 && sight.criteria.every(({ measuredBy }) => measuredBy.length === 0));
  return fact('Watch', watchSentences(sight, inWords).join('; '), isBlind ? 'bad' : 'plain');
}

function rollbackFact({ rollback }: Action, { leftBehind, changes }: Impact): HeadlineFact {
  const label = 'Rollback';
  if (!rollback) return fact(label, 'it cannot be taken back', 'bad');
  const [doubt] = leadsToDoubt(changes);
  if (doubt) return fact(label, doubtText(doubt), 'bad');
  switch (leftBehind?.kind) {
    case 'nothing':
      return fact(label, 'it undoes the action, as operators declared', 'good');
    case 'some':
      return fact(label, `it sets back what it can; what stays: ${leftBehind.what.join('; ')}`, 'bad');
    case 'unknown':
      return fact(label, `what it leaves behind is not known: ${leftBehind.reason}`, 'unknown');
    default:
      return fact(label, 'there is one; nobody stated what it leaves behind', 'unknown');
  }
}

function agentFacts(
  { agent, type, serviceTier, takesBack }: Action,
  { ranBefore }: Impact,
  { authority }: Ruling,
): HeadlineFact[] {
  const label = 'Who asks';
  if (takesBack) return [fact(label, `${nameIn(agent.owner)}, to take back what an action did`, 'plain')];
  const record = ranBefore ? `; ${agentRecordText(ranBefore.byAgent)}` : '';
  if (agent.unsigned !== undefined) return [fact(label, `perhaps ${agent.id}: ${agent.unsigned}`, 'bad')];
  if (!authority) return [fact(label, `${agent.id}; its level is not known${record}`, 'unknown')];
  const { level, held, ceiling } = authority;
  const ceilingText = level < held.level ? `, as ${ceiling.reason}` : '';
  const work = `${type} on tier-${serviceTier} services`;
  const lastLowering = held.lowered.at(-1);
  return [
    fact(
      label,
      `${agent.id}, level ${level} of 3 (${LEVEL_NAMES[level]}) for ${work}${ceilingText}${record}`,
    ),
    ...(lastLowering ? [fact('Last demotion', loweringText(lastLowering), 'bad')] : []),
  ];
}

const agentRecordText = ({ ran, well }: RunsBefore) =>
  ran === 0 ? 'it never did this before' : `it did this ${timesText(ran)} before, ${well} well`;

/** Why a level was lowered, without the ids of actions: agents choose them. */
function loweringText(change: Demoted | UnreadableChange): string {
  const day = utc(change.at).slice(0, 10);
  if (change.kind === 'unreadable') return `level 0 since ${day}: an entry about the agent cannot be read`;
  const reason =
    change.because === 'rolledBack' || change.because === 'disagreed' ? `: ${ownWords(change.reason)}` : '';
  return `on ${day}, because an action of it ${LOWERED[change.because]}${reason}`;
}

const LOWERED = {
  rolledBack: 'had to be taken back',
  rollbackFailed: 'could not be taken back',
  rollbackUnverified: 'was taken back, and its metrics were not known to be back',
  disagreed: 'was found wrong by its reviewer',
  regressed: 'had regressed, as a person reported',
  anomaly: 'was over a limit of the agent',
  lost: 'was lost while it ran',
} as const;

const limitFacts = ({ modes, floor }: Ruling): HeadlineFact[] =>
  limitsOf(modes, floor)
    .slice(0, LIMITS)
    .map((policy) => fact('Limited by', limitIn(policy)));
