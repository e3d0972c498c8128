import type { Installation, Rules } from '../domain/installation.ts';
import { lookup } from '../domain/lookup.ts';
import { pathsIn } from '../domain/template.ts';
import type { MetricQuery } from '../domain/watch.ts';
import type { WrittenAction } from './actions.ts';
import type { Connections, MetricConnection } from './connections.ts';
import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/** What is wrong with a query for a kind of metric source, or null. */
export type CheckQuery = (kind: MetricConnection['kind'], query: string) => string | null;

/** Checks that each metric's source exists and that the source will understand the query. */
export function checkMetrics(
  { type, source }: WrittenAction,
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  const written = [
    ...(type.watch?.metrics ?? []).map((metric, i) => ({ ...metric, path: ['watch', 'metrics', i] })),
    ...(type.size ? [{ ...type.size.current, path: ['size', 'current'] }] : []),
  ];
  return written.flatMap((metric) => checkMetric(metric, source, sources, checkQuery));
}

/** Checks the same of one metric, which is written at `path`. */
function checkMetric(
  metric: MetricQuery & { readonly path: Path },
  source: Source,
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  const at = (member: string, problem: string) => source.fault([...metric.path, member], problem);
  const connection = lookup(sources, metric.source);
  if (!connection) {
    return [
      at(
        'source',
        `is not among metricSources in countersign.yaml; ${hint(metric.source, Object.keys(sources))}`,
      ),
    ];
  }
  // INVARIANT 12: only inside quotes is what an agent sent escaped.
  const unquoted = metric.query.replace(/"(?:[^"\\]|\\.)*"/g, '').includes('${');
  if (unquoted) return [at('query', `\${...} may only stand inside "..." here`)];
  const problem = checkQuery(connection.kind, metric.query);
  return problem === null ? [] : [at('query', problem)];
}

const IN_LIVE = ['target', 'environment.name'];

/** Checks the same of the metrics that say how a service is now, and that their `${...}` have values. */
export function checkLive(
  source: Source,
  live: Rules['live'],
  sources: Connections['metricSources'],
  checkQuery: CheckQuery,
): ConfigFault[] {
  return Object.entries(live ?? {}).flatMap(([name, metric]) => {
    if (!metric) return [];
    const path = ['live', name];
    const unknown = pathsIn(metric.query).filter((named) => !IN_LIVE.includes(named));
    return [
      ...checkMetric({ ...metric, path }, source, sources, checkQuery),
      ...unknown.map((named) =>
        source.fault([...path, 'query'], `\${${named}} names nothing; ${hint(named, IN_LIVE)}`),
      ),
    ];
  });
}

/** Checks the variables of environments that requests are sent to. */
export function checkAddresses(
  rules: Source,
  environments: Installation['environments'],
  actions: readonly WrittenAction[],
): ConfigFault[] {
  const plans = actions.flatMap(({ type }) => [type.execute, type.rollback]);
  const used = new Set(
    plans.flatMap((plan) =>
      plan?.executor === 'http' ? (/^\$\{environment\.([^}]+)\}/.exec(plan.url)?.[1] ?? []) : [],
    ),
  );
  return Object.entries(environments).flatMap(([environment, variables]) =>
    Object.entries(variables)
      .filter(([name, value]) => used.has(name) && !isSafeToShow(value))
      .map(([name]) => {
        const problem =
          'must be an address with http:// or https:// and without a password, as requests are sent to it';
        return rules.fault(['environments', environment, name], problem);
      }),
  );
}

/** Whether it is an address that everybody who looks at an action may read. */
function isSafeToShow(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
