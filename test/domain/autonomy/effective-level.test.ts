import { describe, expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/action/action.ts';
import {
  authorityOf,
  build,
  ceilingOf,
  whatLowered,
  whoGave,
} from '../../../src/domain/autonomy/effective-level.ts';
import type { HeldLevel } from '../../../src/domain/autonomy/held-level.ts';
import { aKey, heldAt } from '../../support/standing.ts';
import { actionTypeWith } from '../support.ts';

const DAY = Date.UTC(2026, 2, 14);
const rollback = { executor: 'command', argv: ['undo'], timeoutMs: 1 } as const;
const touching = (security: Severity) =>
  actionTypeWith({
    name: 'keys.rotate',
    rollback,
    severity: { performance: 4, security, dataAccess: 4, serviceDisruption: 4 },
  });

describe('how far an agent may come with a type of action', () => {
  test.each([
    [0, 3],
    [2, 3],
    [3, 1],
    [4, 1],
  ] as const)('with security severity %i: level %i', (security, level) => {
    expect(ceilingOf(touching(security)).level).toBe(level);
  });

  test('what cannot be taken back: level 1', () => {
    expect(ceilingOf(actionTypeWith({ name: 'schema.migrate' }))).toEqual({
      level: 1,
      reason: 'schema.migrate cannot be taken back',
    });
  });

  test.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 1],
  ] as const)('of level %i under that ceiling, level %i counts', (held, counts) => {
    expect(authorityOf(heldAt(held), ceilingOf(touching(3)))).toMatchObject({
      level: counts,
      held: { level: held },
    });
  });
});

describe('who gave it and what took of it, for people', () => {
  const free = ceilingOf(touching(0));
  const grant: HeldLevel['given'] = {
    kind: 'granted',
    key: aKey({ model: 'm-1', promptDigest: 'ab12cd34'.repeat(8) }),
    at: DAY,
    level: 3,
    by: 'linus',
    reason: 'a good month',
    orderId: 'order/1',
  };

  test('a person, whom and what for, when and why', () => {
    expect(whoGave(authorityOf({ ...heldAt(3), given: grant }, free))).toBe(
      'linus granted cache-agent 1.4.0 (m-1, prompt ab12cd34) level 3 (scoped autonomy) ' +
        'for cache.flush on tier-3 services on 2026-03-14: a good month',
    );
  });

  test('the catalog', () => {
    expect(whoGave(authorityOf(heldAt(1), free))).toBe(
      'The catalog lets cache-agent begin at level 1 (assisted) for cache.flush on tier-3 services',
    );
  });

  test('the build before it', () => {
    const given = {
      ...heldAt(2).given,
      after: { agent: aKey({ version: '1.3.9' }).agent, level: 3 },
    } as const;
    expect(whoGave(authorityOf({ ...heldAt(2), given }, free))).toBe(
      'cache-agent 1.4.0 began at level 2 (conditional) for cache.flush on tier-3 services, ' +
        'as cache-agent 1.3.9 had level 3 (scoped autonomy)',
    );
  });

  test('each action that went wrong, and the ceiling where it counts', () => {
    const lowered = (['rolledBack', 'rollbackFailed', 'disagreed', 'anomaly'] as const).map((because, i) => ({
      ...({ kind: 'demoted', key: aKey(), at: DAY, because } as const),
      actionId: `cache-agent.${i}`,
      reason: 'errors',
    }));
    expect(whatLowered(authorityOf({ ...heldAt(2), lowered }, ceilingOf(touching(3))))).toEqual([
      'cache-agent.0 had to be taken back on 2026-03-14: its agent lost a level',
      'cache-agent.1 could not be taken back on 2026-03-14: its agent lost a level',
      'cache-agent.2 was found wrong by its reviewer on 2026-03-14: its agent lost a level',
      'cache-agent.3 was over a limit of its agent on 2026-03-14: its agent lost a level',
      'keys.rotate touches security (3 of 4): no more than level 1 (assisted) counts',
    ]);
    expect(whatLowered(authorityOf(heldAt(1), ceilingOf(touching(3))))).toEqual([]);
  });

  test('a build by what is known of it', () => {
    expect(build({ id: 'a', version: '1' })).toBe('a 1');
    expect(build({ id: 'a', version: '1', model: 'm' })).toBe('a 1 (m)');
  });
});
