import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hold } from '../../../src/domain/admission/hold.ts';
import type { AbortOn, Alert } from '../../../src/domain/analysis/alerts.ts';
import { endingOf, ends, type OpenWatch } from '../../../src/domain/record/ended-from-outside.ts';
import { type Outside, outsideText } from '../../../src/domain/record/outside.ts';
import { anAlert } from '../../support/alerts.ts';
import { anAction } from '../support.ts';

const RAN = 1_000_000;

const watchOn = (...abortOn: AbortOn[]): OpenWatch => ({
  action: anAction({ target: 'cart', environment: 'production' }),
  abortOn,
  since: RAN,
});
const ANY_ALERT: AbortOn = { kind: 'alert', matchers: [] };
const CRITICAL: AbortOn = {
  kind: 'alert',
  matchers: [{ label: 'severity', operator: '=', value: 'critical' }],
};

const alert = (changes: Partial<Alert> = {}): Outside => ({
  kind: 'alert',
  alert: anAlert({ startsAt: RAN + 10, receivedAt: RAN + 20, ...changes }),
});
const hold = (changes: Partial<Hold> = {}): Outside => ({
  kind: 'hold',
  hold: {
    id: 'h',
    scope: { kind: 'service', service: 'cart' },
    placedBy: 'linus',
    reason: 'incident 4711',
    at: RAN + 10,
    ...changes,
  },
});
const freeze = (from = RAN + 10): Outside => ({
  kind: 'freeze',
  freeze: { name: 'quarter end', from, until: RAN * 2 },
});

describe('an alert ends a watch', () => {
  test.each<[string, boolean, Partial<Alert>]>([
    ['that began after the action', true, {}],
    ['that is over by now', true, { endedAt: RAN + 30 }],
    ['that began before the action', false, { startsAt: RAN - 1 }],
    ['that began at the moment of the action', false, { startsAt: RAN }],
    ['of a clock that runs ahead, and that came before the action', false, { receivedAt: RAN - 1 }],
    ['of another service', false, { service: 'checkout' }],
    ['of another environment', false, { environment: 'staging' }],
    ['that does not match', false, { labels: { severity: 'warning' } }],
    ['without the label', false, { labels: {} }],
  ])('%s: %s', (_, expected, changes) => {
    expect(ends(watchOn(CRITICAL), alert(changes))).toBe(expected);
  });

  test('that meets all matchers of one of the alerts that end it', () => {
    const shop: AbortOn = {
      kind: 'alert',
      matchers: [
        { label: 'severity', operator: '=~', value: 'warning|critical' },
        { label: 'team', operator: '=', value: 'shop' },
      ],
    };
    const warning = (team: string) => alert({ labels: { severity: 'warning', team } });
    expect(ends(watchOn(CRITICAL, shop), warning('shop'))).toBe(true);
    expect(ends(watchOn(CRITICAL, shop), warning('web'))).toBe(false);
    expect(ends(watchOn(ANY_ALERT), alert({ labels: {} }))).toBe(true);
  });
});

test.each<[string, boolean, Outside]>([
  ['a hold on the target', true, hold()],
  ['a hold on everything', true, hold({ scope: { kind: 'everything' } })],
  ['a hold that was placed before the action', false, hold({ at: RAN })],
  ['a hold on another service', false, hold({ scope: { kind: 'service', service: 'web' } })],
  [
    'a hold on another environment',
    false,
    hold({ scope: { kind: 'service', service: 'cart', environment: 'staging' } }),
  ],
  ['a hold on what agents do by themselves', false, hold({ autonomousOnly: true })],
  ['a freeze that began after the action', true, freeze()],
  ['a freeze that began before it', false, freeze(RAN)],
])('%s ends a watch: %s', (_, expected, outside) => {
  expect(ends(watchOn({ kind: 'hold' }, { kind: 'freeze' }), outside)).toBe(expected);
});

describe('what ends a watch', () => {
  const ALL: readonly AbortOn[] = [ANY_ALERT, { kind: 'freeze' }, { kind: 'hold' }];
  const anyOutside = fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.constantFrom(...ALL))
    .map(([ms, { kind }]) => {
      if (kind === 'alert') return alert({ startsAt: RAN + ms, receivedAt: RAN + ms });
      return kind === 'freeze' ? freeze(RAN + ms) : hold({ at: RAN + ms });
    });

  test('is what came first, in whatever order it is found', () => {
    const [first, second, third] = [hold({ at: RAN + 1 }), freeze(RAN + 2), alert({ startsAt: RAN + 3 })];
    expect(endingOf(watchOn(...ALL), [third, first, second])).toBe(first);
  });

  test('came after the action and is of a kind that ends it; otherwise nothing does', () => {
    fc.assert(
      fc.property(fc.array(anyOutside), fc.subarray([...ALL]), (outside, abortOn) => {
        const ending = endingOf(watchOn(...abortOn), outside);
        const able = outside.filter(
          (each) => abortOn.some(({ kind }) => kind === each.kind) && timeOf(each) > RAN,
        );
        expect(ending === undefined).toBe(able.length === 0);
        if (ending) expect(timeOf(ending)).toBe(Math.min(...able.map(timeOf)));
      }),
    );
  });

  test('ends it still when more came', () => {
    fc.assert(
      fc.property(fc.array(anyOutside), fc.array(anyOutside), (outside, more) => {
        const watch = watchOn(...ALL);
        fc.pre(endingOf(watch, outside) !== undefined);
        expect(endingOf(watch, [...outside, ...more])).toBeDefined();
      }),
    );
  });
});

function timeOf(outside: Outside): number {
  if (outside.kind === 'alert') return outside.alert.startsAt;
  return outside.kind === 'freeze' ? outside.freeze.from : outside.hold.at;
}

test.each<[Outside, string]>([
  [
    alert(),
    'the alert HighErrorRate on cart in production began at 1970-01-01T00:16:40.010Z, after the action; it came from alertmanager: one request in ten fails',
  ],
  [
    alert({ labels: {}, summary: undefined }),
    'the alert without a name on cart in production began at 1970-01-01T00:16:40.010Z, after the action; it came from alertmanager',
  ],
  [
    freeze(),
    'the freeze "quarter end" began at 1970-01-01T00:16:40.010Z, while the action was watched, and lasts until 1970-01-01T00:33:20.000Z',
  ],
  [
    hold(),
    'while the action was watched, a hold came: cart in every environment is on hold since 1970-01-01T00:16:40.010Z, placed by linus: incident 4711',
  ],
])('%j is said as %s', (outside, text) => {
  expect(outsideText(outside)).toBe(text);
});
