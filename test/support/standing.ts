import type { AgentBuild } from '../../src/domain/action/action.ts';
import type { Level } from '../../src/domain/action/autonomy-level.ts';
import type { HeldLevel } from '../../src/domain/autonomy/held-level.ts';
import type { StandingChange, StandingKey } from '../../src/domain/autonomy/standing.ts';

/** What is held for flushing caches on tier-3 services. */
export const aKey = (agent: Partial<AgentBuild> = {}, changes: Partial<StandingKey> = {}): StandingKey => ({
  agent: { id: 'cache-agent', version: '1.4.0', ...agent },
  actionType: 'cache.flush',
  serviceTier: 3,
  ...changes,
});

/** A level that the catalog gave. */
export const heldAt = (level: Level, key = aKey()): HeldLevel => ({
  level,
  since: 1_000,
  evidenceFrom: 1_000,
  lowered: [],
  given: { kind: 'enrolled', key, at: 1_000, level },
});

/** What raised and lowered a level, in the order of time. */
export const enrolled = (at: number, level: Level, key = aKey()): StandingChange => ({
  kind: 'enrolled',
  key,
  at,
  level,
});

export const granted = (at: number, level: Level, key = aKey()): StandingChange => ({
  kind: 'granted',
  key,
  at,
  level,
  by: 'linus',
  reason: 'a good month',
  orderId: `order/${at}`,
});

export const demoted = (at: number, key = aKey()): StandingChange => ({
  kind: 'demoted',
  key,
  at,
  actionId: `action-${at}`,
  because: 'rolledBack',
  reason: 'errors',
});
