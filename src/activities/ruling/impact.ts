import { type Action, leaseTarget } from '../../domain/action/action.ts';
import { valueFault } from '../../domain/analysis/condition.ts';
import type { MetricQuery } from '../../domain/analysis/metrics.ts';
import type { ActionType } from '../../domain/installation/installation.ts';
import { asPeopleLeftThem } from '../../domain/ledger/taken-back.ts';
import { besideOf } from '../../domain/risk/blast-radius.ts';
import { assessImpact, type Impact } from '../../domain/risk/impact.ts';
import { liveOf, liveQuestionsOn } from '../../domain/risk/live-context.ts';
import type { CurrentValue } from '../../domain/risk/size.ts';
import { valuesNow } from '../../domain/risk/values-now.ts';
import type { Leases } from '../ports/leases.ts';
import type { Sources } from '../ports/metric-source.ts';
import type { PastActions } from '../ports/past-actions.ts';
import { readingOf } from '../watch/read-metrics.ts';
import { readIncidents } from './read-incidents.ts';
import { createReadValues, type ReadValuesDeps } from './read-values.ts';

/** How many earlier actions are looked at: the newest ones. */
const MOST_PAST = 200;

export interface ImpactDeps extends Omit<ReadValuesDeps, 'readMetric'> {
  readonly sources: Sources;
  readonly pastActions: Pick<PastActions, 'similarTo'>;
  readonly leases: Pick<Leases, 'holders'>;
}

/** Assesses what an action may do, by what the metrics and the ledger say at this moment. */
export type Assess = (action: Action, type: ActionType, at: number) => Promise<Impact>;

export function createImpact(deps: ImpactDeps): Assess {
  const { installation, sources, pastActions, leases, now } = deps;
  const readValues = createReadValues({ ...deps, readMetric: read });

  /** Reads the current value of a metric. Only a fresh value says how far the action goes from now. */
  async function read(query: MetricQuery): Promise<CurrentValue> {
    const reading = await readingOf(sources, query);
    const reason = reading.kind === 'none' ? reading.reason : valueFault(reading, now());
    if (reading.kind === 'value' && reason === undefined) return { kind: 'known', value: reading.value };
    return { kind: 'unknown', reason: reason ?? 'it could not be read' };
  }

  async function actionsAround({ target, environment }: Action) {
    const services = [target, ...besideOf(installation, target)];
    const byLease = new Map(
      services.map((service) => [leaseTarget({ environment, target: service }), service]),
    );
    const holders = await leases.holders([...byLease.keys()]);
    return holders.map(({ actionId, target: lease }) => ({ actionId, service: byLease.get(lease) ?? lease }));
  }

  return async (action, type, at) => {
    const { type: actionType, target, serviceTier } = action;
    const [readings, allPast, answers, running] = await Promise.all([
      action.takesBack ? {} : readValues(action, type),
      pastActions.similarTo({ actionType, target, serviceTier }, MOST_PAST),
      Promise.all(
        liveQuestionsOn(installation, action).map(async (question) => ({
          what: question.what,
          service: question.service,
          value: await read(question.query),
        })),
      ),
      actionsAround(action),
    ]);
    const incidents = await readIncidents(deps, action, answers);
    const past = asPeopleLeftThem(allPast);
    const facts = {
      // Its parameters are those of what it takes back, and no values that it sets.
      values: action.takesBack ? {} : valuesNow(type, action, readings, past),
      past,
      live: liveOf(installation, action, { at, answers, incidents, running }),
    };
    return assessImpact(installation, { action, type }, facts);
  };
}
