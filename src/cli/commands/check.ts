import type { Command } from 'commander';
import { inWords } from '../../adapters/briefing/text.ts';
import { queryFault } from '../../adapters/index.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import { worstCaseMs } from '../../domain/escalation.ts';
import type { RouteTemplate } from '../../domain/installation.ts';
import { print } from '../print.ts';

/** One line: whom a route asks, and how long an answer takes when nobody gives one. */
function routeLine({ name, steps, onSilence, worstCaseMs: worst }: RouteTemplate & Named): string {
  const asked = steps
    .map(({ notify, by, waitMs }) => `${notify} by ${by} (${inWords(waitMs)})`)
    .join(', then ');
  const end = onSilence === 'proceed' ? 'it proceeds if on-call could be paged' : 'it expires';
  return `Route ${name}: ${asked}. In silence, after ${inWords(worst)} at most, ${end}.`;
}

interface Named {
  readonly name: string;
  readonly worstCaseMs: number;
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
      const loaded = await loadInstallation(folder, process.env, queryFault);
      if (loaded.kind === 'faulty') {
        const { faults } = loaded;
        const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
        print(command, { ok: false, faults }, () =>
          [...faultLines(faults), `${count} in ${folder}`].join('\n'),
        );
        process.exitCode = 1;
        return;
      }
      const { actionTypes, services, people, agents, rules, digests } = loaded.installation;
      const counts = {
        actionTypes: Object.keys(actionTypes).length,
        services: Object.keys(services).length,
        people: Object.keys(people).length,
        agents: Object.keys(agents).length,
      };
      const { window, approval } = rules;
      const routes = Object.entries({ window: window.route, approval: approval.route }).map(
        ([name, route]) => ({ name, worstCaseMs: worstCaseMs(route), ...route }),
      );
      print(command, { ok: true, ...counts, digests, routes, notes: loaded.notes }, () => {
        const { actionTypes: types, services: targets, people: persons, agents: proposers } = counts;
        return [
          `${folder} is sound: ${types} action types, ${targets} services, ${persons} people, ${proposers} agents.`,
          ...routes.map(routeLine),
          ...faultLines(loaded.notes).map((line) => `Note: ${line}`),
        ].join('\n');
      });
    });
}
