import { parseContext } from '../contract/context.ts';
import { ContextRefused } from '../contract/errors.ts';
import type { Proposal } from '../domain/action/action.ts';
import type { AgentContext } from '../domain/proposal/context.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { faultsText } from '../domain/shared/json.ts';

/**
 * Returns the proposal with the digest of what the agent knew. A proposal is signed after this. `Countersign.keepContext` hands the context in.
 *
 * @throws ContextRefused when the context cannot be kept: it is too large, or of another form
 */
export const withContext = (proposal: Proposal, context: AgentContext): Proposal => ({
  ...proposal,
  contextDigest: digestOf(checked(context)),
});

/** The context in the form in which it is kept. @throws ContextRefused with every fault */
export function checked(context: AgentContext): AgentContext {
  const parsed = parseContext(context);
  if (parsed.kind === 'refused') throw new ContextRefused(faultsText(parsed.faults));
  return parsed.context;
}
