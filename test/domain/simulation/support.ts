import type { Proposal } from '../../../src/domain/action/action.ts';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import type { HeldLevel } from '../../../src/domain/autonomy/held-level.ts';
import { circumstancesOf } from '../../../src/domain/calendar/calendar.ts';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import type { Authorize } from '../../../src/domain/policy/policy.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact, type ImpactFacts } from '../../../src/domain/risk/impact.ts';
import { rule } from '../../../src/domain/ruling/ruling.ts';
import type { Folder } from '../../../src/domain/simulation/folder.ts';
import type { RecordedRuling } from '../../../src/domain/simulation/recorded-ruling.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, RULED_AT } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';
import { ALL, APPROVE } from '../../support/ruled-by.ts';
import { granted, heldAt } from '../../support/standing.ts';
import { calmFacts } from '../support.ts';

/** Permits every mode. So the operators' tables decide alone. */
export const PERMISSIVE = `${ALL}\n${APPROVE}`;

/** A folder with these policies. */
export function folderWith(
  changes: Parameters<typeof testInstallation>[0] = {},
  policies = PERMISSIVE,
): Folder {
  const { installation } = testInstallation(changes);
  return { installation, authorize: authorizeBy(policies), checkParams: () => [] };
}

/** A level that a person granted. */
export function grantedLevel(level: Level): HeldLevel {
  const grant = granted(1_000, level);
  if (grant.kind !== 'granted') throw new Error('it is a grant');
  return { ...heldAt(level), given: grant };
}

export interface Given {
  readonly given: Proposal;
  readonly facts: ImpactFacts;
  readonly held: HeldLevel;
  readonly at: number;
}

/** A ruling as this folder makes and records it. */
export function recordedBy(
  { installation, authorize }: { readonly installation: Installation; readonly authorize: Authorize },
  { given = proposal(), facts = calmFacts, held = grantedLevel(3), at = RULED_AT }: Partial<Given> = {},
): RecordedRuling {
  const resolved = resolve(installation, given, () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { action } = resolved;
  const circumstances = circumstancesOf(installation, action, at);
  const impact = assessImpact(installation, resolved, { ...facts, live: { ...facts.live, circumstances } });
  const ruling = rule(installation, authorize, {
    action,
    impact,
    held,
    declaredTier: given.declaredTier,
    circumstances,
    at,
  });
  return { actionId: action.id, runId: 'run-1', at, proposal: given, action, impact, ruling, editors: [] };
}
