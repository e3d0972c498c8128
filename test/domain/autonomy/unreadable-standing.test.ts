import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heldLevel, standingFor } from '../../../src/domain/autonomy/held-level.ts';
import type { StandingFact } from '../../../src/domain/autonomy/standing.ts';
import { aKey, demoted, enrolled, granted } from '../../support/standing.ts';

const LEVELS = [0, 1, 2, 3] as const;

describe('INVARIANT 10: a fact about an agent that cannot be read counts against it', () => {
  const unreadable = (at: number, seq = at): StandingFact => ({ kind: 'unreadable', seq, at });
  const held = (...facts: readonly StandingFact[]) => heldLevel(facts, aKey());

  test.each(LEVELS)('it takes whatever is above level 0 from level %i, and says so', (level) => {
    expect(held(enrolled(1, level), unreadable(5))).toMatchObject({
      level: 0,
      evidenceFrom: 5,
      given: { kind: 'enrolled', level },
      lowered: [{ kind: 'unreadable', seq: 5 }],
    });
  });

  test('a grant that was signed before it, or in the same moment, does not undo it; one after it does', () => {
    for (const at of [3, 5]) {
      expect(held(enrolled(1, 1), unreadable(5), granted(at, 3))?.level).toBe(0);
    }
    expect(held(enrolled(1, 1), unreadable(5), granted(6, 3))).toMatchObject({ level: 3, lowered: [] });
  });

  test('of several each has to be before the grant', () => {
    expect(held(enrolled(1, 1), unreadable(5), granted(6, 3), unreadable(7))?.level).toBe(0);
  });

  test('what goes wrong after such a grant costs a level, as ever', () => {
    expect(held(unreadable(5), granted(6, 3), demoted(7))?.level).toBe(2);
  });

  test('it is so for each kind of work and each build, also for those that begin later', () => {
    const other = aKey({ version: '2' });
    const facts = [enrolled(1, 3), unreadable(5)];
    expect(standingFor(facts, other, 3, 9)).toMatchObject({ held: { level: 0 }, begins: { level: 0 } });
    const work = aKey({}, { actionType: 'version.deploy' });
    const { held: begun, begins } = standingFor(facts, work, 3, 9);
    expect(begun).toMatchObject({ level: 0, lowered: [{ kind: 'unreadable' }] });
    if (!begins) throw new Error('it does not begin');
    expect(heldLevel([...facts, begins], work)?.level).toBe(0);
    expect(heldLevel([...facts, begins, granted(10, 2, work)], work)?.level).toBe(2);
  });

  test('whatever else is known, it never raises a level', () => {
    const at = fc.integer({ min: 0, max: 20 });
    const level = fc.constantFrom(...LEVELS);
    const change = fc.oneof(
      fc.tuple(at, level).map(([when, to]) => enrolled(when, to)),
      fc.tuple(at, level).map(([when, to]) => granted(when, to)),
      at.map((when) => demoted(when)),
    );
    fc.assert(
      fc.property(fc.array(change), fc.array(at.map((when) => unreadable(when))), (changes, doubts) => {
        const without = held(...changes)?.level ?? 0;
        expect(held(...changes, ...doubts)?.level ?? 0).toBeLessThanOrEqual(without);
      }),
    );
  });
});
