import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentBuild } from '../../../src/domain/action/action.ts';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import { heldLevel, standingFor } from '../../../src/domain/autonomy/held-level.ts';
import { keyOf, type StandingChange, type StandingKey } from '../../../src/domain/autonomy/standing.ts';
import { aKey, demoted, enrolled, granted } from '../../support/standing.ts';
import { anAction } from '../support.ts';

const LEVELS = [0, 1, 2, 3] as const;
const PROMPT = 'a'.repeat(64);

const levelOf = (...changes: readonly StandingChange[]) => heldLevel(changes, aKey())?.level;

describe('the level held', () => {
  test('nothing is known of a key without facts', () => {
    expect(heldLevel([], aKey())).toBeUndefined();
  });

  test.each(LEVELS)('it is level %i where the agent began there', (level) => {
    expect(heldLevel([enrolled(5, level)], aKey())).toMatchObject({ level, since: 5, lowered: [] });
  });

  test.each(LEVELS)('a grant of level %i sets it, up or down', (level) => {
    expect(heldLevel([enrolled(5, 1), granted(9, level)], aKey())).toMatchObject({
      level,
      since: 9,
      given: { kind: 'granted', by: 'linus' },
    });
  });

  test.each([
    [3, 2],
    [2, 1],
    [1, 0],
    [0, 0],
  ] as const)('an action that went wrong takes one level of %i, which leaves %i', (from, to) => {
    expect(levelOf(enrolled(1, from), demoted(2))).toBe(to);
  });

  test('each action that went wrong costs a level of its own, and all are named', () => {
    const held = heldLevel([enrolled(1, 3), demoted(2), demoted(4)], aKey());
    expect(held).toMatchObject({ level: 1, since: 4 });
    expect(held?.lowered).toMatchObject([{ actionId: 'action-2' }, { actionId: 'action-4' }]);
  });

  test('what was granted before the first action stands when it begins', () => {
    expect(levelOf(granted(1, 2), enrolled(5, 1))).toBe(2);
  });

  test('a demotion wins over a grant that was signed before it, whichever was written first', () => {
    expect(levelOf(enrolled(1, 2), granted(5, 3), demoted(6))).toBe(2);
    expect(levelOf(enrolled(1, 2), demoted(6), granted(5, 3))).toBe(2);
    expect(levelOf(enrolled(1, 2), demoted(5), granted(5, 3))).toBe(2);
  });

  test('a grant that was signed after a demotion gives the level back', () => {
    expect(levelOf(enrolled(1, 3), demoted(5), granted(6, 3))).toBe(3);
    expect(heldLevel([enrolled(1, 3), demoted(5), granted(6, 3)], aKey())?.lowered).toEqual([]);
  });
});

describe('from when on evidence counts', () => {
  const fromOf = (...changes: readonly StandingChange[]) => heldLevel(changes, aKey())?.evidenceFrom;

  test.each([
    ['all of it, where nothing was lowered', 0, [enrolled(1, 1)]],
    ['a higher level keeps what was earned', 0, [enrolled(1, 1), granted(5, 2)]],
    ['so does the same level again', 0, [enrolled(1, 2), granted(5, 2)]],
    ['a demotion begins anew', 7, [enrolled(1, 2), granted(5, 3), demoted(7)]],
    ['even where there is nothing left to lose', 7, [enrolled(1, 0), demoted(7)]],
    ['and so does a person who lowers the level', 7, [enrolled(1, 3), granted(7, 1)]],
  ] as const)('%s', (_, at, changes) => {
    expect(fromOf(...changes)).toBe(at);
  });
});

describe('what is held by one is held by no other', () => {
  const others: [string, StandingKey][] = [
    ['agent', aKey({ id: 'deploy-agent' })],
    ['version', aKey({ version: '1.4.1' })],
    ['model', aKey({ model: 'm-2' })],
    ['prompt', aKey({ promptDigest: PROMPT })],
    ['action type', aKey({}, { actionType: 'version.deploy' })],
    ['service tier', aKey({}, { serviceTier: 2 })],
  ];

  test.each(others)('a grant for another %s does not leak', (_, other) => {
    expect(levelOf(enrolled(1, 1), granted(2, 3, other))).toBe(1);
    expect(heldLevel([granted(2, 3, other)], aKey())).toBeUndefined();
    expect(heldLevel([granted(2, 3)], other)).toBeUndefined();
  });

  test.each(others)('what went wrong with another %s costs nothing here', (_, other) => {
    expect(levelOf(enrolled(1, 3), enrolled(1, 3, other), demoted(2, other))).toBe(3);
  });

  test('the key of an action names the build, the type and the tier of the service, not the owner', () => {
    const agent = {
      id: 'cache-agent',
      version: '2',
      model: 'm-1',
      promptDigest: PROMPT,
      owner: 'user:radia',
    };
    const { owner: _, ...build } = agent;
    expect(keyOf(anAction({ agent, serviceTier: 2 }))).toEqual({
      agent: build,
      actionType: 'cache.flush',
      serviceTier: 2,
    });
  });
});

describe('where a build begins', () => {
  const begin = (changes: readonly StandingChange[], agent: Partial<AgentBuild>, autonomy: Level = 3) =>
    standingFor(changes, aKey(agent), autonomy, 100);

  test.each(LEVELS)('the first one of an agent at the level of the catalog, %i', (level) => {
    const { held, begins } = begin([], {}, level);
    expect(begins).toEqual({ kind: 'enrolled', key: aKey(), at: 100, level });
    expect(held).toMatchObject({ level, since: 100, given: begins });
  });

  test.each([
    [3, 2],
    [2, 1],
    [1, 1],
    [0, 0],
  ] as const)(
    'a new version after one at level %i at level %i, whatever the catalog says',
    (before, level) => {
      for (const autonomy of LEVELS) {
        const { held, begins } = begin([enrolled(1, before)], { version: '1.5.0' }, autonomy);
        expect(begins).toMatchObject({ level, after: { agent: { version: '1.4.0' }, level: before } });
        expect(held.level).toBe(level);
      }
    },
  );

  test.each([
    ['model', { model: 'm-2' }],
    ['prompt', { promptDigest: PROMPT }],
  ])('another %s is a new build too', (_, changed) => {
    expect(begin([enrolled(1, 3)], changed).held.level).toBe(2);
  });

  test('it is the level that the one before it has by now that counts', () => {
    const changes = [enrolled(1, 1), granted(2, 3), demoted(3)];
    expect(begin(changes, { version: '1.5.0' }).held.level).toBe(1);
  });

  test('the one before it is the one that began last, not the one that was granted last', () => {
    const changes = [
      enrolled(1, 3),
      enrolled(5, 2, aKey({ version: '1.5.0' })),
      demoted(6, aKey({ version: '1.5.0' })),
      granted(7, 3),
      granted(8, 3, aKey({ version: '9' })),
    ];
    expect(begin(changes, { version: '1.6.0' }).begins?.after).toEqual({
      agent: { id: 'cache-agent', version: '1.5.0' },
      level: 1,
    });
  });

  test('what the agent does elsewhere says nothing about where it begins here', () => {
    const elsewhere = enrolled(1, 0, aKey({ version: '1.0.0' }, { actionType: 'version.deploy' }));
    expect(begin([elsewhere], {}).held.level).toBe(3);
  });

  test('a build that has begun goes on as it is, and begins only once', () => {
    expect(begin([enrolled(1, 3), demoted(4)], {})).toEqual({ held: expect.objectContaining({ level: 2 }) });
    const old = [enrolled(1, 3), enrolled(2, 2, aKey({ version: '1.5.0' }))];
    expect(begin(old, {})).toEqual({ held: expect.objectContaining({ level: 3 }) });
  });

  test('a build with a grant begins with that, and it is recorded that it began', () => {
    const { held, begins } = begin([enrolled(1, 1), granted(2, 3, aKey({ version: '1.5.0' }))], {
      version: '1.5.0',
    });
    expect(held).toMatchObject({ level: 3, given: { kind: 'granted' } });
    expect(begins).toMatchObject({ level: 1 });
  });
});

describe('for all histories', () => {
  const KEYS = [aKey(), aKey({ version: '1.5.0' }), aKey({ model: 'm-2' }), aKey({}, { serviceTier: 1 })];
  const key = fc.constantFrom(...KEYS);
  const level = fc.constantFrom(...LEVELS);
  const made = fc.oneof(
    fc.tuple(level, key).map(
      ([to, of]) =>
        (at: number) =>
          granted(at, to, of),
    ),
    key.map((of) => (at: number) => demoted(at, of)),
  );
  /** Facts in the order of their times, as they come when nothing is late. */
  const history = fc
    .tuple(level, fc.array(made, { maxLength: 30 }))
    .map(([first, rest]) => [
      ...KEYS.map((of) => enrolled(0, first, of)),
      ...rest.map((make, i) => make(i + 1)),
    ]);

  test('the ledger gives the same standing in whatever order its facts were written', () => {
    fc.assert(
      fc.property(
        history.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
        ),
        ([facts, shuffled]) => {
          for (const of of KEYS) expect(heldLevel(shuffled, of)).toEqual(heldLevel(facts, of));
        },
      ),
    );
  });

  test('it is the last level that was given, less one for each action that went wrong since', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const own = facts.filter((fact) => fact.key === KEYS[0]);
        const last = own.findLastIndex(({ kind }) => kind !== 'demoted');
        const given = own[last];
        const start = given && 'level' in given ? given.level : 0;
        expect(heldLevel(facts, aKey())?.level).toBe(Math.max(0, start - (own.length - 1 - last)));
      }),
    );
  });

  test('the facts of other keys change nothing', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const own = facts.filter((fact) => fact.key === KEYS[0]);
        expect(heldLevel(own, aKey())).toEqual(heldLevel(facts, aKey()));
      }),
    );
  });

  test('no row of new versions ever comes higher than the first, or out of level 0', () => {
    fc.assert(
      fc.property(
        level,
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 }),
        (autonomy, versions) => {
          const facts: StandingChange[] = [];
          let at = 0;
          for (const version of versions) {
            at += 1;
            const { held, begins } = standingFor(facts, aKey({ version: `${version}` }), autonomy, at);
            if (begins) facts.push(begins);
            expect(held.level).toBeLessThanOrEqual(autonomy);
            expect(held.level === 0).toBe(autonomy === 0);
          }
        },
      ),
    );
  });
});
