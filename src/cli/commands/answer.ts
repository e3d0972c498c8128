import type { Command } from 'commander';
import { answered } from '../answered.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';

/** `countersign answer`: what the SDK does, for agents in other languages. */
export function answerCommand(program: Command): void {
  program
    .command('answer')
    .description("answer an approver's question as the agent, once, in at most 4,000 characters")
    .argument('<action>', 'action id')
    .argument('<question>', 'the id of the question, from "countersign show"')
    .argument('<text>', "the answer, shown as the agent's own words")
    .action(async (id: string, questionId: string, text: string, _options: object, command: Command) =>
      connected(command, async (countersign) => {
        await answered(countersign, () => countersign.action(id).answer(questionId, text));
        print(
          command,
          { id, questionId, text },
          () => 'Answered. Whoever decides is shown it last, as the words of the agent.',
        );
      }),
    );
}
