import { expect, test } from 'vitest';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { deploy } from '../../support/proposals.ts';

test('an undo concerns what the action itself would do: the same flag, and the same run', () => {
  const { installation } = testInstallation();
  const resolved = (executor: 'flag' | 'github') => {
    const proposal = deploy('2.5.0');
    const type = installation.actionTypes[proposal.actionType];
    if (!type) throw new Error('the example has it');
    const { execute: _, ...rest } = type;
    const execute =
      executor === 'flag'
        ? ({
            executor,
            store: { file: '/etc/flags.json' },
            flag: 'new-checkout',
            change: { share: { variant: 'on', percent: 20, otherwise: 'off' } },
            timeoutMs: 5,
          } as const)
        : ({
            executor,
            api: 'https://api.github.com',
            repository: 'example/shop',
            workflow: 'deploy.yml',
            branch: 'main',
            inputs: {},
            correlationInput: 'correlation',
            timeoutMs: 5,
          } as const);
    const changed = { ...rest, execute, rollback: { executor, undo: true, timeoutMs: 7 } as const };
    const answer = resolve(
      { ...installation, actionTypes: { ...installation.actionTypes, [type.name]: changed } },
      proposal,
      () => [],
    );
    if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.faults));
    return answer.action;
  };
  const flag = resolved('flag');
  expect(flag.execute).toMatchObject({
    change: {
      targeting: {
        fractional: [
          ['on', 20],
          ['off', 80],
        ],
      },
    },
  });
  expect(flag.rollback).toEqual({ ...flag.execute, change: 'undo', timeoutMs: 7 });
  const run = resolved('github');
  expect(run.execute).toMatchObject({
    correlation: { value: expect.stringMatching(/^countersign-[0-9a-f]{20}$/) },
  });
  expect(run.rollback).toEqual({ ...run.execute, change: 'undo', timeoutMs: 7 });
});
