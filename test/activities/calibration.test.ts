import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PastActions } from '../../src/activities/ports/past-actions.ts';
import { createCalibration } from '../../src/activities/ruling/calibration.ts';
import { aPastAction } from '../domain/support.ts';
import { proposal } from '../support/proposals.ts';

const found = (ranBy: PastActions['ranBy']) => createCalibration({ pastActions: { ranBy } })(proposal());

test('how well founded the confidence of an agent was before is counted from the newest 200 that it ran', async () => {
  const asked: unknown[] = [];
  const calibration = await found(async (...question) => {
    asked.push(question);
    return [0.95, 0.81, 0.4].map((confidence) => aPastAction({ confidence }));
  });
  expect(asked).toEqual([['cache-agent', 200]]);
  expect(calibration).toEqual({ kind: 'counted', from: 80, to: 100, ran: 2, well: 2 });
});

describe('a record that does not answer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('within two seconds is not waited for', async () => {
    const calibration = found(() => new Promise(() => {}));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await calibration).toEqual({ kind: 'unknown', reason: 'not found out in time' });
  });

  test('because it cannot be read is no error', async () => {
    expect(await found(() => Promise.reject(new Error('no route')))).toEqual({
      kind: 'unknown',
      reason: 'its record could not be read',
    });
  });
});
