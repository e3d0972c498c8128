import type { Command } from 'commander';
import { DecisionRefused } from '../../contract/errors.ts';
import { answered } from '../answered.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { stateText } from '../text.ts';

/** `countersign cancel`: the side that asked withdraws its request, for whoever may reach Temporal. */
export function cancelCommand(program: Command): void {
  program
    .command('cancel')
    .description(
      'withdraw a request, at any time until it has ended: what of it already stands is taken back',
    )
    .argument('<action>', 'action id')
    .option('--yes', 'do not ask again')
    .action(async (id: string, { yes }: { yes?: boolean }, command: Command) =>
      connected(command, async (countersign) => {
        const action = countersign.action(id);
        if (!yes) {
          const text = stateText(await answered(countersign, () => action.state()));
          if (!(await confirmed(text, 'Cancel this?'))) {
            process.exitCode = 1;
            return;
          }
        }
        await action.cancel().catch(async (error: unknown) => {
          // The server says the same of what has ended and of what it never knew.
          await countersign.client.workflow
            .getHandle(action.workflowId)
            .describe()
            .catch(() => {
              throw error;
            });
          throw new DecisionRefused('notOpen', `${id} has ended: nothing of it is left to cancel`);
        });
        print(
          command,
          { id, asked: 'cancel' },
          () =>
            `${id} is being cancelled, and what of it stands is taken back: "countersign show ${id}" says how it ends.`,
        );
      }),
    );
}
