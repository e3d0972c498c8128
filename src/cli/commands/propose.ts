import type { Command } from 'commander';
import { ProposalRefused } from '../../contract/errors.ts';
import { parseProposal } from '../../contract/proposal.ts';
import { connected } from '../connected.ts';
import { readJson } from '../json-input.ts';
import { print } from '../print.ts';
import { rulingLine } from '../text.ts';

/** `countersign propose`: what the SDK does, for people and for agents in other languages. */
export function proposeCommand(program: Command): void {
  program
    .command('propose')
    .description('propose an action; answers with what the agent may do')
    .requiredOption('--file <file>', 'the proposal as JSON, "-" for standard input')
    .option('--wait', 'wait for the outcome; the exit status is 0 only when the action succeeded')
    .action(async ({ file, wait }: { file: string; wait?: boolean }, command: Command) => {
      const parsed = parseProposal(await readJson(file));
      if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
      await connected(command, async (countersign) => {
        const { action, ruling } = await countersign.proposeAndRule(parsed.proposal);
        const { actionId, workflowId } = action;
        if (!wait) {
          print(command, { actionId, workflowId, ruling }, () => `${actionId}\n${rulingLine(ruling)}`);
          return;
        }
        const { outcome } = await action.result();
        if (outcome.kind !== 'succeeded') process.exitCode = 1;
        print(command, { actionId, workflowId, ruling, outcome }, () =>
          [actionId, rulingLine(ruling), `${outcome.kind}: ${outcome.reason}`].join('\n'),
        );
      });
    });
}
