import type { AgentBuild } from '../../src/domain/action.ts';
import type { HeldLevel } from '../../src/domain/held-level.ts';
import type { Level } from '../../src/domain/level.ts';
import type { StandingKey } from '../../src/domain/standing.ts';

/** What is held for flushing caches on tier-3 services. */
export const aKey = (agent: Partial<AgentBuild> = {}, changes: Partial<StandingKey> = {}): StandingKey => ({
  agent: { id: 'cache-agent', version: '1.4.0', ...agent },
  actionType: 'cache.flush',
  serviceTier: 3,
  ...changes,
});

/** A level that the catalog gave. */
export const heldAt = (level: Level, key = aKey()): HeldLevel => ({
  ...{ level, since: 1_000, evidenceFrom: 1_000, lowered: [] },
  given: { kind: 'enrolled', key, at: 1_000, level },
});
