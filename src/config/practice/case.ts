import { type Installation, targetsIn } from '../../domain/installation/installation.ts';
import type { WrittenCase } from '../../domain/practice/case.ts';
import type { CheckParams } from '../../domain/proposal/check-proposal.ts';
import type { Json } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { checkShape, type ShapeChecked } from '../source/schema.ts';
import { type Path, parseYaml, type Source } from '../source/yaml-files.ts';
import { caseSchema, type WrittenCaseFile } from './schema.ts';

/** A case's file whose shape is right. Its names are checked against a folder by `caseFor`. */
export interface CaseFile {
  readonly name: string;
  readonly written: WrittenCaseFile;
  readonly source: Source;
}

/** Reads a case's file, and reports every fault of its shape. @param file its name, for the faults */
export function readCase(name: string, file: string, text: string): ShapeChecked<CaseFile> {
  const { sources, faults } = parseYaml(file, text);
  const [source, second] = sources;
  if (faults.length > 0) return { faults };
  if (!source) return { faults: [{ file, line: 1, problem: 'is empty: write a case' }] };
  if (second) return { faults: [second.fault([], 'is a second document: write one case in a file')] };
  const { value, faults: shapeFaults } = checkShape(caseSchema, source);
  return value ? { value: { name, written: value, source }, faults: [] } : { faults: shapeFaults };
}

const USUAL_READ_AFTER_MS = 3 * 60_000;
const USUAL_SINCE_MS = 2 * 3_600_000;

/** Checks the names of a case against the folder that it is ruled on by, and reports every fault at once. */
export function caseFor(
  { name, written, source }: CaseFile,
  installation: Installation,
  checkParams: CheckParams,
): ShapeChecked<WrittenCase> {
  const faults: ConfigFault[] = [];
  const fault = (path: Path, problem: string) => faults.push(source.fault(path, problem));
  const known = (path: Path, what: string, asked: string, names: readonly string[]) => {
    if (!names.includes(asked)) fault(path, `the folder has no ${what} "${asked}": ${hint(asked, names)}`);
  };
  const services = targetsIn(installation).map((service) => service.name);
  const people = Object.keys(installation.people);
  const environments = Object.keys(installation.environments);
  const params = (at: Path, typeName: string, values: { readonly [name: string]: Json }) => {
    const type = lookup(installation.actionTypes, typeName);
    for (const { where, problem } of type ? checkParams(type, values) : [])
      fault([...at, ...where.split('.')], problem);
  };

  /** Checks the names of something that an agent asks for, and returns its environment. */
  function request(
    at: Path,
    asked: Pick<WrittenCaseFile['asks'], 'agent' | 'actionType' | 'target' | 'environment' | 'params'>,
  ): string {
    known([...at, 'agent'], 'agent', asked.agent, Object.keys(installation.agents));
    known([...at, 'actionType'], 'action type', asked.actionType, Object.keys(installation.actionTypes));
    known([...at, 'target'], 'service', asked.target, services);
    params(at, asked.actionType, asked.params ?? {});
    const { environment = environments.length === 1 ? environments[0] : undefined } = asked;
    if (environment === undefined) fault(at, `write "environment": ${environments.join(' or ')}`);
    else known([...at, 'environment'], 'environment', environment, environments);
    return environment ?? '';
  }

  for (const part of ['metrics', 'incidents'] as const)
    for (const [n, { service }] of (written[part] ?? []).entries())
      known([part, n, 'service'], 'service', service, services);
  const before = (written.before ?? []).map((earlier, n) => {
    known(['before', n, 'by'], 'person', earlier.by, people);
    return {
      ...earlier,
      version: earlier.version ?? '1.0.0',
      environment: request(['before', n], earlier),
      params: earlier.params ?? {},
      because: earlier.because ?? 'it was not as it should be',
    };
  });
  const { asks, edit } = written;
  const environment = request(['asks'], asks);
  if (edit) {
    known(['edit', 'by'], 'person', edit.by, people);
    params(['edit', 'params'], asks.actionType, edit.params);
  }
  if (faults.length > 0) return { faults };
  const stretches = <Item extends { readonly since?: number | undefined }>(items: readonly Item[] = []) =>
    items.map((item) => ({ ...item, since: item.since ?? USUAL_SINCE_MS }));
  return {
    value: {
      name,
      kind: written.kind,
      is: written.is,
      because: written.because,
      facts: written.facts,
      at: Date.parse(written.at),
      readAfter: written.readAfter ?? USUAL_READ_AFTER_MS,
      settings: written.settings ?? {},
      metrics: stretches(written.metrics),
      incidents: stretches(written.incidents),
      before,
      asks: {
        actionType: asks.actionType,
        target: asks.target,
        environment,
        params: asks.params ?? {},
        agent: { id: asks.agent, version: asks.version ?? '1.0.0' },
        rationale: {
          summary: asks.says,
          confidence: asks.confidence ?? 0.9,
          alternatives: asks.alternatives ?? [
            { option: 'do nothing', confidence: 0.2, whyNot: 'it would stay as it is' },
          ],
        },
        evidence: asks.evidence,
        successCriteria: asks.successCriteria,
        declaredTier: asks.declaredTier,
      },
      edit,
    },
    faults: [],
  };
}
