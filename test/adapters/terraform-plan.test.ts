import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesIn, createPlanDigests, plannedIn, secretsIn } from '../../src/adapters/terraform/planned.ts';
import { isJsonRecord, type Json } from '../../src/domain/shared/json.ts';

/** A value as a plan has it, with its marks: what is `true` is sensitive. */
interface Marked {
  readonly value: Json;
  readonly sensitive: Json;
}

const names = fc.constantFrom('a', 'b', 'c', 'd');
const plain = fc.constantFrom<Json>('plain', 7, true, null, '');
const secret = fc.nat().map((n) => `secret-${n}`);

const { marked } = fc.letrec<{ marked: Marked }>((tie) => ({
  marked: fc.oneof(
    { maxDepth: 5 },
    plain.map((value): Marked => ({ value, sensitive: false })),
    secret.map((value): Marked => ({ value, sensitive: true })),
    // What is inside something sensitive need not be marked itself.
    fc.dictionary(names, secret).map((value): Marked => ({ value, sensitive: true })),
    fc.array(tie('marked') as fc.Arbitrary<Marked>, { maxLength: 4 }).map(
      (items): Marked => ({
        value: items.map(({ value }) => value),
        sensitive: items.map(({ sensitive }) => sensitive),
      }),
    ),
    fc.dictionary(names, tie('marked') as fc.Arbitrary<Marked>).map(
      (members): Marked => ({
        value: Object.fromEntries(Object.entries(members).map(([name, { value }]) => [name, value])),
        sensitive: Object.fromEntries(
          Object.entries(members).map(([name, { sensitive }]) => [name, sensitive]),
        ),
      }),
    ),
  ),
}));

const plans = fc.record({
  before: fc.option(marked),
  after: fc.option(marked),
  unknown: fc.dictionary(names, fc.boolean()),
});
type Sides = typeof plans extends fc.Arbitrary<infer T> ? T : never;

const actionsOf = ({ before, after }: Sides) =>
  before && after ? ['update'] : before ? ['delete'] : after ? ['create'] : ['no-op'];

function planWith(sides: Sides) {
  const { before, after, unknown } = sides;
  const change = {
    actions: actionsOf(sides),
    before: before?.value ?? null,
    after: after?.value ?? null,
    after_unknown: after ? unknown : {},
    before_sensitive: before?.sensitive ?? false,
    after_sensitive: after?.sensitive ?? false,
  };
  const { data } = plannedIn(
    JSON.stringify({
      format_version: '1.2',
      terraform_version: '1.12.6',
      resource_changes: [{ address: 'a_thing.here', change }],
      output_changes: { one: change },
      configuration: {},
    }),
  );
  if (!data) throw new Error('it is a plan');
  return data;
}

test('nothing that a plan marks as sensitive is in what people are shown, wherever it stands', () => {
  fc.assert(
    fc.property(plans, (sides) => {
      const planned = planWith(sides);
      expect(JSON.stringify(changesIn(planned))).not.toContain('secret-');
      const secrets = JSON.stringify([sides.before?.value, sides.after?.value]).match(/secret-\d+/g) ?? [];
      expect(new Set(secretsIn(planned).filter((text) => text.startsWith('secret-')))).toEqual(
        new Set(secrets),
      );
    }),
    { numRuns: 500 },
  );
});

test('two plans have the same digest where they change the same, and only there', () => {
  const { changes } = createPlanDigests(new Uint8Array(32));
  fc.assert(
    fc.property(plans, plans, (one, other) => {
      const isSame = JSON.stringify(planWith(one)) === JSON.stringify(planWith(other));
      const isNothing = (sides: Sides) => !sides.before && !sides.after;
      expect(changes(planWith(one)) === changes(planWith(other))).toBe(
        isSame || (isNothing(one) && isNothing(other)),
      );
      expect(changes(planWith(one))).toBe(changes(planWith(one)));
    }),
  );
});

test('what is nested more deeply than the records hold is shown as text', () => {
  const deep = Array.from({ length: 30 }).reduce<Json>((inner) => ({ inner }), 'end');
  const sides = { before: null, after: { value: deep, sensitive: false }, unknown: {} };
  const [change] = changesIn(planWith(sides));
  expect(change?.to).toEqual(JSON.stringify(deep));
  expect(isJsonRecord({ ...change })).toBe(true);
});
