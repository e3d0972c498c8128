import { WorkflowNotFoundError } from '@temporalio/client';
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
      'cancel a request at any time until the action has ended; what stands in production is taken back',
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
        // The server takes a cancellation of what has ended without a word.
        const { status } = await countersign.client.workflow
          .getHandle(action.workflowId)
          .describe()
          .catch(unknown);
        if (status !== undefined && status.name !== 'RUNNING')
          throw new DecisionRefused('notOpen', `${id} has ended: nothing of it is left to cancel`);
        await action.cancel();
        print(
          command,
          { id, asked: 'cancel' },
          () =>
            `${id} is being cancelled, and what of it stands is taken back: "countersign show ${id}" says how it ends.`,
        );
      }),
    );
}

/** What is not known at all, the cancellation itself is refused for. */
function unknown(error: unknown): { status: undefined } {
  if (error instanceof WorkflowNotFoundError) return { status: undefined };
  throw error;
}
