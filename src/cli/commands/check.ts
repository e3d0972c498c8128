import type { Command } from 'commander';
import { inWords } from '../../adapters/briefing/text.ts';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { exercisePolicies, faultLines, loadInstallation } from '../../config/index.ts';
import { worstCaseMs } from '../../domain/escalation.ts';
import type { RouteTemplate } from '../../domain/installation.ts';
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
    .action(async (folder: string, _options: object, command: Command) => {
      const loaded = await loadInstallation(folder, process.env, cedar, queryFault);
      if (loaded.kind === 'faulty') {
        const { faults } = loaded;
        const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
        print(command, { ok: false, faults }, () =>
          [...faultLines(faults), `${count} in ${folder}`].join('\n'),
        );
        process.exitCode = 1;
        return;
      }
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
      const notes = [...loaded.notes, ...unused];
      print(command, { ok: true, ...counts, ownPolicies, digests, routes, notes }, () => {
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
