import type { Tier } from '../action/action.ts';
import { previewDrift } from '../action/preview.ts';
import type { Circumstances } from '../calendar/calendar.ts';
import type { Rules } from '../installation/installation.ts';
import type { BlastRadius } from './blast-radius.ts';
import type { Impact } from './impact.ts';
import { doubtText, leadsToDoubt } from './known-good.ts';

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
export function driftOf(
  assessedThen: Assessed,
  assessedNow: Assessed,
  { riskRisesBy }: Rules['drift'],
): string[] {
  const { frozen } = assessedNow.circumstances;
  const rise = assessedNow.impact.riskScore - assessedThen.impact.riskScore;
  return [
    ...(assessedNow.tier > assessedThen.tier
      ? [`it was tier ${assessedThen.tier} and is tier ${assessedNow.tier} now`]
      : []),
    ...(frozen && frozen.name !== assessedThen.circumstances.frozen?.name
      ? [`the freeze "${frozen.name}" has begun`]
      : []),
    ...previewDrift(assessedThen.impact.preview, assessedNow.impact.preview),
    ...newIncidents(assessedThen.impact, assessedNow.impact),
    ...newDoubts(assessedThen.impact, assessedNow.impact),
    ...radiusGrowth(assessedThen.impact.blastRadius, assessedNow.impact.blastRadius),
    ...(rise > riskRisesBy
      ? [`its risk rose from ${assessedThen.impact.riskScore} to ${assessedNow.impact.riskScore} of 100`]
      : []),
  ];
}

/** INVARIANT 7: an incident source that cannot be read any more counts as an incident. */
function newIncidents(impactThen: Impact, impactNow: Impact): string[] {
  const knownServices = new Set(impactThen.live.incidents?.map(({ service }) => service));
  return (impactNow.live.incidents ?? [])
    .filter(({ service }) => !knownServices.has(service))
    .map(({ service, open }) =>
      open.kind === 'known'
        ? `an incident has begun on ${service}`
        : `whether an incident has begun on ${service} is not known: ${open.reason}`,
    );
}

/** A value that was good when people decided may have gone wrong since. */
function newDoubts(impactThen: Impact, impactNow: Impact): string[] {
  const known = leadsToDoubt(impactThen.changes).map(({ found }) => found.actionId);
  return leadsToDoubt(impactNow.changes)
    .filter(({ found }) => !known.includes(found.actionId))
    .map(doubtText);
}

function radiusGrowth(radiusThen: BlastRadius, radiusNow: BlastRadius): string[] {
  const count = ({ direct, transitive }: BlastRadius) => direct.count + transitive.count;
  const mostCriticalTier = (radius: BlastRadius) => radius.mostCritical?.serviceTier ?? 5;
  return [
    ...(count(radiusNow) > count(radiusThen)
      ? [`${count(radiusNow)} services need it now, and ${count(radiusThen)} did`]
      : []),
    ...(mostCriticalTier(radiusNow) < mostCriticalTier(radiusThen)
      ? [`${radiusNow.mostCritical?.name}, a service of tier ${mostCriticalTier(radiusNow)}, needs it now`]
      : []),
  ];
}
