import { WorkflowNotFoundError } from '@temporalio/client';
import { DecisionRefused } from '../../contract/errors.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { stateText } from '../text.ts';

/** Cancels a request, after the person has seen its state. @param yes skips the question */
export const cancel = (command: CliCommand, id: string, yes: boolean) =>
  connected(command, async (countersign) => {
    const action = countersign.action(id);
    if (!yes) {
      const text = stateText(await answered(countersign, () => action.state()));
      if (!(await confirmed(command.io, text, 'Cancel this?'))) {
        command.io.exitCode = 1;
        return;
      }
    }
    // The server silently accepts a cancellation of a workflow that has ended.
    const { status } = await countersign.client.workflow
      .getHandle(action.workflowId)
      .describe()
      .catch(unknownStatus);
    if (status !== undefined && status.name !== 'RUNNING')
      throw new DecisionRefused('notOpen', `${id} has ended: nothing of it is left to cancel`);
    await action.cancel();
    print(
      command,
      { id, asked: 'cancel' },
      () =>
        `${id} is being cancelled, and what of it stands is taken back: "countersign show ${id}" says how it ends.`,
    );
  });

/** The status of an unknown workflow: the cancellation itself is then refused. */
function unknownStatus(error: unknown): { status: undefined } {
  if (error instanceof WorkflowNotFoundError) return { status: undefined };
  throw error;
}
