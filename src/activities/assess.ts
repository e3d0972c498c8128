import { parseProposal } from '../contract/proposal.ts';
import { type Action, leaseTarget } from '../domain/action.ts';
import { besideOf } from '../domain/blast-radius.ts';
import { assessImpact, type Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Fault } from '../domain/json.ts';
import { liveOf, questionsOn } from '../domain/live.ts';
import { type CheckParams, type Resolved, resolve } from '../domain/resolve.ts';
import type { CurrentValue } from '../domain/size.ts';
import type { MetricQuery } from '../domain/watch.ts';
import type { Leases } from './admit.ts';
import { valueFault } from './condition.ts';
import { readingOf, type Sources } from './measure.ts';
import type { PastActions } from './past-actions.ts';

/** So many earlier actions are looked at, the newest ones. */
const PAST = 200;

type Refused = { readonly kind: 'refused'; readonly faults: readonly Fault[] };

export type Checked = Refused | { readonly kind: 'sound' };

export type Assessment =
  | Refused
  | { readonly kind: 'assessed'; readonly action: Action; readonly impact: Impact };

export interface AssessDeps {
  readonly installation: Installation;
  readonly checkParams: CheckParams;
  readonly sources: Sources;
  readonly pastActions: Pick<PastActions, 'similarTo'>;
  readonly leases: Pick<Leases, 'holders'>;
  readonly now: () => number;
}

export function createAssess({ installation, checkParams, sources, pastActions, leases, now }: AssessDeps) {
  function resolved(input: unknown): Resolved {
    const parsed = parseProposal(input);
    return parsed.kind === 'refused' ? parsed : resolve(installation, parsed.proposal, checkParams);
  }

  /** Only a value of now says how far from now an action goes. */
  async function read(query: MetricQuery): Promise<CurrentValue> {
    const reading = await readingOf(sources, query);
    const reason = reading.kind === 'none' ? reading.reason : valueFault(reading, now());
    if (reading.kind === 'value' && reason === undefined) return { kind: 'known', value: reading.value };
    return { kind: 'unknown', reason: reason ?? 'it could not be read' };
  }

  async function around({ target, environment }: Action) {
    const services = [target, ...besideOf(installation, target)];
    const byLease = new Map(
      services.map((service) => [leaseTarget({ environment, target: service }), service]),
    );
    const holders = await leases.holders([...byLease.keys()]);
    return holders.map(({ actionId, target: lease }) => ({ actionId, service: byLease.get(lease) ?? lease }));
  }

  return {
    /** Whether a proposal can be governed at all, or every fault of it. Asks nobody and changes nothing. */
    check: async (input: unknown): Promise<Checked> => {
      const answer = resolved(input);
      return answer.kind === 'refused' ? answer : { kind: 'sound' };
    },

    /**
     * What would run and what it may do, from what the metrics and the ledger say now, or every fault.
     *
     * @param at milliseconds since the epoch, the workflow's time
     */
    assess: async (input: unknown, at: number): Promise<Assessment> => {
      const answer = resolved(input);
      if (answer.kind === 'refused') return answer;
      const { action } = answer;
      const { type: actionType, target, serviceTier } = action;
      const [currentValue, past, answers, running] = await Promise.all([
        answer.currentValue && read(answer.currentValue),
        pastActions.similarTo({ actionType, target, serviceTier }, PAST),
        Promise.all(
          questionsOn(installation, action).map(async ({ query, ...about }) => ({
            ...about,
            value: await read(query),
          })),
        ),
        around(action),
      ]);
      const facts = { currentValue, past, live: liveOf(installation, action, { at, answers, running }) };
      return { kind: 'assessed', action, impact: assessImpact(installation, answer, facts) };
    },
  };
}
