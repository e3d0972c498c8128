import type { Command } from 'commander';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { stateText } from '../text.ts';

/** `countersign show`: where an action stands, and the answers to the three questions. */
export function showCommand(program: Command): void {
  program
    .command('show')
    .description('show an action: what it is, where it stands, and why')
    .argument('<action>', 'action id')
    .action(async (actionId: string, _options: object, command: Command) =>
      connected(command, async (countersign) => {
        const action = countersign.action(actionId);
        const [state, explanation] = await Promise.all([action.state(), action.explanation()]);
        print(command, { state, explanation }, () => stateText(state, explanation));
      }),
    );
}
