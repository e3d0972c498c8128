import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATEGORIES, type Severity } from '../../../src/domain/action/action.ts';
import { DATA_CLASSIFICATIONS } from '../../../src/domain/installation/installation.ts';
import { type SeverityInput, severitiesOf } from '../../../src/domain/risk/severity.ts';
import { sizeOf } from '../../../src/domain/risk/size.ts';

const NONE = { performance: 0, security: 0, dataAccess: 0, serviceDisruption: 0 } as const;
const ALL = { performance: 2, security: 2, dataAccess: 2, serviceDisruption: 2 } as const;

const input = (changes: Partial<SeverityInput> = {}): SeverityInput => ({
  type: { name: 'instances.scale', severity: ALL },
  target: 'cart',
  serviceTier: 2,
  dataClassification: 'internal',
  environment: 'production',
  production: true,
  size: undefined,
  ...changes,
});
const judged = (changes: Partial<SeverityInput> = {}) => severitiesOf(input(changes));
const declared = (severity: SeverityInput['type']['severity']) => ({ type: { name: 'any', severity } });

test('severities are what the operator declared, each with its reason, and none has none', () => {
  const severity = { ...NONE, performance: 2, security: 1 } as const;
  expect(judged(declared(severity))).toEqual({
    severity,
    reasons: {
      performance: ['any is declared performance 2 of 4'],
      security: ['any is declared security 1 of 4'],
      dataAccess: [],
      serviceDisruption: [],
    },
  });
});

describe('a place raises what an action has an effect on', () => {
  test.each([
    ['a service of tier 1', { serviceTier: 1 }, { performance: 3, serviceDisruption: 3 }],
    ['a service of tier 4', { serviceTier: 4 }, {}],
    ['public data', { dataClassification: 'public' }, {}],
    ['confidential data', { dataClassification: 'confidential' }, { dataAccess: 3 }],
    ['restricted data', { dataClassification: 'restricted' }, { dataAccess: 4, security: 3 }],
    ['data that nobody classified', { dataClassification: undefined }, { dataAccess: 4, security: 3 }],
    [
      'an environment that is not production',
      { production: false },
      { performance: 1, serviceDisruption: 1 },
    ],
    [
      'tier 1 outside production',
      { production: false, serviceTier: 1 },
      { performance: 1, serviceDisruption: 1 },
    ],
  ] as const)('%s', (_, place, expected) => {
    expect(judged(place).severity).toEqual({ ...ALL, ...expected });
  });

  test('but nothing that has none', () => {
    const place = { serviceTier: 1, dataClassification: 'restricted' } as const;
    expect(judged({ ...place, ...declared(NONE) }).severity).toEqual(NONE);
  });

  test('and never above 4', () => {
    const worst = { performance: 4, security: 4, dataAccess: 4, serviceDisruption: 4 } as const;
    const { severity, reasons } = judged({
      ...declared(worst),
      serviceTier: 1,
      dataClassification: 'restricted',
    });
    expect(severity).toEqual(worst);
    expect(reasons.dataAccess).toEqual(['any is declared dataAccess 4 of 4']);
  });

  test.each([
    [{ serviceTier: 1 }, 'performance', 'cart is a service of tier 1: performance 3 of 4'],
    [
      { dataClassification: 'confidential' },
      'dataAccess',
      'the data of cart is confidential: dataAccess 3 of 4',
    ],
    [
      { dataClassification: undefined },
      'security',
      'nobody stated how secret the data of cart is, so it counts as restricted: security 3 of 4',
    ],
    [
      { production: false, environment: 'staging' },
      'serviceDisruption',
      'staging is not production: serviceDisruption 1 of 4',
    ],
  ] as const)('%j says so', (place, category, reason) => {
    expect(judged(place).reasons[category].at(-1)).toBe(reason);
  });
});

describe('the size', () => {
  const size = {
    parameter: 'count',
    current: { source: 'storefront', query: 'instances' },
    raise: [{ beyond: 0.5, performance: 3, security: 1 }],
  } as const;
  const type = { name: 'instances.scale', severity: { ...NONE, performance: 2 }, size } as const;
  const to = (count: number) => ({ type, size: sizeOf(size, { count }, { kind: 'read', value: 4, at: 0 }) });

  test('raises to what its step says, also where nothing was declared, with the change as the reason', () => {
    const { severity, reasons } = judged(to(9));
    expect(severity).toEqual({ ...NONE, performance: 3, security: 1 });
    expect(reasons.performance).toEqual([
      'instances.scale is declared performance 2 of 4',
      'count goes from 4 to 9, 125 % more than now: performance 3 of 4',
    ]);
  });

  test('never lowers what was declared', () => {
    const higher = { ...type, severity: { ...NONE, performance: 4 } } as const;
    expect(judged({ ...to(9), type: higher }).severity.performance).toBe(4);
  });

  test('raises before the place does', () => {
    expect(judged({ ...to(9), serviceTier: 1 }).severity.performance).toBe(4);
  });
});

test('more of anything is never less severe', () => {
  const severities = fc.record(
    Object.fromEntries(CATEGORIES.map((c) => [c, fc.constantFrom<Severity>(0, 1, 2, 3, 4)])),
  ) as fc.Arbitrary<SeverityInput['type']['severity']>;
  const tiers = [4, 3, 2, 1] as const;
  const classes = [...DATA_CLASSIFICATIONS, undefined];
  const pair = (length: number) =>
    fc.tuple(fc.nat(length - 1), fc.nat(length - 1)).map((both) => both.sort());
  fc.assert(
    fc.property(
      severities,
      fc.constantFrom(...CATEGORIES),
      pair(tiers.length),
      pair(classes.length),
      fc.constantFrom([false, false], [false, true], [true, true]),
      (severity, raised, [t0 = 0, t1 = 0], [c0 = 0, c1 = 0], [p0 = true, p1 = true]) => {
        const more = { ...severity, [raised]: Math.min(4, severity[raised] + 1) as Severity };
        const less = judged({
          ...declared(severity),
          serviceTier: tiers[t0] ?? 4,
          dataClassification: classes[c0],
          production: p0,
        });
        const greater = judged({
          ...declared(more),
          serviceTier: tiers[t1] ?? 1,
          dataClassification: classes[c1],
          production: p1,
        });
        for (const c of CATEGORIES) expect(greater.severity[c]).toBeGreaterThanOrEqual(less.severity[c]);
      },
    ),
    { numRuns: 2_000 },
  );
});
