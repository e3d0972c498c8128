import { expect, test } from 'vitest';
import { valuesOf } from '../../src/exercise/metric-values.ts';
import { aMetric } from '../domain/support.ts';

test.each([
  ['a share that is small', { successCondition: 'result <= 0.02', failureCondition: 'result > 0.05' }],
  ['a share that is large', { successCondition: 'result >= 0.99', failureCondition: 'result < 0.95' }],
  ['against the time before', { successCondition: 'result <= baseline * 2.0 + 0.05' }],
  ['a failure alone', { successCondition: undefined, failureCondition: 'result > 250.0' }],
])('finds a healthy value and a worse one: %s', (_, conditions) => {
  const { healthy, regressed } = valuesOf(aMetric(conditions));
  expect(healthy).toEqual(expect.any(Number));
  expect(regressed).toEqual(expect.any(Number));
});

test('says nothing where no value that was tried is so', () => {
  const spec = aMetric({
    successCondition: 'result == 123456.789',
    failureCondition: 'result == 987654.321',
  });
  expect(valuesOf(spec)).toEqual({ healthy: undefined, regressed: undefined });
});
