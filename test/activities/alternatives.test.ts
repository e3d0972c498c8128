import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActivityDeps } from '../../src/activities/index.ts';
import { createAlternatives } from '../../src/activities/ruling/alternatives.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { inEveryPlace } from '../../src/activities/shared/send.ts';
import { backgroundSchema } from '../../src/contract/fact-schemas.ts';
import type { AlternativeAction } from '../../src/domain/action/action.ts';
import { deploy } from '../support/proposals.ts';
import { aDesk, NOW, never } from './desk.ts';

const considered = (...actions: readonly AlternativeAction[]) =>
  deploy('2.5.0', {
    rationale: {
      summary: 'It mends totals.',
      confidence: 0.9,
      alternatives: [
        ...actions.map((action) => ({ option: 'instead', confidence: 0.4, whyNot: 'slower', action })),
        { option: 'wait', confidence: 0.1, whyNot: 'slower' },
      ],
    },
  });

async function lookedInto(actions: readonly AlternativeAction[], changes: Partial<ActivityDeps> = {}) {
  const proposal = considered(...actions);
  const desk = aDesk(proposal, changes);
  return { desk, facts: await createAlternatives(desk.deps)(proposal, NOW) };
}

const flush = { type: 'cache.flush', target: 'cart' };

test('an alternative is ruled as it would be if its agent had proposed it', async () => {
  const { facts } = await lookedInto([flush, { type: 'schema.migrate' }]);
  expect(facts).toMatchObject([
    { kind: 'permitted', place: 0, title: 'flush the cache of cart', tier: 2, mode: 'executeAfterWindow' },
    { kind: 'permitted', place: 1, title: 'migrate the schema of checkout', tier: 4, mode: 'recommend' },
  ]);
});

test('nothing is recorded or started by it, and no attention is spent', async () => {
  const { desk } = await lookedInto([flush], {
    executors: inEveryPlace({ run: never }),
    leases: { acquire: never, release: never, of: never, holders: async () => [] },
  });
  expect(desk.entries).toEqual([]);
  expect([desk.asked, desk.placed, desk.opened]).toEqual([[], [], []]);
});

describe('an alternative that is no action here', () => {
  test('is told, and refuses nothing', async () => {
    const { facts } = await lookedInto([{ type: 'cache.warm' }, { ...flush, target: 'nowhere' }]);
    expect(facts).toMatchObject([
      { kind: 'noAction', reason: 'it names no action type of this installation' },
      { kind: 'noAction', reason: expect.stringMatching(/^it fits no action here: target: /) },
    ]);
  });

  test('where its parameters do not fit, says which', async () => {
    const checkParams = () => [{ where: 'params.count', problem: 'must be at most 9' }];
    const { facts } = await lookedInto([flush], { checkParams });
    expect(facts).toEqual([
      { kind: 'noAction', place: 0, reason: 'it fits no action here: params.count: must be at most 9' },
    ]);
  });
});

describe('what cannot be found out', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const withPast = (similarTo: ActivityDeps['pastActions']['similarTo']) => ({
    pastActions: { similarTo, of: never, ranBy: never, ranSince: never },
  });

  test('within two seconds is not waited for', async () => {
    const proposal = considered(flush, { type: 'schema.migrate' });
    const slowFor = withPast(({ actionType }) =>
      actionType === 'cache.flush' ? new Promise(() => {}) : Promise.resolve([]),
    );
    const found = createAlternatives(aDesk(proposal, slowFor).deps)(proposal, NOW);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await found).toMatchObject([
      { kind: 'notFoundOut', place: 0, reason: 'not found out in time' },
      { kind: 'permitted', place: 1 },
    ]);
  });

  test('because something cannot be read is told, and is no error', async () => {
    const { facts } = await lookedInto(
      [flush],
      withPast(() => Promise.reject(new Error('no route'))),
    );
    expect(facts).toEqual([{ kind: 'notFoundOut', place: 0, reason: 'what it needs could not be read' }]);
  });
});

/** What is ruled on the action itself, which waits for people. */
async function ruled(actions: readonly AlternativeAction[], changes: Partial<ActivityDeps> = {}) {
  const proposal = { ...considered(...actions), idempotencyKey: 'one' };
  const desk = aDesk(proposal, changes);
  const answer = await createRule(desk.deps).rule({ proposal });
  if (answer.kind !== 'ruled') throw new Error(JSON.stringify(answer));
  return { desk, answer };
}

test('where people are asked, it is recorded with the ruling, and can be read back', async () => {
  const { desk, answer } = await ruled([flush, { type: 'cache.warm' }]);
  expect(answer.background?.alternatives).toMatchObject([{ kind: 'permitted' }, { kind: 'noAction' }]);
  const [body] = desk.entries.filter(({ kind }) => kind === 'ruled').map(({ body }) => body);
  expect(body).toMatchObject({ background: answer.background });
  const background = JSON.parse(JSON.stringify(answer.background));
  expect(backgroundSchema.parse(background)).toEqual(background);
});

test('where the agent names no action, there is no such member', async () => {
  expect((await ruled([])).answer.background).not.toHaveProperty('alternatives');
});

test('INVARIANT 10: whichever actions an agent names as alternatives, the ruling on the action itself is the same', async () => {
  const plain = (await ruled([])).answer;
  const name = fc.constantFrom('cache.flush', 'version.deploy', 'schema.migrate', 'cache.warm');
  const target = fc.constantFrom('catalog', 'cart', 'checkout', 'web', 'nowhere', undefined);
  const params = fc.dictionary(fc.constantFrom('version', 'count'), fc.oneof(fc.string(), fc.integer()));
  const anyAction = fc.record({ type: name, target, params });
  let permitted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyAction, { minLength: 1, maxLength: 5 }), async (actions) => {
      const { desk, answer } = await ruled(actions);
      const { alternatives = [] } = answer.background ?? {};
      permitted += alternatives.filter(({ kind }) => kind === 'permitted').length;
      expect(alternatives.length).toBe(Math.min(3, actions.length));
      expect([answer.action, answer.impact, answer.ruling, answer.findings]).toEqual([
        plain.action,
        plain.impact,
        plain.ruling,
        plain.findings,
      ]);
      expect(desk.kinds()).toEqual(['ruled']);
      expect(desk.entries.filter(({ kind }) => kind === 'enrolled').length).toBeLessThanOrEqual(1);
    }),
  );
  expect(permitted).toBeGreaterThan(10);
});
