import type { Part, Scenario, ScriptedProposal } from '../../domain/exercise/scenario.ts';
import { type Installation, targetsIn } from '../../domain/installation/installation.ts';
import type { CheckParams } from '../../domain/proposal/check-proposal.ts';
import type { Json } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { checkShape, type ShapeChecked } from '../source/schema.ts';
import { type Path, parseYaml, type Source } from '../source/yaml-files.ts';
import { scenarioSchema, type WrittenScenario } from './schema.ts';

/** A scenario's file whose shape is right. Its names are checked against a folder by `scenarioFor`. */
export interface ScenarioFile {
  readonly written: WrittenScenario;
  readonly source: Source;
}

/** Reads a scenario's file, and reports every fault of its shape. @param file its name, for the faults */
export function readScenario(file: string, text: string): ShapeChecked<ScenarioFile> {
  const { sources, faults } = parseYaml(file, text);
  const [source, second] = sources;
  if (faults.length > 0) return { faults };
  if (!source) return { faults: [{ file, line: 1, problem: 'is empty: write a scenario' }] };
  if (second) return { faults: [second.fault([], 'is a second document: write one scenario in a file')] };
  const { value, faults: shapeFaults } = checkShape(scenarioSchema, source);
  return value ? { value: { written: value, source }, faults: [] } : { faults: shapeFaults };
}

const SILENT: Part = { answers: 'never', after: 0, away: [] };
const USUAL_AFTER_MS = 5 * 60_000;

/** Checks the names of a scenario against the folder that it exercises, and reports every fault at once. */
export function scenarioFor(
  { written, source }: ScenarioFile,
  installation: Installation,
  checkParams: CheckParams,
): ShapeChecked<Scenario> {
  const faults: ConfigFault[] = [];
  const fault = (path: Path, problem: string) => faults.push(source.fault(path, problem));
  const services = targetsIn(installation).map(({ name }) => name);
  const known = (path: Path, what: string, name: string, names: readonly string[]) => {
    if (!names.includes(name)) fault(path, `the folder has no ${what} "${name}": ${hint(name, names)}`);
  };

  for (const person of Object.keys(written.people ?? {}))
    known(['people', person], 'person', person, Object.keys(installation.people));
  for (const [n, { service }] of (written.metrics ?? []).entries())
    known(['metrics', n, 'service'], 'service', service, services);
  for (const [n, { service }] of (written.incidents ?? []).entries())
    known(['incidents', n, 'service'], 'service', service, services);

  const environments = Object.keys(installation.environments);
  const names = new Set<string>();
  const proposals = written.proposals.flatMap((proposal, n): ScriptedProposal[] => {
    const at = (...path: Path): Path => ['proposals', n, ...path];
    if (names.has(proposal.name)) fault(at('name'), `"${proposal.name}" names another proposal too`);
    names.add(proposal.name);
    known(at('agent'), 'agent', proposal.agent, Object.keys(installation.agents));
    known(at('actionType'), 'action type', proposal.actionType, Object.keys(installation.actionTypes));
    for (const target of proposal.target) known(at('target'), 'service', target, services);
    const { environment = environments.length === 1 ? environments[0] : undefined } = proposal;
    if (environment === undefined) fault(at(), `write "environment": ${environments.join(' or ')}`);
    else known(at('environment'), 'environment', environment, environments);
    if ((proposal.times === undefined) !== (proposal.every === undefined))
      fault(at(), '"times" and "every" belong together: write both or neither');
    const type = lookup(installation.actionTypes, proposal.actionType);
    // A proposal that is to be refused may be wrong in itself.
    if (type && !proposal.expect?.outcome?.includes('refused'))
      for (const { where, problem } of checkParams(type, numbered(proposal.params ?? {}, 1)))
        fault(at(...where.split('.')), problem);
    return environment === undefined ? [] : repeated(proposal, environment);
  });
  for (const [n, { at, times = 1, every = 0 }] of written.proposals.entries())
    if (at + (times - 1) * every >= written.lasts)
      fault(['proposals', n, 'at'], 'it is asked for after the end: make "lasts" longer');

  if (faults.length > 0) return { faults };
  const { title, begins, lasts, people = {}, everybodyElse } = written;
  return {
    value: {
      title,
      begins: Date.parse(begins),
      lasts,
      people: Object.fromEntries(Object.entries(people).map(([name, part]) => [name, partOf(part)])),
      everybodyElse: everybodyElse ? partOf(everybodyElse) : SILENT,
      pagerDown: written.pagerDown ?? [],
      mailDown: written.mailDown ?? [],
      metrics: written.metrics ?? [],
      incidents: written.incidents ?? [],
      settings: written.settings ?? {},
      proposals,
      expect: written.expect ?? {},
    },
    faults: [],
  };
}

const partOf = ({
  answers,
  after = USUAL_AFTER_MS,
  away = [],
}: NonNullable<WrittenScenario['everybodyElse']>): Part => ({
  answers,
  after,
  away,
});

/** Each time that a proposal is made. */
function repeated(proposal: WrittenScenario['proposals'][number], environment: string): ScriptedProposal[] {
  const { name, at, times = 1, every = 0, version = '1.0.0', target, params = {} } = proposal;
  return Array.from({ length: times }, (_, n) => ({
    name: times === 1 ? name : `${name}-${n + 1}`,
    at: at + n * every,
    agent: proposal.agent,
    version,
    actionType: proposal.actionType,
    target: target[n % target.length] ?? '',
    environment,
    params: numbered(params, n + 1),
    says: proposal.says ?? 'The scenario of an exercise asks for it.',
    confidence: proposal.confidence ?? 0.9,
    is: proposal.is,
    breaksAfter: proposal.breaksAfter,
    answer: proposal.answer ?? 'done',
    rollbackAnswer: proposal.rollbackAnswer ?? 'done',
    unsigned: proposal.unsigned ?? false,
    expect: proposal.expect ?? {},
  }));
}

const numbered = (params: Readonly<Record<string, Json>>, n: number): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('${n}', String(n)) : value,
    ]),
  );
