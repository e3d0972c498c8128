import type { Action } from '../action/action.ts';
import { fillQuery } from '../action/query-template.ts';
import type { LiveQueries, MetricQuery } from '../analysis/metrics.ts';
import { canDecide } from '../approval/requirement.ts';
import { type Circumstances, circumstancesOf, timeZoneOf } from '../calendar/calendar.ts';
import { localTime } from '../calendar/local-time.ts';
import { approverNamed, membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { lookup } from '../shared/lookup.ts';
import { besideOf, NAMES_KEPT } from './blast-radius.ts';
import type { Incident, IncidentsRead } from './incidents.ts';
import type { CurrentValue } from './size.ts';

interface About {
  readonly what: LiveNumber;
  readonly service: string;
}

/** The queries that give one number. */
type LiveNumber = Exclude<keyof LiveQueries, 'incidentList'>;

/** A question to a metric source for an assessment. */
export interface LiveQuestion extends About {
  readonly query: MetricQuery;
}

/** The facts that were found about the target and the services beside it. */
export interface LiveFacts {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The answers to `liveQuestionsOn`. A missing answer counts as unknown. */
  readonly answers: readonly (About & { readonly value: CurrentValue })[];
  /** What was read of the incidents on each service that has some open. Absent: they were not asked for. */
  readonly incidents?: Readonly<Record<string, IncidentsRead>> | undefined;
  /** The actions that hold a lease there, with the names of services in the action's environment. */
  readonly running: readonly Running[];
}

export interface Running {
  readonly actionId: string;
  readonly service: string;
}

/** The live context: the state of the target and its surroundings when the action was assessed. */
export interface Live {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The local time of the service, for example `Sat 2026-11-21 17:15 Europe/Berlin`. */
  readonly localTime: string;
  /** What the calendar says. */
  readonly circumstances: Circumstances;
  /** Absent: operators named no source for it. */
  readonly errorBudgetLeft?: CurrentValue | undefined;
  /** How fast the error budget is used: at 1 it lasts exactly as long as it is meant to. Absent as above. */
  readonly errorBudgetBurnRate?: CurrentValue | undefined;
  /** How many times the load that is usual for this hour the target has: 1 is usual. Absent as above. */
  readonly load?: CurrentValue | undefined;
  /** The services with open incidents, and those where this is not known: the target first, then the most critical. Absent as above. */
  readonly incidents?: readonly OpenIncidents[] | undefined;
  /** The number of people on call. */
  readonly onCall: CurrentValue;
  /** The other actions that run on the target or beside it. */
  readonly running: readonly Running[];
}

/** The open incidents on one service. */
export interface OpenIncidents {
  readonly service: string;
  /** How many are open. */
  readonly open: CurrentValue;
  /** The newest of them. Absent: they were not read, because operators named no source for it or because of `unnamed`. */
  readonly named?: readonly NamedIncident[] | undefined;
  /** Why they could not be read. */
  readonly unnamed?: string | undefined;
}

/** An incident, and whether operators declared that this action type is a cure for its kind. */
export type NamedIncident = Incident & { readonly cured?: true | undefined };

/** Returns the query for a fact about a service in the action's environment; undefined where operators named no source for it. */
export function liveQueryOf(
  { rules: { live = {} } }: Pick<Installation, 'rules'>,
  queryName: keyof LiveQueries,
  { environment }: Pick<Action, 'environment'>,
  service: string,
): MetricQuery | undefined {
  const template = live[queryName];
  if (!template) return undefined;
  const scope = { target: service, environment: { name: environment } };
  return { ...template, query: fillQuery(template.query, scope) };
}

/** Returns what must be read for an action. Of very many neighbours only the most critical are asked for. */
export function liveQuestionsOn(
  installation: Installation,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
): LiveQuestion[] {
  const ask = (queryName: LiveNumber, services: readonly string[]): LiveQuestion[] =>
    services.flatMap((service) => {
      const query = liveQueryOf(installation, queryName, { environment }, service);
      return query ? { what: queryName, service, query } : [];
    });
  const neighbours = besideOf(installation, target).slice(0, NAMES_KEPT);
  return [
    ...ask('errorBudgetLeft', [target]),
    ...ask('errorBudgetBurnRate', [target]),
    ...ask('load', [target]),
    ...ask('onCall', [target]),
    ...ask('incidents', [target, ...neighbours]),
  ];
}

/**
 * Returns the queries for the incidents on the services that have some open, by service. None is asked for where none is open.
 */
export function incidentQueries(
  installation: Installation,
  environment: string,
  answers: LiveFacts['answers'],
): Readonly<Record<string, MetricQuery>> {
  const services = answers.flatMap(({ what, service, value }) =>
    what === 'incidents' && value.kind === 'known' && value.value > 0 ? service : [],
  );
  return Object.fromEntries(
    services.flatMap((service) => {
      const query = liveQueryOf(installation, 'incidentList', { environment }, service);
      return query ? [[service, query]] : [];
    }),
  );
}

/** Builds the live context. INVARIANT 7: a fact that was asked for and is not known is recorded as unknown, and never left out. */
export function liveOf(
  installation: Installation,
  action: Pick<Action, 'id' | 'type' | 'target' | 'environment'>,
  { at, answers, incidents = {}, running }: LiveFacts,
): Live {
  const { live = {}, onCall } = installation.rules;
  const { target, id } = action;
  const cures = lookup(installation.actionTypes, action.type)?.cures ?? [];
  const answerTo = (queryName: LiveNumber, service: string): CurrentValue =>
    answers.find((answer) => answer.what === queryName && answer.service === service)?.value ?? NOBODY_READ;
  const neighbours = besideOf(installation, target);
  const timeZone = timeZoneOf(installation, target);
  const ablePeople = membersOf(installation, onCall).filter((name) =>
    canDecide(approverNamed(installation, name)),
  );
  return {
    at,
    localTime: localTimeText(at, timeZone),
    circumstances: circumstancesOf(installation, action, at),
    ...(live.errorBudgetLeft ? { errorBudgetLeft: answerTo('errorBudgetLeft', target) } : {}),
    ...(live.errorBudgetBurnRate ? { errorBudgetBurnRate: answerTo('errorBudgetBurnRate', target) } : {}),
    ...(live.load ? { load: answerTo('load', target) } : {}),
    ...(live.incidents
      ? {
          incidents: [target, ...neighbours]
            .map((service) => ({ service, open: answerTo('incidents', service) }))
            .filter(({ open }) => open.kind === 'unknown' || open.value > 0)
            .slice(0, NAMES_KEPT)
            .map((open) => ({ ...open, ...namedAs(lookup(incidents, open.service), cures) })),
        }
      : {}),
    onCall: live.onCall ? answerTo('onCall', target) : { kind: 'known', value: ablePeople.length },
    running: running.filter(({ actionId }) => actionId !== id).slice(0, NAMES_KEPT),
  };
}

function namedAs(
  read: IncidentsRead | undefined,
  cures: readonly string[],
): Pick<OpenIncidents, 'named' | 'unnamed'> {
  if (!read) return {};
  if (read.kind === 'unknown') return { unnamed: read.reason };
  return {
    named: read.incidents.map((incident) =>
      incident.kind !== undefined && cures.includes(incident.kind) ? { ...incident, cured: true } : incident,
    ),
  };
}

/** Returns the live context for callers that read nothing: every configured fact counts as unknown. */
export const unasked = (
  installation: Installation,
  action: Pick<Action, 'id' | 'type' | 'target' | 'environment'>,
  at: number,
): Live => liveOf(installation, action, { at, answers: [], running: [] });

const NOBODY_READ: CurrentValue = { kind: 'unknown', reason: 'nobody read it' };
const WEEKDAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function localTimeText(at: number, timeZone: string): string {
  const { weekday, date, hour, minute } = localTime(at, timeZone);
  const clock = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
  return `${WEEKDAYS[weekday]} ${date} ${clock} ${timeZone}`;
}
