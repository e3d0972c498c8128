import type { MetricSource, Sources } from '../activities/ports/metric-source.ts';
import { type QueryName, queriesOn } from '../domain/analysis/blocks.ts';
import type { Compared } from '../domain/analysis/comparison.ts';
import type { Reading } from '../domain/analysis/condition.ts';
import { isCompared, isMeasured, type LiveQueries } from '../domain/analysis/metrics.ts';
import type { Past, Series, Stretch } from '../domain/analysis/series.ts';
import { isWithin, type Scenario } from '../domain/exercise/scenario.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { Governed } from './governed.ts';
import { valuesOf } from './metric-values.ts';

type Ask = (service: string, at: number) => Reading;
type AskPast = (service: string, stretch: Stretch) => Past;

/** What stands behind one query that the folder writes. `target` is the service that the query is about. */
interface Answer {
  readonly template: RegExp;
  readonly read: Ask;
  readonly past: AskPast;
}

/** What metrics tell of the governed system. */
type Observed = Omit<Governed, 'executor'>;

/** When which incidents are open. */
type Incidents = Pick<Scenario, 'begins' | 'incidents'>;

const none = (reason: string) => ({ kind: 'none', reason }) as const;

/** Requests a second that a service of an exercise serves, and the share of them that is bad. */
const PER_SECOND = 20;
const BAD_SHARE = { healthy: 0.001, regressed: 0.3 };
/** The middle of a gauge that is compared. */
const GAUGE = 100;

/**
 * The metric sources of an exercise, by the names that the folder uses. They answer each query that the folder writes, from what happened in the
 * exercise alone: no address is in them.
 */
export function createMetrics(
  installation: Installation,
  names: readonly string[],
  scenario: Incidents,
  governed: Observed,
  now: () => number,
): Sources {
  const answers = answersOf(installation, scenario, governed);
  const find = (query: string) => {
    for (const answer of answers) {
      const match = answer.template.exec(query);
      if (match) return { answer, service: match.groups?.target ?? '' };
    }
    return undefined;
  };
  const source: MetricSource = {
    read: async (query) => {
      const found = find(query);
      return found ? found.answer.read(found.service, now()) : none('the exercise has no such metric');
    },
    readPast: async (query, stretch) => {
      const found = find(query);
      return found ? found.answer.past(found.service, stretch) : none('the exercise has no such metric');
    },
    readEach: async (query) => {
      const { incidentList } = installation.rules.live ?? {};
      const match = incidentList && templateOf(incidentList.query).exec(query);
      if (!match) return none('the exercise has no such list');
      const samples = openIncidents(scenario, match.groups?.target ?? '', now()).map((incident) => ({
        labels: { id: incident.title, title: incident.title },
        value: (scenario.begins + incident.from) / 1_000,
      }));
      return { kind: 'samples', samples };
    },
  };
  return Object.fromEntries(names.map((name) => [name, source]));
}

const openIncidents = ({ incidents, begins }: Incidents, service: string, at: number) =>
  incidents.filter((incident) => incident.service === service && isWithin([incident], at - begins));

function answersOf({ actionTypes, rules }: Installation, scenario: Incidents, governed: Observed): Answer[] {
  const answers: Answer[] = [];
  const add = (template: string, read: Ask, past?: AskPast) =>
    answers.push({ template: templateOf(template), read, past: past ?? pastOf(read) });

  const live: Readonly<Record<keyof LiveQueries, Ask>> = {
    incidents: (service, at) => number(openIncidents(scenario, service, at).length),
    incidentList: () => none('it is a list'),
    errorBudgetLeft: (service, at) => number(governed.health(service, at) === 'healthy' ? 0.8 : 0.1),
    errorBudgetBurnRate: (service, at) => number(governed.health(service, at) === 'healthy' ? 0.5 : 10),
    load: () => number(1),
    onCall: () => number(1),
  };
  for (const [name, query] of Object.entries(rules.live ?? {}))
    if (query && name in live) add(query.query, live[name as keyof LiveQueries]);

  for (const { watch, size, current = {} } of Object.values(actionTypes)) {
    for (const metric of watch?.metrics ?? []) {
      if (isMeasured(metric)) {
        const values = valuesOf(metric);
        add(metric.query, (service, at) => {
          const health = governed.health(service, at);
          const value = health === 'unreadable' ? undefined : values[health];
          return value === undefined ? none('the exercise has no value for it now') : number(value);
        });
      }
      if (isCompared(metric)) {
        const { compared, against, direction } = metric.compare;
        const sides: Compared[] = [compared, ...(typeof against === 'string' ? [] : [against.control])];
        for (const side of sides)
          for (const [name, query] of Object.entries(queriesOn(side)))
            add(
              query,
              () => none('it is read over time'),
              // What is compared with stays as it was.
              seriesOf(side, name as QueryName, side === compared ? governed : undefined, direction),
            );
      }
    }
    for (const [parameter, { source }] of Object.entries(current))
      if (source?.by === 'metric') add(source.query, settingOf(governed, parameter));
    if (size?.current) add(size.current.query, settingOf(governed, size.parameter));
  }
  return answers;
}

const number = (value: number): Reading => ({ kind: 'value', value });

const settingOf =
  (governed: Observed, parameter: string): Ask =>
  (service) => {
    const value = governed.setting(service, parameter);
    return typeof value === 'number' ? number(value) : none('the scenario does not say what it is');
  };

const timesIn = ({ from, until, stepMs }: Stretch): number[] =>
  Array.from({ length: Math.floor((until - from) / stepMs) + 1 }, (_, n) => from + n * stepMs);

/** What a metric was over time, by what it would have been at each time. */
const pastOf =
  (read: Ask): AskPast =>
  (service, stretch) => {
    const points = timesIn(stretch).flatMap((at) => {
      const reading = read(service, at);
      return reading.kind === 'value' ? [[at, reading.value] as const] : [];
    });
    return { kind: 'series', series: points.length === 0 ? [] : [{ labels: {}, points }] };
  };

/** Counters and gauges over time. Counters only grow: faster while the service is worse. @param governed absent: never worse */
function seriesOf(
  compared: Compared,
  name: QueryName,
  governed: Observed | undefined,
  direction: 'increase' | 'decrease' | 'either',
): AskPast {
  const isUnreadable = (service: string, at: number) => governed?.health(service, at) === 'unreadable';
  const total = (at: number) => Math.floor((at / 1_000) * PER_SECOND);
  const bad = (service: string, at: number) => {
    const worseMs = governed?.worseFor(service, at) ?? 0;
    const more = BAD_SHARE.regressed - BAD_SHARE.healthy;
    return Math.floor((PER_SECOND * (at * BAD_SHARE.healthy + worseMs * more)) / 1_000);
  };
  const gauge = (service: string, at: number) => {
    // The same time has the same value: noise of a few per cent.
    const noise = Math.sin(at / 7_919) * 3 + Math.sin(at / 1_237) * 2;
    if (governed?.health(service, at) !== 'regressed') return GAUGE + noise;
    return direction === 'decrease' ? GAUGE / 4 + noise : GAUGE * 4 + noise;
  };
  const lines = (service: string): [Series['labels'], (at: number) => number][] => {
    if (compared.form === 'latency')
      return [
        [{ le: String(compared.slowerThan) }, (at) => total(at) - bad(service, at)],
        [{ le: '+Inf' }, total],
      ];
    if (name === 'total') return [[{}, total]];
    return [[{}, name === 'value' ? (at) => gauge(service, at) : (at) => bad(service, at)]];
  };
  return (service, stretch) => ({
    kind: 'series',
    series: lines(service).map(([labels, value]) => ({
      labels,
      points: timesIn(stretch).flatMap((at) => (isUnreadable(service, at) ? [] : [[at, value(at)] as const])),
    })),
  });
}

/** A pattern of the queries that a template gives, with the service that each is about. */
function templateOf(template: string): RegExp {
  let named = false;
  const parts = template.split(/(\$\{[^}]*\})/).map((part) => {
    if (!part.startsWith('${')) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (part !== '${target}') return '.*?';
    if (named) return '\\k<target>';
    named = true;
    return '(?<target>[A-Za-z0-9._-]+)';
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}
