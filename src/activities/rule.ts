import type { Action, Proposal } from '../domain/action.ts';
import { samenessOf } from '../domain/attention-facts.ts';
import { circumstancesOf } from '../domain/calendar.ts';
import { ruleAndCompare } from '../domain/counterfactual.ts';
import { holdsFor } from '../domain/delegation.ts';
import { deniedAtOnce } from '../domain/denied-at-once.ts';
import { digestOf } from '../domain/digest.ts';
import type { Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Authorize } from '../domain/policy.ts';
import type { Ruling } from '../domain/ruling.ts';
import { sparing } from '../domain/sparing.ts';
import type { AttentionRecords } from './attention.ts';
import { delegationsIn } from './delegations.ts';
import type { Fact, Ledger } from './ledger.ts';
import { agentStanding, enrolledFact } from './standing.ts';

export interface RuleInput {
  readonly action: Action;
  readonly impact: Impact;
  /** Why it is ruled on again. */
  readonly drift?: readonly string[] | undefined;
  /** Who changed what the agent proposed. */
  readonly editors?: readonly string[] | undefined;
  /** Recorded with the ruling, so that it can be explained from the ledger alone. Of it, only the declared tier counts. */
  readonly proposal: Proposal;
  readonly runId: string;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export interface RuleDeps {
  readonly installation: Installation;
  /** The installation's policies. */
  readonly authorize: Authorize;
  readonly ledger: Ledger;
  readonly attention: AttentionRecords;
}

/** All that an action is ruled on by, as it stands now. */
export async function askedOf(
  { installation, ledger }: RuleDeps,
  {
    action,
    impact,
    proposal,
    editors,
    at,
  }: Pick<RuleInput, 'action' | 'impact' | 'proposal' | 'editors' | 'at'>,
) {
  const [{ held, begins }, delegations] = await Promise.all([
    agentStanding({ installation, ledger }, action, at),
    delegationsIn(ledger),
  ]);
  const circumstances = circumstancesOf(installation, action, at);
  const asked = {
    ...{ action, impact, held, declaredTier: proposal.declaredTier, circumstances, at, editors },
    delegations: delegations.filter((each) => holdsFor(each, action, at)),
  };
  return { asked, begins };
}

export function createRule(deps: RuleDeps) {
  const { installation, authorize, ledger, attention } = deps;

  /** Tells those first who were not asked too often. */
  async function spared(ruling: Ruling, at: number): Promise<Ruling> {
    const budget = installation.rules.attention?.asksPerPerson;
    if (!budget || !('route' in ruling)) return ruling;
    const asks = await attention.asksSince(at - budget.withinMs);
    return { ...ruling, route: sparing(ruling.route, ruling.requirement, { asks, atMost: budget.atMost }) };
  }

  /** Records a ruling, or, where people have no attention for it, that it is denied at once. */
  async function recorded(
    ruling: Ruling,
    action: Action,
    at: number,
    factOf: (ruling: Ruling) => Fact,
  ): Promise<Ruling> {
    const rules = installation.rules.attention;
    if (ruling.kind === 'forbid' || !rules) {
      await ledger.append(factOf(ruling));
      return ruling;
    }
    const asks = 'requirement' in ruling;
    const request = { actionId: action.id, agent: action.agent.id, sameness: samenessOf(action), asks, at };
    const why = await attention.permit(request, rules, factOf(ruling));
    if (why === undefined) return ruling;
    const denied = deniedAtOnce(ruling, why);
    await ledger.append(factOf(denied));
    return denied;
  }

  return {
    /** What the agent may do. INVARIANT 9: in the ledger before anything that rests on it. */
    rule: async (input: RuleInput): Promise<Ruling> => {
      const { action, impact, proposal, drift = [], runId, at } = input;
      const { asked, begins } = await askedOf(deps, input);
      const { circumstances } = asked;
      const ruled = ruleAndCompare(installation, authorize, asked);
      // Without an authority it was not ruled on what the agent is: that a worker has no such agent is no start for it.
      // Nor is what need not be from it.
      if (begins && ruled.authority && action.agent.unsigned === undefined)
        await ledger.append(enrolledFact(begins));
      const again = drift.map((reason) => `asked again: ${reason}`);
      const ruling = await spared({ ...ruled, reasons: [...again, ...ruled.reasons] }, at);
      return recorded(ruling, action, at, (ruling) => {
        const body = { proposal, action, impact, circumstances, ruling };
        return {
          // With other rules, another impact or standing, or in a freeze that began meanwhile, it is another ruling and
          // another entry.
          eventId: `${action.id}/${runId}/ruled/${digestOf(body)}`,
          actionId: action.id,
          kind: 'ruled',
          at,
          body,
        };
      });
    },
  };
}
