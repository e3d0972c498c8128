import { expect, test } from 'vitest';
import type { TerraformPlan } from '../../../src/domain/action/action.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { actionTypeWith } from '../support.ts';

test('parameters become values of variables with their type, and the folder and the workspace are filled in', () => {
  const execute: TerraformPlan = {
    executor: 'terraform',
    program: 'tofu',
    folder: `/srv/\${target}`,
    workspace: `\${environment.name}`,
    variables: { count: `\${params.count}`, tags: { name: `box-\${params.name}` } },
    replace: [`aws_instance.web["\${params.name}"]`],
    timeoutMs: 1_000,
  };
  const actionTypes = { resize: actionTypeWith({ name: 'resize', execute }) };
  const given = proposal({ actionType: 'resize', params: { count: 3, name: '${x}"' } });
  const answer = resolve(testInstallation({ actionTypes }).installation, given, () => []);
  expect(answer).toMatchObject({
    kind: 'resolved',
    action: {
      execute: {
        folder: `/srv/${given.target}`,
        workspace: given.environment,
        variables: { count: 3, tags: { name: 'box-${x}"' } },
        replace: ['aws_instance.web["${x}""]'],
      },
      reconcile: { by: 'executor' },
    },
  });
});
