import type { Command } from 'commander';
import { signProposal } from '../../client/index.ts';
import { ProposalRefused } from '../../contract/errors.ts';
import { actionIdOf } from '../../contract/ids.ts';
import { parseProposal } from '../../contract/proposal.ts';
import type { Proposal } from '../../domain/action/action.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import { answered, WorkerUnavailable } from '../answered.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { signsFor } from '../hand-in.ts';
import { readJson } from '../json-input.ts';
import { print } from '../print.ts';
import { readKey } from '../signing.ts';
import { rulingLine } from '../text.ts';

/** `countersign propose`: what the SDK does, for people and for agents in other languages. */
export function proposeCommand(program: Command): void {
  program
    .command('propose')
    .description('propose an action, and print what the agent may do')
    .requiredOption('--file <file>', 'the proposal as JSON, "-" for standard input')
    .option('--key <file>', 'the agent\'s key file, made by "countersign keys", to sign the proposal')
    .option('--wait', 'wait for the outcome; exit status 0 only if the action succeeded')
    .action(async ({ file, key, wait }: { file: string; key?: string; wait?: boolean }, command: Command) => {
      const written = await readJson(file);
      const parsed = parseProposal(written);
      if (parsed.kind === 'refused') {
        // What nobody knows is told with it; where Temporal cannot be reached, what is faulty by itself.
        const all = await connected(command, (countersign) => countersign.faultsOf(written)).catch(() => []);
        throw new ProposalRefused(all.length > 0 ? all : parsed.faults);
      }
      const { proposal } = parsed;
      const proposed =
        key === undefined
          ? proposal
          : signProposal(addressed(proposal, signsFor(command)), (await readKey(key)).jwk);
      await connected(command, async (countersign) => {
        const action = countersign.action(actionIdOf(proposed));
        const { actionId, workflowId } = action;
        const ruling = await answered(countersign, () => countersign.proposeAndRule(proposed))
          .then((ruled) => ruled.ruling)
          .catch(notYet);
        const ruled = [actionId, ruling ? rulingLine(ruling) : NOT_YET];
        if (!wait) {
          print(command, { actionId, workflowId, ruling }, () => ruled.map(exactLine).join('\n'));
          return;
        }
        const { outcome } = await action.result();
        if (outcome.kind !== 'succeeded') process.exitCode = 1;
        print(command, { actionId, workflowId, ruling, outcome }, () =>
          [...ruled, `${outcome.kind}: ${outcome.reason}`].map(exactLine).join('\n'),
        );
      });
    });
}

/** How long a proposal that says nothing else is good for, in milliseconds. */
const GOOD_FOR_MS = 15 * 60_000;

/** What is signed says which installation it is for, and when it expires. */
function addressed(proposal: Proposal, meant: string) {
  const { installation = meant, expiresAt = Date.now() + GOOD_FOR_MS } = proposal;
  if (installation === '')
    throw new CommandError(
      'say which installation it is for, with --for or COUNTERSIGN_FOR or as "installation" in the proposal',
    );
  return { ...proposal, installation, expiresAt };
}

const NOT_YET = 'proposed, and kept: not ruled on yet, as no worker has answered. It goes on once one runs.';

/** A proposal without a worker is not lost, so it is not an error. */
function notYet(error: unknown): null {
  if (error instanceof WorkerUnavailable) return null;
  throw error;
}
