import type { Tier } from '../action/action.ts';
import type { Circumstances } from '../calendar/calendar.ts';
import type { Rules } from '../installation/installation.ts';
import type { BlastRadius } from './blast-radius.ts';
import type { Impact } from './impact.ts';

/** An action as it was assessed at one time. */
export interface Assessed {
  readonly impact: Impact;
  readonly tier: Tier;
  readonly circumstances: Circumstances;
}

/**
 * Returns what has become worse since people, or the rules, permitted an action. Empty: nothing that matters. An improvement is no drift,
 * because the permission was given for the worse state.
 */
export function driftOf(then: Assessed, now: Assessed, { riskRisesBy }: Rules['drift']): string[] {
  const { frozen } = now.circumstances;
  const rise = now.impact.riskScore - then.impact.riskScore;
  return [
    ...(now.tier > then.tier ? [`it was tier ${then.tier} and is tier ${now.tier} now`] : []),
    ...(frozen && frozen.name !== then.circumstances.frozen?.name
      ? [`the freeze "${frozen.name}" has begun`]
      : []),
    ...newIncidents(then.impact, now.impact),
    ...radiusGrowth(then.impact.blastRadius, now.impact.blastRadius),
    ...(rise > riskRisesBy
      ? [`its risk rose from ${then.impact.riskScore} to ${now.impact.riskScore} of 100`]
      : []),
  ];
}

/** INVARIANT 7: an incident source that cannot be read any more counts as an incident. */
function newIncidents(then: Impact, now: Impact): string[] {
  const knownServices = new Set(then.live.incidents?.map(({ service }) => service));
  return (now.live.incidents ?? [])
    .filter(({ service }) => !knownServices.has(service))
    .map(({ service, open }) =>
      open.kind === 'known'
        ? `an incident has begun on ${service}`
        : `whether an incident has begun on ${service} is not known: ${open.reason}`,
    );
}

function radiusGrowth(then: BlastRadius, now: BlastRadius): string[] {
  const count = ({ direct, transitive }: BlastRadius) => direct.count + transitive.count;
  const mostCriticalTier = (radius: BlastRadius) => radius.mostCritical?.serviceTier ?? 5;
  return [
    ...(count(now) > count(then) ? [`${count(now)} services need it now, and ${count(then)} did`] : []),
    ...(mostCriticalTier(now) < mostCriticalTier(then)
      ? [`${now.mostCritical?.name}, a service of tier ${mostCriticalTier(now)}, needs it now`]
      : []),
  ];
}
