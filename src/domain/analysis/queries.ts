import type { Compared, Comparison } from './comparison.ts';
import type { MetricSpec } from './metrics.ts';

/** A query of a metric, with the path of the member that holds it in the file of its action type. */
export interface QueryOf {
  readonly path: readonly string[];
  readonly query: string;
}

type Change = (query: string, path: readonly string[]) => string;

/** Returns a metric with each of its queries changed. */
export function withQueries<Metric extends MetricSpec>(metric: Metric, change: Change): Metric {
  const { query, compare } = metric;
  return {
    ...metric,
    ...(query === undefined ? {} : { query: change(query, ['query']) }),
    ...(compare ? { compare: comparisonWith(compare, change) } : {}),
  };
}

/** Returns the queries of a metric. */
export function queriesOf(metric: MetricSpec): readonly QueryOf[] {
  const queries: QueryOf[] = [];
  withQueries(metric, (query, path) => {
    queries.push({ query, path });
    return query;
  });
  return queries;
}

function comparisonWith(comparison: Comparison, change: Change): Comparison {
  const { compared, against } = comparison;
  const path = compared.form === 'value' ? [] : ['compare', compared.form];
  return {
    ...comparison,
    compared: comparedWith(compared, change, path),
    against:
      typeof against === 'string'
        ? against
        : { control: comparedWith(against.control, change, ['compare', 'against', 'control']) },
  };
}

function comparedWith(compared: Compared, change: Change, path: readonly string[]): Compared {
  switch (compared.form) {
    case 'counts':
      return { ...compared, bad: change(compared.bad, [...path, 'bad']) };
    case 'ratio':
      return {
        ...compared,
        bad: change(compared.bad, [...path, 'bad']),
        total: change(compared.total, [...path, 'total']),
      };
    case 'latency':
      return { ...compared, buckets: change(compared.buckets, [...path, 'buckets']) };
    case 'value':
      return { ...compared, value: change(compared.value, [...path, 'query']) };
  }
}
