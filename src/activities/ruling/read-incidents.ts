import type { Action } from '../../domain/action/action.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { incidentsIn } from '../../domain/risk/incidents.ts';
import { incidentQueries, type LiveFacts } from '../../domain/risk/live-context.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Sources } from '../ports/metric-source.ts';

interface IncidentDeps {
  readonly installation: Installation;
  readonly sources: Sources;
  readonly now: () => number;
}

/** Reads which incidents are open, on the services where some are. @param answers how many are open on each service */
export async function readIncidents(
  { installation, sources, now }: IncidentDeps,
  { environment }: Pick<Action, 'environment'>,
  answers: LiveFacts['answers'],
): Promise<LiveFacts['incidents']> {
  const queries = Object.entries(incidentQueries(installation, environment, answers));
  const readings = queries.map(async ([service, { source, query }]) => {
    const samples = await lookup(sources, source)?.readEach?.(query);
    const none = { kind: 'none', reason: `the metric source ${source} gives no list` } as const;
    return [service, incidentsIn(samples ?? none, now())] as const;
  });
  return Object.fromEntries(await Promise.all(readings));
}
