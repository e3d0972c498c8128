import { describe, expect, test } from 'vitest';
import type { Measurement } from '../../../src/domain/analysis/metrics.ts';
import { whySilenceStops } from '../../../src/domain/ruling/silence-needs-health.ts';

const measured = (phase: Measurement['phase']): Measurement => ({
  metric: 'errors',
  at: 0,
  phase,
  value: 1,
  reason: `errors is ${phase}`,
});

describe('INVARIANT 7: silence', () => {
  test('proceeds while every metric is healthy', () => {
    expect(whySilenceStops({ kind: 'proceed' }, [measured('successful'), measured('successful')])).toBe(
      undefined,
    );
  });

  test.each(['failed', 'inconclusive', 'error'] as const)('stops while one metric is %s', (phase) => {
    expect(whySilenceStops({ kind: 'proceed' }, [measured('successful'), measured(phase)])).toBe(
      `nobody decided, and silence does not proceed while the metrics are not healthy: errors is ${phase}`,
    );
  });
});

test('people who decided saw the metrics: health does not stop what they approved', () => {
  expect(whySilenceStops({ kind: 'approved', by: ['ada'] }, [measured('failed')])).toBe(undefined);
  expect(whySilenceStops(undefined, [measured('failed')])).toBe(undefined);
});
