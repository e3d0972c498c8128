import type { RuleDeps } from '../activities/ruling/rule.ts';
import { whyNotAsked } from '../domain/attention/request-limits.ts';
import { chain, GENESIS, type LedgerEntry, type NewEntry } from '../domain/ledger/ledger.ts';
import { type Projected, project } from '../domain/ledger/project-past-action.ts';

/** What the step that rules reads of the past, and where it writes what it rules. */
export type Records = Pick<RuleDeps, 'ledger' | 'attention' | 'pastActions' | 'holds' | 'leases'>;

/** Records in memory, for the ruling on one case. They are as those in PostgreSQL, as far as a case needs them; nothing else is there. */
export function recordsInMemory(): Records {
  const entries: LedgerEntry[] = [];
  const actions = new Map<string, Projected>();

  function append(fact: NewEntry): void {
    if (entries.some(({ eventId }) => eventId === fact.eventId)) return;
    // As it comes back from a database: what is no JSON is gone.
    const entry: NewEntry = JSON.parse(JSON.stringify(fact));
    entries.push(chain(entries.at(-1) ?? GENESIS, entry));
    const action = project(actions.get(fact.actionId), entry);
    if (action) actions.set(fact.actionId, action);
  }

  const newest = (is: (action: Projected) => boolean, limit: number) =>
    [...actions.values()]
      .filter((action) => is(action) && !action.attention?.unsigned)
      .sort((a, b) => b.ruledAt - a.ruledAt)
      .slice(0, limit)
      .map(({ rollbackBeganAt: _, attention, ...action }) =>
        attention ? { ...action, sameness: attention.sameness } : action,
      );

  return {
    ledger: {
      append: async (fact) => append(fact as NewEntry),
      entriesOf: async (actionId) => entries.filter((entry) => entry.actionId === actionId),
    },
    attention: {
      permit: async (request, attention, ruling) => {
        const others = [...actions.values()].flatMap(
          ({ actionId, agent, ruledAt, closed, attention: facts }) =>
            facts ? [{ ...facts, actionId, agent: agent.id, ruledAt, closedAt: closed?.at }] : [],
        );
        const why = whyNotAsked(attention, request, others);
        if (why === undefined) append(ruling as NewEntry);
        return why;
      },
      asksSince: async () => new Map(),
    },
    pastActions: {
      similarTo: async ({ actionType, target, serviceTier }, limit) =>
        newest(
          (action) =>
            action.actionType === actionType &&
            (action.target === target || action.serviceTier === serviceTier),
          limit,
        ),
      ranSince: async ({ target, environment }, admittedAfter) =>
        [...actions.values()].flatMap(({ admittedAt, ...action }) =>
          admittedAt !== undefined &&
          admittedAt > admittedAfter &&
          action.target === target &&
          action.environment === environment
            ? [{ ...action, admittedAt }]
            : [],
        ),
      ranBy: async (agentId, limit) =>
        newest(
          ({ agent, admittedAt, closed, confidence }) =>
            agent.id === agentId &&
            admittedAt !== undefined &&
            closed !== undefined &&
            confidence !== undefined,
          limit,
        ),
    },
    holds: { list: async () => [] },
    leases: { holders: async () => [] },
  };
}
