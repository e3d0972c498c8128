import { expect, test } from 'vitest';
import type { Plan } from '../../../src/domain/action/action.ts';
import { describePlan } from '../../../src/domain/action/plan-text.ts';

const command: Plan = { executor: 'command', argv: ['true'], timeoutMs: 1_000 };
const configuration: Plan = {
  executor: 'terraform',
  program: 'tofu',
  folder: '/srv/checkout',
  variables: { size: 3 },
  timeoutMs: 60_000,
};
const ONLY = 'applies only a plan that does what the preview says, and never a second time';
const request: Plan = { executor: 'http', method: 'POST', url: 'http://x', body: {}, timeoutMs: 5_000 };

test.each<[Plan, string[]]>([
  [request, ['given up after 5 seconds']],
  [
    { ...request, success: { statuses: [200, 202], condition: 'answer.state == "done"' } },
    [
      'given up after 5 seconds',
      'done when it is answered 200 or 202 and the answer meets answer.state == "done"',
    ],
  ],
  [
    { ...request, success: { statuses: [200] } },
    ['given up after 5 seconds', 'done when it is answered 200'],
  ],
  [
    {
      executor: 'job',
      method: 'POST',
      url: 'http://x/reindex',
      body: {},
      status: { intervalMs: 5_000, succeeded: 'status == 200', failed: 'status == 500' },
      timeoutMs: 60_000,
    },
    [
      'given up after 1 minute',
      'asked every 5 seconds how it stands',
      'done when status == 200',
      'failed when status == 500',
      'not cancelled when it is given up: it may go on',
    ],
  ],
  [
    {
      executor: 'job',
      method: 'POST',
      url: 'http://x/reindex',
      body: {},
      status: { intervalMs: 5_000, succeeded: 'a', failed: 'b', unchanged: 'c' },
      cancel: { method: 'POST', append: '/cancel' },
      repeatable: true,
      timeoutMs: 60_000,
    },
    [
      'given up after 1 minute',
      'asked every 5 seconds how it stands',
      'done when a',
      'failed when b',
      'ended without a change when c',
      'cancelled when it is given up or revoked: POST to its status address/cancel',
      'sent again if no answer came',
    ],
  ],
  [command, ['given up after 1 second']],
  [
    {
      ...command,
      directory: 'tools',
      done: [2],
      preview: { argv: ['deployer', 'diff'], timeoutMs: 5_000 },
    },
    [
      'given up after 1 second',
      'run in the folder tools',
      'exit status 2 means that it is done, as 0 does',
      'run only if this still prints what it printed: deployer diff',
    ],
  ],
  [
    {
      executor: 'command',
      argv: ['kubectl'],
      environment: { HOME: 'HOME', KUBECONFIG: 'STAGING' },
      unchanged: [10, 11],
      repeatable: true,
      timeoutMs: 1_000,
    },
    [
      'given up after 1 second',
      'reads these variables of the worker: HOME, STAGING as KUBECONFIG',
      'exit status 10 or 11 means that it changed nothing',
      'run again if its result is unknown',
    ],
  ],
  [configuration, ['given up after 1 minute', 'destroys nothing: a plan that would is refused', ONLY]],
  [
    { ...configuration, replace: ['a.b'], environment: { TF_VAR_token: 'TOKEN' } },
    [
      'given up after 1 minute',
      'reads these variables of the worker: TOKEN as TF_VAR_token',
      'REPLACES a.b',
      'destroys nothing else: a plan that would is refused',
      ONLY,
    ],
  ],
  [
    { ...configuration, destroy: true },
    [
      'given up after 1 minute',
      'DESTROYS everything that the configuration manages',
      'may destroy and replace what its preview says',
      ONLY,
    ],
  ],
])('people are told how the result of what they approve is read: %j', (plan, told) => {
  expect(describePlan(plan).limits).toEqual(told);
});

test('people are told which folder is applied, in which workspace, with which variables', () => {
  expect(describePlan({ ...configuration, workspace: 'staging' })).toMatchObject({
    inShort: 'tofu apply in /srv/checkout, workspace staging',
    what: { name: 'configuration', text: '/srv/checkout, workspace staging, applied by tofu' },
    content: { name: 'variables', value: { size: 3 } },
  });
});
