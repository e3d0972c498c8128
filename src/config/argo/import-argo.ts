import { z } from 'zod';
import { watchSchema } from '../action-types/watch.ts';
import type { ConfigFault } from '../source/fault.ts';
import { shapeOf } from '../source/schema.ts';
import { type Path, parseYaml, type Source, textsIn } from '../source/yaml-files.ts';
import { argsOf, argsUsedIn, type GivenArgs } from './args.ts';
import { dryRunOf } from './dry-run.ts';
import { importMetric, isMembers, type Members, type Remark, type WrittenMetric } from './metric.ts';

export interface ImportWishes {
  readonly args: GivenArgs;
  /** The metric source of the installation that the metrics are read from. */
  readonly source: string;
  /** How long a metric that has no end in Argo Rollouts is watched. */
  readonly length?: string | undefined;
}

/** What one template became. */
export interface ImportedWatch {
  readonly kind: string;
  readonly name: string;
  /** The addresses of the Prometheus servers that it names. */
  readonly addresses: readonly string[];
  readonly watch: { readonly metrics: readonly WrittenMetric[] };
}

export interface Imported {
  readonly watches: readonly ImportedWatch[];
  /** What was not carried over, or not as it is, with file and line. */
  readonly remarks: readonly ConfigFault[];
  /** The arguments that the templates use. */
  readonly args: readonly string[];
}

const KINDS = ['AnalysisTemplate', 'ClusterAnalysisTemplate'];

const templateSchema = z.looseObject({
  apiVersion: z.string().startsWith('argoproj.io/'),
  kind: z.enum(KINDS),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
  spec: z.record(z.string(), z.unknown()),
});

/** The members of a template's `spec` that do not become a part of a watch, and what to do. */
const BESIDE_METRICS: Readonly<Record<string, string>> = {
  measurementRetention: 'every measurement stays in the ledger: there is nothing to write',
  templates: 'it names other templates: import those too, and write their metrics into one watch',
};

const KNOWN = ['args', 'metrics', 'dryRun'];

/** Turns the analysis templates of a file into watches that an action type can have. Nothing of them is run or asked. */
export function importArgo(file: string, text: string, wishes: ImportWishes): Imported {
  const { sources, faults } = parseYaml(file, text);
  const parts = sources.flatMap(templatesIn);
  const imported = parts.map(({ source, path, value }) => {
    const { watch, remarks } = importTemplate(value, wishes);
    return {
      watch,
      remarks: remarks.map((remark) => source.fault([...path, ...remark.path], remark.problem)),
    };
  });
  const isEmpty = faults.length === 0 && parts.length === 0;
  const empty = { file, line: 1, problem: 'it is empty: name a file with an AnalysisTemplate' };
  const remarks = [...(isEmpty ? [empty] : faults), ...imported.flatMap((each) => each.remarks)];
  return {
    watches: imported.flatMap(({ watch }) => watch ?? []),
    remarks: remarks.toSorted((a, b) => a.line - b.line),
    args: [
      ...new Set(
        sources.flatMap(({ value }) => textsIn(value).flatMap(({ text: each }) => argsUsedIn(each))),
      ),
    ],
  };
}

interface Part {
  readonly source: Source;
  readonly path: Path;
  readonly value: unknown;
}

/** The documents in a document: `kubectl get -o yaml` gives a list. */
function templatesIn(source: Source): Part[] {
  const { value } = source;
  const isList = isMembers(value) && Array.isArray(value.items) && String(value.kind).endsWith('List');
  if (!isList || !Array.isArray(value.items)) return [{ source, path: [], value }];
  return value.items.map((item, i) => ({ source, path: ['items', i], value: item }));
}

function importTemplate(
  value: unknown,
  { args: given, source, length }: ImportWishes,
): { readonly watch?: ImportedWatch; readonly remarks: readonly Remark[] } {
  const template = templateSchema.safeParse(value);
  if (!template.success) return { remarks: [whyNoTemplate(value)] };
  const { kind, metadata, spec } = template.data;
  const args = argsOf(spec.args, given);
  const dryRun = dryRunOf(spec.dryRun);
  const written = Array.isArray(spec.metrics) ? spec.metrics : [];
  const metrics = written.map((members: unknown, i) => ({
    path: ['spec', 'metrics', i],
    members,
    ...(isMembers(members)
      ? importMetric(members, i + 1, { args, isDry: dryRun.isDry, source, length })
      : { remarks: [{ path: [], problem: 'it is no metric, and is left out' }] }),
  }));
  const kept = metrics.flatMap(({ path, metric }) => (metric ? [{ path, metric }] : []));
  const watch = { metrics: kept.map(({ metric }) => metric) };
  const refused =
    kept.length === 0
      ? []
      : refusedIn(
          watch,
          kept.map(({ path }) => path),
        );
  const beside = Object.keys(spec).filter((name) => !KNOWN.includes(name));
  const remarks = [
    ...(written.length === 0
      ? [{ path: ['spec'], problem: 'it has no metrics: there is nothing to watch' }]
      : []),
    ...beside.map((name) => ({
      path: ['spec', name],
      problem: BESIDE_METRICS[name] ?? 'it is not known here, and not read',
    })),
    ...[...args.unread, ...dryRun.unread].map(({ path, problem }) => ({ path: ['spec', ...path], problem })),
    ...metrics.flatMap(({ path, remarks: those }) =>
      those.map((remark) => ({ path: [...path, ...remark.path], problem: remark.problem })),
    ),
    ...refused,
  ];
  if (kept.length === 0 || refused.length > 0) return { remarks };
  const addresses = metrics.flatMap(({ members }) => (isMembers(members) ? addressOf(members) : []));
  const name = metadata?.name ?? 'without a name';
  return {
    watch: { kind, name, watch, addresses: [...new Set(addresses.flatMap((each) => filled(each, args)))] },
    remarks,
  };
}

const filled = (text: string, { fill }: ReturnType<typeof argsOf>) => {
  const result = fill(text);
  return 'text' in result ? [result.text] : [];
};

function addressOf({ provider }: Members): string[] {
  const prometheus = isMembers(provider) ? provider.prometheus : undefined;
  const address = isMembers(prometheus) ? prometheus.address : undefined;
  return typeof address === 'string' && address !== '' ? [address] : [];
}

function whyNoTemplate(value: unknown): Remark {
  const reads = `only ${KINDS.join(' and ')} of argoproj.io are imported`;
  if (!isMembers(value)) return { path: [], problem: `it is no object of Kubernetes: ${reads}` };
  if (typeof value.kind !== 'string' || !KINDS.includes(value.kind))
    return { path: ['kind'], problem: `${String(value.kind)} is not read: ${reads}` };
  if (!isMembers(value.spec))
    return { path: ['spec'], problem: 'it has no metrics: there is nothing to watch' };
  return { path: ['apiVersion'], problem: `${String(value.apiVersion)} is not read: ${reads}` };
}

/** What the loader of action types says of the metrics together. @param paths where each of them stands in the template */
function refusedIn(watch: ImportedWatch['watch'], paths: readonly Path[]): Remark[] {
  const shape = shapeOf(watchSchema, { value: watch });
  if ('value' in shape) return [];
  return shape.problems.map(({ path: [, position, ...member], problem }) => ({
    path: [...(paths[Number(position)] ?? ['spec', 'metrics']), ...member],
    problem: `there is no watch: the metrics ${problem}`,
  }));
}
