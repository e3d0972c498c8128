import type { Proposal } from '../../src/domain/action/action.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from './installation.ts';
import { authorizeBy, ruleOn } from './policies.ts';
import { proposal } from './proposals.ts';

/** Permits agents these modes. */
export const AGENTS_MAY = (...actions: string[]) =>
  actions
    .map((a) => `@id("may-${a}") permit (principal is Agent, action == Action::"${a}", resource);`)
    .join('\n');
export const ALL = AGENTS_MAY('execute', 'executeAfterWindow', 'executeWithApproval', 'recommend');
export const APPROVE = '@id("approve") permit (principal is User, action == Action::"approve", resource);';

const { installation } = testInstallation();

/** What these policies, and no others, rule. */
export function ruledBy(policies: string, given: Proposal = proposal(), from: Installation = installation) {
  const resolved = resolve(from, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return ruleOn(from, resolved.action, given.declaredTier, authorizeBy(policies));
}
