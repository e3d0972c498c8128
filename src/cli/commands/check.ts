import { type Command, Option } from 'commander';
import { inWords } from '../../adapters/briefing/text.ts';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import {
  type ConfigFault,
  exercisePolicies,
  faultLines,
  type Loaded,
  loadInstallation,
  responsibilitiesOf,
  rulingsIn,
  undecidable,
} from '../../config/index.ts';
import { worstCaseMs } from '../../domain/escalation.ts';
import type { RouteTemplate } from '../../domain/installation.ts';
import { MATRIX_FORMATS, type MatrixFormat, matrixText } from '../matrix.ts';
import { print } from '../print.ts';

/** One line: whom a route asks, and how long an answer takes when nobody gives one. */
function routeLine({ name, steps, onSilence, worstCaseMs: worst }: Told): string {
  const asked = steps
    .map(({ notify, by, waitMs }) => `${notify} by ${by} (${inWords(waitMs)})`)
    .join(', then ');
  const end = {
    proceed: 'it proceeds if on-call could be paged',
    deny: 'it expires',
    either: 'it ends as the one in whose place it stands',
  }[onSilence];
  return `Route ${name}: ${asked}. In silence, after ${inWords(worst)} at most, ${end}.`;
}

interface Told {
  readonly name: string;
  readonly worstCaseMs: number;
  readonly steps: RouteTemplate['steps'];
  /** `either`: a policy may put it in place of any. */
  readonly onSilence: RouteTemplate['onSilence'] | 'either';
}

/** So many rulings take some seconds; more are made only for those who ask for the matrix. */
const MOST_RULINGS = 4_000;

function responsibilitiesIn(
  { installation, authorize, policies }: Extract<Loaded, { kind: 'loaded' }>,
  wanted: boolean,
) {
  const rulings = rulingsIn(installation, policies);
  if (wanted || rulings <= MOST_RULINGS)
    return { responsibilities: responsibilitiesOf(installation, authorize, policies), notes: [] };
  const problem = `whether somebody could decide on everything takes ${rulings} rulings: "--matrix table" makes them`;
  return { notes: [{ file: 'policies', line: 1, problem }] };
}

/** `countersign check`: proves an installation's folder before it is used. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .description("check an installation's folder; every fault is named with its file and line")
    .argument(
      '[folder]',
      'the installation (COUNTERSIGN_INSTALLATION)',
      process.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .addOption(
      new Option('--matrix <format>', 'print who is responsible for what, and nothing else').choices(
        MATRIX_FORMATS,
      ),
    )
    .action(async (folder: string, { matrix }: { matrix?: MatrixFormat }, command: Command) => {
      const loaded = await loadInstallation(folder, process.env, cedar, queryFault);
      const faulty = (faults: readonly ConfigFault[]) => {
        const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
        print(command, { ok: false, faults }, () =>
          [...faultLines(faults), `${count} in ${folder}`].join('\n'),
        );
        process.exitCode = 1;
      };
      if (loaded.kind === 'faulty') return faulty(loaded.faults);
      const { responsibilities, notes: unruled } = responsibilitiesIn(loaded, matrix !== undefined);
      const faults = undecidable(responsibilities ?? []);
      if (faults.length > 0) return faulty(faults);
      const { installation, policies, ownPolicies } = loaded;
      const { actionTypes, services, people, agents, rules, digests } = installation;
      const counts = {
        actionTypes: Object.keys(actionTypes).length,
        services: Object.keys(services).length,
        people: Object.keys(people).length,
        agents: Object.keys(agents).length,
        policies: policies.length,
      };
      const { window, approval } = rules;
      const routes: Told[] = [
        ...Object.entries({ window: window.route, approval: approval.route }).map(([name, route]) => ({
          ...{ name, worstCaseMs: worstCaseMs(route), ...route },
        })),
        ...Object.entries(rules.routes).map(([name, { steps }]) => ({
          ...{ name, steps, onSilence: 'either' as const },
          worstCaseMs: worstCaseMs({ steps, onSilence: 'proceed' }),
        })),
      ];
      // The set that ships is for every installation: what of it has no use in this one is no mistake.
      const unused = ownPolicies ? exercisePolicies(installation, policies, cedar) : [];
      const notes = [...loaded.notes, ...unused, ...unruled];
      print(command, { ok: true, ...counts, ownPolicies, digests, routes, notes, responsibilities }, () => {
        if (matrix) return matrixText(responsibilities ?? [], matrix, counts.agents);
        const { actionTypes: types, services: targets, people: persons, agents: proposers } = counts;
        const whose = ownPolicies ? '' : ' (those that ship with Countersign)';
        return [
          `${folder} is sound: ${types} action types, ${targets} services, ${persons} people, ${proposers} agents, ${counts.policies} policies${whose}.`,
          ...routes.map(routeLine),
          ...faultLines(notes).map((line) => `Note: ${line}`),
        ].join('\n');
      });
    });
}
