import { type PlaceholderUse, placesIn } from '../../domain/action/query-template.ts';
import { pathsIn } from '../../domain/action/template.ts';
import type { MetricQuery } from '../../domain/analysis/metrics.ts';
import { queriesOf } from '../../domain/analysis/queries.ts';
import type {
  Installation,
  PlanTemplate,
  Rules,
  UndoTemplate,
} from '../../domain/installation/installation.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { holdsCredentials } from '../../domain/shared/url-credentials.ts';
import type { WrittenAction } from '../action-types/actions.ts';
import type { Connections } from '../rules/connections.ts';
import { keepsPast, type MetricConnection } from '../rules/metric-sources.ts';
import type { Env } from '../source/env.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { Path, Source } from '../source/yaml-files.ts';

/** Returns what is wrong with a query for a kind of metric source, or null. */
export type CheckQuery = (kind: MetricConnection['kind'], query: string) => string | null;

/** Checks that each metric's source exists, and that the source can understand the query. */
export function checkMetrics(
  { type, source }: WrittenAction,
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  const metrics = [
    ...(type.watch?.metrics ?? []).flatMap((metric, i) =>
      queriesOf(metric).map(({ query, path }) => ({
        source: metric.source,
        query,
        path: ['watch', 'metrics', i],
        member: path,
      })),
    ),
    ...(type.size?.current ? [{ ...type.size.current, path: ['size', 'current'] }] : []),
    ...Object.entries(type.current ?? {}).flatMap(([name, { source: from }]) =>
      from?.by === 'metric' ? [{ ...from, path: ['current', name, 'metric'] }] : [],
    ),
  ];
  return [
    ...metrics.flatMap((metric) => checkMetric(metric, source, sources, checkQuery)),
    ...(type.watch?.metrics ?? []).flatMap((metric, i) => {
      const connection = lookup(sources, metric.source);
      if (!metric.compare || !connection || keepsPast(connection)) return [];
      const problem = `its source ${metric.source} is ${connection.kind}${connection.kind === 'http' ? ' without series' : ''}, which keeps no past to compare with: read it from prometheus, from datadog, or from http with series`;
      return [source.fault(['watch', 'metrics', i, 'compare'], problem)];
    }),
  ];
}

/** Checks one metric, which is written at `path`. */
function checkMetric(
  metric: MetricQuery & {
    readonly path: Path;
    /** The path of the query in it, where that is not `query`. */
    readonly member?: Path | undefined;
  },
  source: Source,
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  const atSource = (problem: string) => source.fault([...metric.path, 'source'], problem);
  const atQuery = (problem: string) =>
    source.fault([...metric.path, ...(metric.member ?? ['query'])], problem);
  const connection = lookup(sources, metric.source);
  if (!connection) {
    return [
      atSource(
        `is not among metricSources in countersign.yaml; ${hint(metric.source, Object.keys(sources))}`,
      ),
    ];
  }
  const misplacements = placesIn(metric.query).flatMap((use) => whyMisplaced(use, connection.kind) ?? []);
  if (misplacements.length > 0) return misplacements.map(atQuery);
  const problem = checkQuery(connection.kind, metric.query);
  return problem === null ? [] : [atQuery(problem)];
}

/** What may stand in queries of every kind: names of the catalog and of environments, in which no character means anything. */
const NAMES = ['target', 'environment.name'];

/**
 * INVARIANT 12: a value from an agent is compared literally, and never chooses what is watched. Returns what is wrong with the place of a
 * placeholder. Only in PromQL and in sample selectors is it known how a value is written so that it is only compared.
 */
function whyMisplaced({ path, place }: PlaceholderUse, kind: MetricConnection['kind']): string | undefined {
  if (kind !== 'prometheus' && kind !== 'openmetrics')
    return NAMES.includes(path)
      ? undefined
      : `\${${path}} may not stand in a query of ${kind}: only \${target} and \${environment.name} may`;
  if (place === 'elsewhere')
    return `\${${path}} may only stand in the value of a label, such as {label="\${${path}}"}`;
  const isAgents = path.startsWith('params.') || path === 'action.id';
  return place === 'expression' && isAgents
    ? `\${${path}} may not stand in a regular expression (=~, !~), where the agent would choose what is watched: compare it with = or !=`
    : undefined;
}

/** Checks the metrics that say how a service is now, and that their `${...}` have values. */
export function checkLive(
  source: Source,
  live: Rules['live'],
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  return Object.entries(live ?? {}).flatMap(([name, metric]) => {
    if (!metric) return [];
    const path = ['live', name];
    const unknownPaths = pathsIn(metric.query).filter((queryPath) => !NAMES.includes(queryPath));
    return [
      ...checkMetric({ ...metric, path }, source, sources, checkQuery),
      ...unknownPaths.map((queryPath) =>
        source.fault([...path, 'query'], `\${${queryPath}} names nothing; ${hint(queryPath, NAMES)}`),
      ),
    ];
  });
}

const WITH_VARIABLE = /^\$\{environment\.([^}]+)\}/;

function urlOf(plan: PlanTemplate | UndoTemplate | undefined): string[] {
  if (!plan || 'undo' in plan) return [];
  if (plan.executor === 'github') return [plan.api];
  if (plan.executor === 'flag')
    return [...('url' in plan.store ? [plan.store.url] : []), ...(plan.ofrep ? [plan.ofrep.url] : [])];
  if (plan.executor === 'http' || plan.executor === 'job') return [plan.url];
  return plan?.executor === 'mcp' && 'url' in plan.server ? [plan.server.url] : [];
}

const addressesIn = (actions: readonly WrittenAction[]) =>
  actions.flatMap(({ type }) => [
    ...[type.execute, type.rollback].flatMap((plan) => urlOf(plan)),
    ...[type.reconcile?.ask, ...Object.values(type.current ?? {}).map(({ source }) => source)].flatMap(
      (asked) => (asked?.by === 'http' ? [asked.url] : []),
    ),
  ]);

/**
 * Checks the variables of environments: no credentials, because everybody who looks at an action may read them, and a valid address if
 * requests begin with them.
 */
export function checkAddresses(
  rules: Source,
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ConfigFault[] {
  const usedVariables = new Set(addressesIn(actions).map((address) => WITH_VARIABLE.exec(address)?.[1]));
  return Object.entries(environments).flatMap(([environment, variables]) =>
    Object.entries(variables).flatMap(([name, value]) => {
      const problem = holdsCredentials(value)
        ? SHOWN
        : usedVariables.has(name) && !isBeginning(value)
          ? BEGINNING
          : undefined;
      return problem === undefined ? [] : [rules.fault(['environments', environment, name], problem)];
    }),
  );
}

const SHOWN =
  'holds a user name or a password, which everybody would see: leave them out, and write auth for its origin under governedSystems';
const BEGINNING =
  'must be an address with http:// or https:// and without a query, as requests begin with it';

/** Whether a path can be appended to an address. */
function isBeginning(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && search === '' && hash === '';
}

/** The origins that requests of action types go to, in any environment. */
export const originsAsked = (
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ReadonlySet<string> =>
  new Set(
    addressesIn(actions).flatMap((address) => {
      const variable = WITH_VARIABLE.exec(address)?.[1];
      const beginnings =
        variable === undefined
          ? [address]
          : Object.values(environments).flatMap((variables) => lookup(variables, variable) ?? []);
      return beginnings.flatMap((beginning) => (URL.canParse(beginning) ? [new URL(beginning).origin] : []));
    }),
  );

/** Checks that some request goes to each origin that has credentials. With a mistake in the origin, they would never be sent. */
export function checkGovernedSystems(
  rules: Source,
  { governedSystems }: Pick<Connections, 'governedSystems'>,
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ConfigFault[] {
  const origins = originsAsked(environments, actions);
  const problem = 'no action type sends anything there: write the origin of an address that one does';
  return Object.keys(governedSystems).flatMap((origin, i) =>
    origins.has(origin) ? [] : [rules.fault(['governedSystems', i, 'origin'], problem)],
  );
}

/** Checks that each plan names a database that there is, in each environment. */
export function checkDatabases(
  { databases }: Pick<Connections, 'databases'>,
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ConfigFault[] {
  const names = Object.keys(databases);
  const known = names.length === 0 ? 'there are none' : `one of ${names.join(', ')}`;
  return actions.flatMap(({ type, source }) =>
    (['execute', 'rollback'] as const).flatMap((step) => {
      const plan = type[step];
      if (plan?.executor !== 'sql') return [];
      const variable = /^\$\{environment\.([^}]+)\}$/.exec(plan.database)?.[1];
      const named =
        variable === undefined
          ? [plan.database]
          : Object.values(environments).flatMap((variables) => lookup(variables, variable) ?? []);
      return [...new Set(named)]
        .filter((name) => !names.includes(name))
        .map((name) =>
          source.fault([step, 'sql', 'database'], `${name} is no database of countersign.yaml: ${known}`),
        );
    }),
  );
}

/** Returns the faults of variables that programs need from the worker's environment and that are not set there. */
export function checkCommands({ type, source }: WrittenAction, env: Env): ConfigFault[] {
  const plans = (['execute', 'rollback'] as const).flatMap((step) => {
    const plan = type[step];
    if (plan?.executor === 'mcp' && 'argv' in plan.server)
      return [{ path: [step, 'mcp', 'command'], environment: plan.server.environment }];
    return plan?.executor === 'command' || plan?.executor === 'terraform'
      ? [{ path: [step, plan.executor], environment: plan.environment }]
      : [];
  });
  const sources = Object.entries(type.current ?? {}).flatMap(([name, { source: from }]) =>
    from?.by === 'command' ? [{ path: ['current', name, 'command'], environment: from.environment }] : [],
  );
  const asked = type.reconcile?.ask;
  const inquiries =
    asked?.by === 'command' ? [{ path: ['reconcile', 'command'], environment: asked.environment }] : [];
  return [...plans, ...sources, ...inquiries].flatMap(({ path, environment = {} }) =>
    Object.values(environment)
      .filter((variable) => !env[variable])
      .map((variable) =>
        source.fault(
          [...path, 'environment'],
          `the environment variable ${variable} is not set: set it, or do not name it`,
        ),
      ),
  );
}
