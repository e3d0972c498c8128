import type { CliCommand } from '../cli-command.ts';

/** `countersign answer`: what the SDK does, for agents in other languages. */
export function answerUsage(program: CliCommand): void {
  program
    .command('answer')
    .description("answer an approver's question, as the agent: once, in at most 4,000 characters")
    .argument('<action>', 'action id')
    .argument('<question>', 'the id of the question, from "countersign show"')
    .argument('<text>', "the answer, shown as the agent's own words")
    .action(async (id: string, questionId: string, text: string, _options: object, command: CliCommand) => {
      const { answer } = await import('../commands/answer.ts');
      await answer(command, id, questionId, text);
    });
}
