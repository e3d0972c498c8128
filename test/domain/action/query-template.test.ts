import { describe, expect, test } from 'vitest';
import { fillQuery, placesIn } from '../../../src/domain/action/query-template.ts';

describe('a placeholder of a query stands', () => {
  test.each([
    ['errors{service="${target}"}', ['equality']],
    ['errors{service != "${target}"}', ['equality']],
    ['errors{service=\n"a${target}b${params.x}"}', ['equality', 'equality']],
    ['errors{pod=~"${target}-.*"}', ['expression']],
    ['errors{pod !~ "${params.x}"}', ['expression']],
    ['errors{a="x", pod=~"${params.x}", b="${params.y}"}', ['expression', 'equality']],
    [String.raw`errors{a="\"", b="${'${params.x}'}"}`, ['equality']],
    ['errors{a=\'"\', b="${params.x}"}', ['equality']],
    ['errors{a=`"`, b="${params.x}"}', ['equality']],
  ])('in a matcher: %s', (query, places) => {
    expect(placesIn(query).map(({ place }) => place)).toEqual(places);
  });

  test.each([
    ['without quotes', '${params.x}_errors'],
    ['without quotes in a matcher', 'errors{service=${target}}'],
    ['in quotes in which it is not escaped', "errors{service='${params.x}'}"],
    ['in raw quotes', 'errors{service=`${params.x}`}'],
    ['between quotes of another kind', `errors{a='"', b=\${params.x}, c="d"}`],
    ['between raw quotes', 'errors{a=`"`, b=${params.x}, c="d"}'],
    ['behind a comment', 'errors # "\n > ${params.x} # "'],
    ['as the name of the metric', '{"${params.x}"}'],
    ['as the name of a label', '{"${params.x}"="y"}'],
    ['as an argument', 'label_replace(errors, "a", "${params.x}", "b", "(.*)")'],
    ['in what may become a matcher elsewhere', 'WITH (x = "${params.x}") errors{pod=~x}'],
  ])('elsewhere: %s', (_, query) => {
    expect(placesIn(query).map(({ place }) => place)).toEqual(['elsewhere']);
  });
});

test('a name that stands outside of quotes is filled in as it is', () => {
  expect(placesIn('avg:errors{service:${target}}')).toEqual([
    { path: 'target', place: 'elsewhere', value: '${target}' },
  ]);
  expect(fillQuery('errors/${target}', { target: 'cart-api.v2' })).toBe('errors/cart-api.v2');
});
