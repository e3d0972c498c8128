import { expect, test } from 'vitest';
import { yearOf } from '../../src/exercise/year.ts';
import { testInstallation } from '../support/installation.ts';

const { installation } = testInstallation();
const year = yearOf(installation, 2_000);

test('has as many proposals as were asked for, in the order of time, within the year', () => {
  const times = year.proposals.map(({ at }) => at);
  expect(times).toHaveLength(2_000);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.every((at) => at >= 0 && at < year.lasts)).toBe(true);
});

test('is a mix of 85, 12 and 3 of 100', () => {
  const share = (type: string) => year.proposals.filter(({ actionType }) => actionType === type).length / 20;
  expect(share('cache.flush')).toBeCloseTo(85, -1);
  expect(share('instances.scale')).toBeCloseTo(12, -1);
  expect(share('version.deploy')).toBeGreaterThan(1.5);
  expect(share('version.deploy')).toBeLessThan(4.5);
});

test('is the same year for the same seed, and another one for another', () => {
  expect(yearOf(installation, 50)).toEqual(yearOf(installation, 50));
  expect(yearOf(installation, 50, 2)).not.toEqual(yearOf(installation, 50));
});
