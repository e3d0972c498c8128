import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../src/domain/action/action.ts';
import { actionIdOf, resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import type { Fault } from '../../../src/domain/shared/json.ts';
import { testInstallation } from '../../support/installation.ts';
import { deploy, proposal } from '../../support/proposals.ts';

const { installation } = testInstallation();
const noFaults = () => [];

const resolved = (given: Proposal, from = installation) => {
  const answer = resolve(from, given, noFaults);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.faults));
  return answer;
};
const faultsOf = (given: Proposal, from = installation, checkParams = (): Fault[] => []) => {
  const answer = resolve(from, given, checkParams);
  return answer.kind === 'refused' ? answer.faults : [];
};

describe('a proposal that names what exists', () => {
  test('becomes the action as it will run', () => {
    const given = deploy('2.5.0', { idempotencyKey: 'release-1' });
    const { action, type } = resolved(given);
    expect(type).toBe(installation.actionTypes['version.deploy']);
    expect(action).toEqual({
      id: actionIdOf(given),
      type: 'version.deploy',
      title: 'deploy 2.5.0 to checkout',
      target: 'checkout',
      serviceTier: 1,
      environment: 'production',
      params: { version: '2.5.0' },
      agent: { id: 'deploy-agent', version: '2.0.1', owner: 'group:platform-ai' },
      execute: {
        executor: 'http',
        method: 'PUT',
        url: 'http://storefront.example/admin/checkout/version',
        body: { version: '2.5.0' },
        timeoutMs: 5_000,
      },
      rollback: {
        executor: 'http',
        method: 'POST',
        url: 'http://storefront.example/admin/checkout/undo',
        body: { operation: actionIdOf(given) },
        timeoutMs: 5_000,
      },
      watch: {
        metrics: [
          {
            name: 'error-ratio',
            source: 'storefront',
            query: 'storefront_error_ratio{service="checkout"}',
            initialDelayMs: 1_000,
            intervalMs: 1_000,
            count: 3,
            successCondition: 'result <= 0.02',
            failureCondition: 'result > 0.02',
            failureLimit: 0,
            inconclusiveLimit: 0,
            consecutiveErrorLimit: 2,
          },
        ],
      },
    });
  });

  test('without a rollback and a watch, these are no members at all', () => {
    const { action } = resolved(proposal({ actionType: 'schema.migrate' }));
    expect('rollback' in action || 'watch' in action).toBe(false);
    expect(action.execute).toEqual({
      executor: 'command',
      argv: ['migrate', '--service', 'catalog'],
      timeoutMs: 60_000,
    });
  });

  test('INVARIANT 12: nothing of the explanation that the agent wrote is in what runs', () => {
    const marked = proposal({
      rationale: {
        summary: 'AGENT TEXT',
        confidence: 1,
        alternatives: [{ option: 'AGENT TEXT', confidence: 0, whyNot: 'AGENT TEXT' }],
      },
      evidence: [{ title: 'AGENT TEXT', detail: 'AGENT TEXT' }],
      successCriteria: ['AGENT TEXT'],
    });
    expect(JSON.stringify(resolved(marked).action)).not.toContain('AGENT TEXT');
  });

  test("INVARIANT 10: the agent's owner is the catalog's, whatever the agent says", () => {
    const agent = { id: 'cache-agent', version: '1', owner: 'group:catalog-team' };
    expect(resolved(proposal({ agent })).action.agent.owner).toBe('user:radia');
  });
});

describe('names that do not exist', () => {
  test('are all reported at once, with the ones that do, and with the faults of the parameters', () => {
    const nothing = proposal({
      actionType: 'cache.flsh',
      target: 'ctlg',
      environment: 'staging',
      agent: { id: 'agent', version: '1' },
    });
    expect(faultsOf(nothing)).toEqual([
      {
        where: 'actionType',
        problem: '"cache.flsh" is not known here; known: cache.flush, schema.migrate, version.deploy',
      },
      { where: 'target', problem: '"ctlg" is not known here; known: cart, catalog, checkout, web' },
      { where: 'environment', problem: '"staging" is not known here; known: production' },
      { where: 'agent.id', problem: '"agent" is not known here; known: cache-agent, deploy-agent' },
    ]);
  });

  test('do not hide what is wrong with the parameters', () => {
    const fault = { where: 'params.version', problem: 'is missing' };
    const faults = faultsOf(proposal({ target: 'ctlg' }), installation, () => [fault]);
    expect(faults.map(({ where }) => where).sort()).toEqual(['params.version', 'target']);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', ''])('%j is not a name', (name) => {
    const agent = { id: name, version: '1' };
    const given = proposal({ actionType: name, target: name, environment: name, agent });
    expect(faultsOf(given).map(({ where }) => where)).toEqual([
      'actionType',
      'target',
      'environment',
      'agent.id',
    ]);
  });

  test.each([
    [20, 'and no word of more', (names: string[]) => names.join(', ')],
    [21, 'and how many there are', (names: string[]) => `${names.slice(0, 20).join(', ')}, … (21 in all)`],
  ])('of %i known names twenty are listed, %s', (count, _, listed) => {
    const names = Array.from({ length: count }, (_, n) => `env-${String(n).padStart(2, '0')}`);
    const environments = Object.fromEntries([...names].reverse().map((name) => [name, {}]));
    const [fault] = faultsOf(proposal({ environment: 'x' }), testInstallation({ environments }).installation);
    expect(fault?.problem).toBe(`"x" is not known here; known: ${listed(names)}`);
  });
});

test('parameters that are refused are refused with their faults, and nothing is filled in', () => {
  const faults = [{ where: 'params.version', problem: 'is missing' }];
  expect(faultsOf(deploy('2.5.0', { params: {} }), installation, () => faults)).toEqual(faults);
});

describe('an action id', () => {
  test('is the same for the same agent and key, whatever else changes', () => {
    const [one, other] = [proposal({ idempotencyKey: 'k' }), deploy('1.0.0', { idempotencyKey: 'k' })];
    expect(actionIdOf({ ...one, agent: { id: 'a', version: '1' } })).toBe(
      actionIdOf({ ...other, agent: { id: 'a', version: '2' } }),
    );
  });

  test('of two agents is never the same, whatever keys they choose', () => {
    const words = fc.array(fc.constantFrom('deploy', 'cache', 'a', '1', '-', '_'), {
      minLength: 3,
      maxLength: 6,
    });
    const separators = fc.constantFrom('', '.', '-', '_', '..');
    fc.assert(
      fc.property(words, separators, fc.nat(3), fc.nat(3), (parts, between, one, other) => {
        fc.pre(one % (parts.length - 1) !== other % (parts.length - 1));
        const idSplitAt = (at: number) =>
          actionIdOf({
            agent: { id: parts.slice(0, 1 + (at % (parts.length - 1))).join(between), version: '1' },
            idempotencyKey: parts.slice(1 + (at % (parts.length - 1))).join(between),
          });
        expect(idSplitAt(one)).not.toBe(idSplitAt(other));
      }),
      { numRuns: 1_000 },
    );
  });
});
