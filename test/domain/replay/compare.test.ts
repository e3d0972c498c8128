import { describe, expect, test } from 'vitest';
import type { Level } from '../../../src/domain/action/autonomy-level.ts';
import { type AgentAnswer, compared } from '../../../src/domain/replay/compare.ts';
import { testInstallation } from '../../support/installation.ts';
import { DEFAULT_POLICIES } from '../../support/policies.ts';
import { deploy, proposal } from '../../support/proposals.ts';
import { folderWith, grantedLevel, PERMISSIVE, recordedBy } from '../simulation/support.ts';
import { ended } from './support.ts';

const folder = folderWith();
const then = deploy('2.4.0');
const proposes = (given = then): AgentAnswer => ({ kind: 'proposal', proposal: given });
const replayed = (answer: AgentAnswer, ending = ended('succeeded'), given = then) =>
  compared(folder, recordedBy(folder, { given }), ending, answer);

describe('what a build proposes is', () => {
  test('the same, whatever it calls it and however it explains it', () => {
    const again = deploy('2.4.0', {
      idempotencyKey: 'another-key',
      agent: { id: 'deploy-agent', version: '9.0.0' },
      rationale: { ...then.rationale, summary: 'For another reason.' },
    });
    expect(replayed(proposes(again))).toMatchObject({ class: 'same', because: '', end: 'well' });
    expect(replayed(proposes(again)).today).toBeUndefined();
  });

  test('the same action with other parameters, ruled on by the rules of today', () => {
    const bolder = { ...then, params: { version: '2.5.0', force: true } };
    expect(replayed(proposes(bolder))).toMatchObject({
      class: 'otherParameters',
      because: 'force true, then not given; version "2.5.0", then "2.4.0"',
      today: { mode: 'executeWithApproval', text: expect.stringMatching(/^it waits for/) },
    });
  });

  test.each([
    ['another type', { actionType: 'schema.migrate' }, 'actionType schema.migrate, then version.deploy'],
    ['another target', { target: 'catalog' }, 'target catalog, then checkout'],
    ['another environment', { environment: 'staging' }, 'environment staging, then production'],
  ])('another action: %s', (_, changes, because) => {
    expect(replayed(proposes({ ...then, ...changes }))).toMatchObject({ class: 'otherAction', because });
  });

  test('nothing, or an answer that cannot be taken, in its words', () => {
    expect(replayed({ kind: 'nothing', why: 'all is well' })).toMatchObject({
      class: 'nothing',
      because: 'all is well',
    });
    expect(replayed({ kind: 'wrong', why: 'too late' })).toMatchObject({
      class: 'wrong',
      because: 'too late',
    });
  });
});

describe('by the rules of today, a proposal that differs', () => {
  test('is not ruled on where its target is not known here', () => {
    expect(replayed(proposes({ ...then, target: 'payments' })).today).toEqual({
      mode: 'unknown',
      text: 'there is no service payments',
    });
  });

  test('INVARIANT 7: depends on what nobody looked up for it, which is never taken for calm', () => {
    const { actionTypes } = testInstallation().installation;
    const flush = actionTypes['cache.flush'];
    if (!flush) throw new Error('there is no cache.flush');
    const size = { parameter: 'count', raise: [{ beyond: 1, serviceDisruption: 4 as const }] };
    const careful = folderWith(
      { actionTypes: { ...actionTypes, 'cache.flush': { ...flush, size } } },
      `${PERMISSIVE}
        @id("calm-only") forbid (principal is Agent, action == Action::"execute", resource) when { context.serviceDisruption >= 3 };`,
    );
    const now = proposal({ agent: then.agent, params: { count: 4 } });
    const recorded = recordedBy(careful, { given: then });
    expect(compared(careful, recorded, undefined, proposes(now))).toMatchObject({
      class: 'otherAction',
      today: {
        mode: 'perhaps',
        text: expect.stringMatching(/^it .*, or .*: the ledger does not have the value that count had/),
      },
    });
  });

  test.each<[Level, string]>([
    [0, 'recommend'],
    [3, 'executeAfterWindow'],
  ])('is ruled on at the level that its agent held then: at level %s, %s', (level, mode) => {
    const strict = folderWith({}, DEFAULT_POLICIES);
    const given = proposal({ target: 'cart' });
    const recorded = recordedBy(strict, { given, held: grantedLevel(level) });
    const now = { ...given, params: { all: true } };
    expect(compared(strict, recorded, undefined, proposes(now)).today?.mode).toBe(mode);
  });
});

describe('how the action of then ended', () => {
  test.each([
    ['people denied it', ended('deniedByPerson', { ran: undefined }), 'denied', 'people denied it'],
    ['it was rolled back', ended('rolledBack'), 'wentWrong', 'it was rolled back'],
    [
      'its reviewer disagreed',
      ended('succeeded', { disagreed: true }),
      'wentWrong',
      'its reviewer disagreed',
    ],
    [
      'it did harm after all',
      ended('succeeded', { reported: 'regressed' }),
      'wentWrong',
      /made things worse/,
    ],
    ['it succeeded', ended('succeeded'), 'well', 'it succeeded'],
    ['nobody answered', ended('expired', { ran: undefined }), 'neither', 'it ended expired'],
    ['it is not over', { ruledAt: 0 }, 'neither', 'it is not over'],
  ] as const)('%s', (_, ending, end, words) => {
    expect(replayed(proposes(), ending)).toMatchObject({
      end,
      ended: typeof words === 'string' ? words : expect.stringMatching(words),
    });
  });
});
