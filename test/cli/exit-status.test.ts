import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { exitStatusOf, messageOf } from '../../src/cli/exit-status.ts';

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
