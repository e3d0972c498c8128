import { identifier } from '../../contract/json.ts';
import { written } from '../../domain/shared/duration-text.ts';
import { watchSchema } from '../action-types/watch.ts';
import { shapeOf } from '../source/schema.ts';
import type { Path } from '../source/yaml-files.ts';
import type { Args } from './args.ts';
import { NotCarriedOver } from './expression.ts';
import { parseGoDuration } from './go-duration.ts';
import { queryFor, queryProblem, quotedForTarget } from './query.ts';
import { type CelCondition, celOf, type Wanted } from './to-cel.ts';

/** What stands at a path of a template and was not carried over, or not as it is. */
export interface Remark {
  readonly path: Path;
  readonly problem: string;
}

/** One metric of a watch, as it is written in an action type. */
export interface WrittenMetric {
  readonly name: string;
  readonly source: string;
  readonly query: string;
  readonly initialDelay?: string | undefined;
  readonly interval: string;
  readonly count?: number | undefined;
  readonly for?: string | undefined;
  readonly successCondition?: string | undefined;
  readonly failureCondition?: string | undefined;
  readonly failureLimit?: number | undefined;
  readonly inconclusiveLimit?: number | undefined;
  readonly consecutiveErrorLimit?: number | undefined;
  readonly consecutiveSuccessLimit?: number | undefined;
  readonly dryRun?: true | undefined;
}

export interface MetricContext {
  readonly args: Args;
  readonly isDry: (metric: string) => boolean;
  /** The metric source of the installation. */
  readonly source: string;
  /** How long a metric without an end is watched. */
  readonly length?: string | undefined;
}

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWritten = (value: unknown) => value !== undefined && value !== null && value !== '';

/** How long Argo Rollouts waits after a measurement that gave nothing, where no interval is written. */
const WITHOUT_INTERVAL = '10s';

const KNOWN = [
  'name',
  'initialDelay',
  'interval',
  'count',
  'successCondition',
  'failureCondition',
  'failureLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
  'consecutiveSuccessLimit',
  'provider',
];

/** What a Prometheus provider has besides its address and query, and what becomes of it. */
const BESIDE_QUERY: Readonly<Record<string, string>> = {
  insecure:
    'certificates are always checked: write the authority that signed it as ca of the metric source in countersign.yaml',
  headers: 'write what proves who asks as auth of the metric source in countersign.yaml',
  authentication: 'write what proves who asks as auth of the metric source in countersign.yaml',
  timeout: 'a metric source has five seconds to answer: make the query cheaper, with a recording rule',
};

/**
 * Turns a metric of Argo Rollouts into one of a watch. Paths are relative to the metric.
 *
 * @param position its place in the list, from 1
 */
export function importMetric(
  members: Members,
  position: number,
  context: MetricContext,
): { readonly metric?: WrittenMetric; readonly remarks: readonly Remark[] } {
  const reader = new MetricReader(members, context);
  const metric = reader.metric(position);
  if (metric) return { metric, remarks: reader.remarks };
  return {
    remarks: reader.stops.map(({ path, problem }) => ({
      path,
      problem: `the metric is left out: ${problem}`,
    })),
  };
}

class MetricReader {
  /** What leaves the metric out. */
  readonly stops: Remark[] = [];
  readonly remarks: Remark[] = [];
  readonly #members: Members;
  readonly #context: MetricContext;

  constructor(members: Members, context: MetricContext) {
    this.#members = members;
    this.#context = context;
  }

  metric(position: number): WrittenMetric | undefined {
    for (const name of Object.keys(this.#members).filter((name) => !KNOWN.includes(name)))
      this.#remark([name], 'Argo Rollouts has no such member, and it is not read');
    const prometheus = this.#prometheus();
    if (!prometheus) return undefined;
    const query = this.#query(prometheus) ?? '';
    const { wanted, ...conditions } = this.#conditions();
    const metric: WrittenMetric = {
      name: this.#name(position),
      source: this.#context.source,
      query: queryFor(query, wanted),
      initialDelay: this.#duration('initialDelay'),
      ...this.#times(),
      ...conditions,
      failureLimit: this.#whole('failureLimit'),
      inconclusiveLimit: this.#whole('inconclusiveLimit'),
      consecutiveErrorLimit: this.#whole('consecutiveErrorLimit'),
      // 0 turns it off there, and here it is left out.
      consecutiveSuccessLimit: this.#whole('consecutiveSuccessLimit') || undefined,
      dryRun: this.#context.isDry(String(this.#members.name)) || undefined,
    };
    if (this.stops.length === 0) this.stops.push(...refusedIn(metric));
    return this.stops.length === 0 ? metric : undefined;
  }

  #prometheus(): Members | undefined {
    const { provider } = this.#members;
    const [kind, ...others] = isMembers(provider) ? Object.keys(provider) : [];
    const prometheus = isMembers(provider) ? provider.prometheus : undefined;
    if (isMembers(prometheus) && others.length === 0) return prometheus;
    if (kind === undefined) return this.#stop(['provider'], 'it has no provider: write one');
    if (others.length > 0) return this.#stop(['provider'], 'it has several providers: keep one');
    return this.#stop(
      ['provider', kind],
      `the provider is ${kind}, and only queries of Prometheus are carried over: write a metric for it, and its source in countersign.yaml`,
    );
  }

  #query(prometheus: Members): string | undefined {
    const path = ['provider', 'prometheus'];
    for (const [name, value] of Object.entries(prometheus)) {
      if (name === 'address' || name === 'query' || value === false) continue;
      if (name === 'rangeQuery')
        this.#stop(
          [...path, name],
          'it asks for a range, and a condition is about one number: ask for that number',
        );
      else this.#remark([...path, name], BESIDE_QUERY[name] ?? 'it is not known here, and not read');
    }
    const text = this.#text([...path, 'query'], prometheus.query);
    if (text === undefined)
      return 'query' in prometheus ? undefined : this.#stop(path, 'it has no query: write one');
    const query = quotedForTarget(text.trim());
    const problem = queryProblem(query);
    return problem === undefined ? query : this.#stop([...path, 'query'], problem);
  }

  #name(position: number): string {
    const name = this.#text(['name'], this.#members.name) ?? '';
    if (identifier.safeParse(name).success) return name;
    const ours =
      name
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '')
        .slice(0, 100) || `metric-${position}`;
    this.#remark(['name'], `it is called ${ours} here: a name is letters, digits, ".", "_" and "-"`);
    return ours;
  }

  #times(): Pick<WrittenMetric, 'interval' | 'count' | 'for'> {
    const interval = this.#duration('interval') ?? WITHOUT_INTERVAL;
    const count = this.#whole('count') ?? 1;
    const { length } = this.#context;
    if (isWritten(this.#members.count)) {
      if (count > 1 && !isWritten(this.#members.interval))
        this.#stop(['count'], 'it is measured several times without an interval: write one');
      return { interval, count };
    }
    if (!isWritten(this.#members.interval)) return { interval, count };
    if (length === undefined)
      this.#stop(
        ['interval'],
        'without a count it is measured until the rollout has ended, and a watch has an end of its own: say how long with --watch-for, such as --watch-for 15m',
      );
    return { interval, for: length };
  }

  #conditions(): Pick<WrittenMetric, 'successCondition' | 'failureCondition'> & { readonly wanted: Wanted } {
    const success = this.#condition('successCondition');
    const failure = this.#condition('failureCondition');
    const [wanted = 'first', ...others] = new Set([...(success?.wanted ?? []), ...(failure?.wanted ?? [])]);
    if (others.length > 0)
      this.#stop(
        [success ? 'successCondition' : 'failureCondition'],
        'its conditions are about several numbers of one query: write a metric for each',
      );
    else if (wanted !== 'first')
      this.#remark(
        [success ? 'successCondition' : 'failureCondition'],
        `it is asked of ${wanted === 'greatest' ? 'max' : 'min'}(query) here, which leaves out a series that is not a number (NaN)`,
      );
    return {
      // Without a condition, every number is a success there.
      successCondition: success?.cel ?? (failure ? undefined : 'true'),
      failureCondition: failure?.cel,
      wanted,
    };
  }

  #condition(name: 'successCondition' | 'failureCondition'): CelCondition | undefined {
    const text = this.#text([name], this.#members[name]);
    if (text === undefined) return undefined;
    try {
      const condition = celOf(text);
      if (condition.guards.length > 0)
        this.#remark(
          [name],
          `what it asks about missing numbers (${condition.guards.join(', ')}) is left out: here a missing number is neither a success nor a failure, and consecutiveErrorLimit says how many may be missing. Where no data means that all is well, let the query give a number, such as "(...) or vector(0)"`,
        );
      return condition;
    } catch (error) {
      if (!(error instanceof NotCarriedOver)) throw error;
      return this.#stop([name], `${error.message}; write the condition in CEL over result yourself`);
    }
  }

  /** A duration as it is written here, in whole seconds. */
  #duration(name: 'initialDelay' | 'interval'): string | undefined {
    const text = this.#text([name], this.#members[name]);
    if (text === undefined) return undefined;
    const ms = parseGoDuration(text);
    if (ms === undefined) return this.#stop([name], `${text} is no duration: write one such as 30s or 5m`);
    const seconds = Math.ceil(ms / 1_000);
    const ours = written(seconds * 1_000) || '0s';
    if (seconds * 1_000 !== ms) this.#remark([name], `it is ${ours} here: a duration has whole seconds`);
    return ours;
  }

  #whole(name: string): number | undefined {
    const text = this.#text([name], this.#members[name]);
    if (text === undefined) return undefined;
    if (/^-?\d{1,9}$/.test(text)) return Number(text);
    return this.#stop([name], `${text} is no whole number: write one`);
  }

  /** A text or number of the metric, with the values of its arguments. */
  #text(path: Path, value: unknown): string | undefined {
    if (!isWritten(value)) return undefined;
    if (typeof value === 'object') return this.#stop(path, 'it is neither a text nor a number: write one');
    const filled = this.#context.args.fill(String(value));
    if ('text' in filled) return filled.text.trim();
    for (const problem of new Set(filled.problems)) this.#stop(path, problem);
    return undefined;
  }

  #remark(path: Path, problem: string): void {
    this.remarks.push({ path, problem });
  }

  #stop(path: Path, problem: string): undefined {
    this.stops.push({ path, problem });
  }
}

/** What the loader of action types says of a metric. Whether it is dry is said of all metrics together. */
function refusedIn(metric: WrittenMetric): Remark[] {
  const shape = shapeOf(watchSchema, { value: { metrics: [{ ...metric, dryRun: undefined }] } });
  if ('value' in shape) return [];
  return shape.problems.map(({ path, problem }) => ({ path: path.slice(2), problem }));
}
