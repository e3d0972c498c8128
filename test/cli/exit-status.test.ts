import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { exitStatusOf, messageOf, NotHandedIn } from '../../src/cli/exit-status.ts';

/** What the client raises when Temporal's authorization refuses a call: gRPC PERMISSION_DENIED. */
const refused = () =>
  new ServiceError('Failed to start Workflow', {
    cause: Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), {
      code: 7,
      details: 'Request unauthorized.',
      metadata: {},
    }),
  });

test('what Temporal does not permit says which token would do', () => {
  expect(messageOf(refused(), {})).toBe(
    'Temporal does not permit this. Set TEMPORAL_API_KEY to a token for this namespace that has not ended: with the permission to read, to look at things; with the permission to write, for everything else.',
  );
  expect(exitStatusOf(refused())).toBe(1);
});

test('a decision that nobody took says so, whether Temporal is away or a worker', () => {
  const away = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: 'away', metadata: {} });
  const unreachable = new NotHandedIn(new ServiceError('it failed', { cause: away }));
  expect(messageOf(unreachable, { address: 'here:1' })).toMatch(/No Temporal server answers.*NOT handed in/);
  expect(exitStatusOf(unreachable)).toBe(3);
  expect(messageOf(new NotHandedIn(new Error('slow')), {})).toMatch(/your decision was NOT handed in/);
  expect(exitStatusOf(new NotHandedIn(new Error('slow')))).toBe(1);
});
