import { ServiceError } from '@temporalio/client';
import { expect, test } from 'vitest';
import { notConnected } from '../../src/adapters/temporal/namespace.ts';

const settings = { TEMPORAL_ADDRESS: '10.0.0.5:7233', TEMPORAL_NAMESPACE: 'countersign' };
const TOKEN =
  'Temporal does not let us work in the namespace countersign: TEMPORAL_API_KEY must be a token that has the permission "countersign:write" and has not ended';

/** What server 1.32.0 with its default authorizer answers to a token that has ended, as each half of the SDK raises it. */
const ENDED = {
  'the client': new ServiceError('Failed to connect to Temporal server', {
    cause: Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), {
      code: 7,
      details: 'Request unauthorized.',
      metadata: {},
    }),
  }),
  'the worker': new Error(
    `Failed to call GetSystemInfo: code: 'The caller does not have permission to execute the specified operation', message: "Request unauthorized."`,
  ),
};

test.each(Object.entries(ENDED))('a token that has ended is named where %s cannot connect', (_, error) => {
  expect(notConnected(error, settings).message).toBe(TOKEN);
});

test('whatever else keeps us from Temporal is named with its address', () => {
  expect(notConnected(new Error('Failed to connect before the deadline'), settings).message).toBe(
    'cannot reach the Temporal server at 10.0.0.5:7233: Failed to connect before the deadline',
  );
});
