import type { Readable } from 'node:stream';
import { type AgentContext, signProposal, withContext } from '../../client/index.ts';
import { MAX_CONTEXT_BYTES, parseContext } from '../../contract/context.ts';
import { ContextRefused, ProposalRefused } from '../../contract/errors.ts';
import { actionIdOf } from '../../contract/ids.ts';
import { parseProposal } from '../../contract/proposal.ts';
import type { Proposal } from '../../domain/action/action.ts';
import { faultsText } from '../../domain/shared/json.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import { answered, WorkerUnavailable } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { readJson } from '../json-input.ts';
import { print } from '../print.ts';
import { readKey } from '../signing.ts';
import { signsFor } from '../signing-options.ts';
import { rulingLine } from '../text.ts';

export interface Proposed {
  readonly file: string;
  readonly key?: string;
  readonly context?: string;
  readonly wait?: boolean;
}

/** Proposes an action, and prints what the agent may do. */
export async function propose(
  command: CliCommand,
  { file, key, context: contextFile, wait }: Proposed,
): Promise<void> {
  const input = await readJson(file, command.io.stdin);
  const parsed = parseProposal(input);
  if (parsed.kind === 'refused') {
    // Unknown names are reported too. Where Temporal cannot be reached, only the faults of the proposal itself.
    const allFaults = await connected(command, (countersign) => countersign.faultsOf(input)).catch(() => []);
    throw new ProposalRefused(allFaults.length > 0 ? allFaults : parsed.faults);
  }
  const context = contextFile === undefined ? undefined : await readContext(contextFile, command.io.stdin);
  const proposal = context === undefined ? parsed.proposal : withContext(parsed.proposal, context);
  const completeProposal =
    key === undefined
      ? proposal
      : signProposal(addressed(proposal, signsFor(command)), (await readKey(key)).jwk);
  await connected(command, async (countersign) => {
    const action = countersign.action(actionIdOf(completeProposal));
    const { actionId, workflowId } = action;
    const ruling = await answered(countersign, () => countersign.proposeAndRule(completeProposal))
      .then((result) => result.ruling)
      .catch(notYet);
    // A worker that has not ruled yet cannot keep it either.
    if (context !== undefined && ruling) await countersign.keepContext(actionId, context);
    const lines = [actionId, ruling ? rulingLine(ruling) : NOT_YET];
    if (!wait) {
      print(command, { actionId, workflowId, ruling }, () => lines.map(exactLine).join('\n'));
      return;
    }
    const { outcome } = await action.result();
    if (outcome.kind !== 'succeeded') command.io.exitCode = 1;
    print(command, { actionId, workflowId, ruling, outcome }, () =>
      [...lines, `${outcome.kind}: ${outcome.reason}`].map(exactLine).join('\n'),
    );
  });
}

/** How long a proposal is valid that does not say so itself, in milliseconds. */
const GOOD_FOR_MS = 15 * 60_000;

/** A proposal to sign, with its installation and when it expires. */
function addressed(proposal: Proposal, chosenInstallation: string) {
  const { installation = chosenInstallation, expiresAt = Date.now() + GOOD_FOR_MS } = proposal;
  if (installation === '')
    throw new CommandError(
      'say which installation it is for, with --for or COUNTERSIGN_FOR or as "installation" in the proposal',
    );
  return { ...proposal, installation, expiresAt };
}

async function readContext(file: string, stdin: Readable): Promise<AgentContext> {
  const parsed = parseContext(await readJson(file, stdin, 2 * MAX_CONTEXT_BYTES));
  if (parsed.kind === 'refused') throw new ContextRefused(faultsText(parsed.faults));
  return parsed.context;
}

const NOT_YET = 'proposed, and kept: not ruled on yet, as no worker has answered. It goes on once one runs.';

/** A proposal is not lost without a worker, so a missing worker is no error here. */
function notYet(error: unknown): null {
  if (error instanceof WorkerUnavailable) return null;
  throw error;
}
