import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';

/** Answers an approver's question. */
export const answer = (command: CliCommand, id: string, questionId: string, text: string) =>
  connected(command, async (countersign) => {
    await answered(countersign, () => countersign.action(id).answer(questionId, text));
    print(
      command,
      { id, questionId, text },
      () => "Answered. The approvers see the answer last, as the agent's own words.",
    );
  });
