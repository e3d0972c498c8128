import type { Command } from 'commander';
import { queryFault } from '../../adapters/index.ts';
import { faultLines, loadInstallation } from '../../config/index.ts';
import { print } from '../print.ts';

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
      const { actionTypes, services, people, agents, digests } = loaded.installation;
      const counts = {
        actionTypes: Object.keys(actionTypes).length,
        services: Object.keys(services).length,
        people: Object.keys(people).length,
        agents: Object.keys(agents).length,
      };
      print(command, { ok: true, ...counts, digests }, () => {
        const { actionTypes: types, services: targets, people: persons, agents: proposers } = counts;
        return `${folder} is sound: ${types} action types, ${targets} services, ${persons} people, ${proposers} agents.`;
      });
    });
}
