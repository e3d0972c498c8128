import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import {
  checkMappings,
  exercisePolicies,
  faultLines,
  type Loaded,
  loadInstallation,
  responsibilitiesOf,
  rulingsIn,
  undecidable,
} from '../../config/index.ts';
import { targetsIn } from '../../domain/installation/installation.ts';
import type { CliCommand } from '../cli-command.ts';
import { matrixText } from '../matrix.ts';
import type { MatrixFormat } from '../matrix-format.ts';
import { standInLine, standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';
import { routeLine, type WrittenRoute, worstOf } from '../route-text.ts';

/** The most rulings that are made without being asked for the matrix. They take some seconds. */
const MOST_RULINGS = 4_000;

/** The most notes that are printed. A catalog that others maintain may have hundreds. Notes about our own files come first. */
const MOST_NOTES = 40;

function responsibilitiesIn(
  { installation, authorize, policies }: Extract<Loaded, { kind: 'loaded' }>,
  isWanted: boolean,
) {
  const rulings = rulingsIn(installation, policies);
  if (isWanted || rulings <= MOST_RULINGS)
    return { responsibilities: responsibilitiesOf(installation, authorize, policies), notes: [] };
  const problem = `whether somebody could decide on everything takes ${rulings} rulings: "--matrix table" makes them`;
  return { notes: [{ file: 'policies', line: 1, problem }] };
}

/** Checks an installation's folder. @param matrix print only the responsibility matrix, in this format */
export async function check(command: CliCommand, folder: string, matrix?: MatrixFormat): Promise<void> {
  const { env, taken } = standInsFor(command.io.env);
  const loaded = await loadInstallation(folder, env, cedar, queryFault);
  if (loaded.kind === 'faulty') return printFaults(command, folder, loaded.faults);
  const { responsibilities, notes: unruled } = responsibilitiesIn(loaded, matrix !== undefined);
  const faults = [
    ...undecidable(responsibilities ?? []),
    ...(await checkMappings(folder, loaded.installation)),
  ];
  if (faults.length > 0) return printFaults(command, folder, faults);
  const { installation, policies, ownPolicies } = loaded;
  const { actionTypes, people, agents, rules, digests } = installation;
  const counts = {
    actionTypes: Object.keys(actionTypes).length,
    services: targetsIn(installation).length,
    people: Object.keys(people).length,
    agents: Object.keys(agents).length,
    policies: policies.length,
  };
  const { window, approval } = rules;
  const writtenRoutes: readonly (readonly [string, WrittenRoute])[] = [
    ...Object.entries({ window: window.route, approval: approval.route }),
    ...Object.entries(rules.routes).map(
      ([name, route]) => [name, { ...route, onSilence: 'either' }] as const,
    ),
  ];
  const routes = writtenRoutes.map(([name, route]) => ({ name, worstCaseMs: worstOf(route), ...route }));
  // The policies that ship are for every installation: one that has no use in this installation is no mistake.
  const policyNotes = ownPolicies ? exercisePolicies(installation, policies, cedar) : [];
  const notes = [...loaded.notes, ...policyNotes, ...unruled];
  const standIns = taken();
  const report = { ok: true, ...counts, ownPolicies, digests, routes, notes, standIns, responsibilities };
  print(command, report, () => {
    if (matrix) return matrixText(responsibilities ?? [], matrix, counts.agents);
    const { actionTypes: types, services: targets, people: persons, agents: proposers } = counts;
    const originText = ownPolicies ? '' : ' (those that ship with Countersign)';
    return [
      `${folder} is sound: ${types} action types, ${targets} services, ${persons} people, ${proposers} agents, ${counts.policies} policies${originText}.`,
      ...writtenRoutes.map(([name, route]) => routeLine(name, route)),
      ...faultLines(notes.slice(0, MOST_NOTES)).map((line) => `Note: ${line}`),
      ...(notes.length > MOST_NOTES ? [`${notes.length - MOST_NOTES} more notes: --json has them all.`] : []),
      ...standInLine(standIns),
    ].join('\n');
  });
}
