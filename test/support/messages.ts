import type { Message } from '../../src/activities/ports/channels.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../src/domain/risk/impact.ts';
import { calmFacts, readNow } from '../domain/support.ts';
import { testInstallation } from './installation.ts';
import { ruleOn } from './policies.ts';

const { installation } = testInstallation();

/** The catalog that messages of `aMessage` are about. */
export const people = installation.people;

/** The deadline of every message of `aMessage`: 2026-03-14 15:30:00 UTC. */
const DEADLINE = Date.UTC(2026, 2, 14, 15, 30);

type MessageChange = Partial<
  Pick<Message, 'kind' | 'step' | 'findings' | 'workflowId' | 'runId' | 'deadline' | 'outcome' | 'settlement'>
>;

/**
 * A message about a proposal as the rules resolve, assess and rule it; parameters are not checked, so that hostile ones
 * get through. Unchanged: a deploy to checkout, tier 3, that waits for approval.
 */
export function aMessage(change: MessageChange = {}, proposed: Partial<Proposal> = {}): Message {
  const proposal = aProposal(proposed);
  const resolved = resolve(installation, proposal, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  return {
    kind: 'approvalRequested',
    step: 'route-1',
    workflowId: `action/${action.id}`,
    runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
    proposal,
    action,
    impact: assessImpact(installation, resolved, {
      ...calmFacts,
      values: { version: readNow('2.4.0') },
    }),
    ruling: ruleOn(installation, action, proposal.declaredTier),
    deadline: DEADLINE,
    ...change,
  };
}

/** What an agent asks for in `aMessage`. */
const aProposal = (change: Partial<Proposal> = {}): Proposal => ({
  actionType: 'version.deploy',
  target: 'checkout',
  environment: 'production',
  params: { version: '2.5.1' },
  agent: { id: 'deploy-agent', version: '1.4.0' },
  rationale: {
    summary: 'Version 2.5.1 mends the rounding of totals.',
    confidence: 0.82,
    alternatives: [{ option: 'Wait for 2.6.0', confidence: 0.4, whyNot: 'It is due in two weeks.' }],
  },
  evidence: [{ title: 'Error log', detail: '214 totals were wrong by one cent today.' }],
  successCriteria: ['No total is wrong for an hour.'],
  idempotencyKey: 'deploy-2.5.1',
  ...change,
});

/** The same text in every place that an agent writes freely. */
export const inEveryAgentText = (text: string): Partial<Proposal> => ({
  rationale: {
    summary: text,
    confidence: 0.5,
    alternatives: [{ option: text, confidence: 0.5, whyNot: text }],
  },
  evidence: [{ title: text, detail: text }],
  successCriteria: [text],
});

/** One action of each tier. */
export const TIERS: Readonly<Record<1 | 2 | 3 | 4, Partial<Proposal>>> = {
  1: { actionType: 'cache.flush', target: 'catalog', params: {} },
  2: { actionType: 'cache.flush', target: 'cart', params: {} },
  3: {},
  4: { actionType: 'schema.migrate', target: 'cart', params: {} },
};
