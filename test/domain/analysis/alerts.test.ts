import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meets, placed, readMatcher } from '../../../src/domain/analysis/alerts.ts';

const CRITICAL = { alertname: 'HighErrorRate', severity: 'critical', team: 'shop' };

const matcher = (text: string) => {
  const read = readMatcher(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
};

describe('a matcher', () => {
  test.each([
    ['severity="critical"', true],
    ['severity=critical', true],
    [' severity = "critical" ', true],
    ['severity="warning"', false],
    ['severity!="warning"', true],
    ['severity!="critical"', false],
    ['severity=~"critical|page"', true],
    ['severity=~"crit"', false],
    ['severity=~"crit.*"', true],
    ['severity!~"warn.*"', true],
    ['severity!~"crit.*"', false],
    // A label that is absent is empty.
    ['region=""', true],
    ['region!="eu"', true],
    ['region=~".+"', false],
    ['constructor=""', true],
  ])('%s: %s', (text, expected) => {
    expect(meets(CRITICAL, matcher(text))).toBe(expected);
  });

  test.each([
    ['', 'must be a matcher'],
    ['severity', 'must be a matcher'],
    ['severity==critical', 'must be a matcher'],
    ['severity="critical', 'must be a matcher'],
    ['9lives="x"', 'must be a matcher'],
    ['a="b",c="d"', 'must be a matcher'],
    ['severity=~"("', 'cannot be read'],
    ['severity=~"(?i)critical"', 'leave them out'],
    ['severity=~"(?=x)"', 'leave them out'],
    [String.raw`severity=~"(a)\1"`, 'must be a matcher'],
    [String.raw`severity=~"(a)\\1"`, 'leave them out'],
  ])('%j is refused: %s', (text, problem) => {
    expect(readMatcher(text)).toContain(problem);
  });

  test('and its negation never agree, whatever the label holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('a', 'a|b', '[a-z]*', ''), (value, pattern) => {
        for (const [one, other] of [
          ['=', '!='],
          ['=~', '!~'],
        ])
          expect(meets({ l: value }, matcher(`l${one}"${pattern}"`))).not.toBe(
            meets({ l: value }, matcher(`l${other}"${pattern}"`)),
          );
      }),
    );
  });

  test('of a quoted value means exactly that value', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        const quoted = `"${value.replace(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
        expect(meets({ l: value }, matcher(`l=${quoted}`))).toBe(true);
        expect(meets({ l: other }, matcher(`l=${quoted}`))).toBe(other === value);
      }),
    );
  });
});

describe('an alert is about', () => {
  const names = { services: { cart: {}, checkout: {} }, environments: { production: {}, staging: {} } };
  const places = {
    service: { label: 'service', values: { 'shopping-cart': 'cart' } },
    environment: { label: 'env', values: { prod: 'production' } },
  };

  test.each([
    [{ service: 'cart', env: 'production' }, 'cart', 'production'],
    [{ service: 'shopping-cart', env: 'prod' }, 'cart', 'production'],
    [{ service: 'checkout', env: 'staging' }, 'checkout', 'staging'],
  ])('%j: %s in %s', (labels, service, environment) => {
    expect(placed(places, labels, names)).toEqual({ kind: 'placed', service, environment });
  });

  test.each([
    [{ env: 'prod' }, 'it has no label "service", which names the service'],
    [{ service: 'unknown', env: 'prod' }, 'its label "service" names no service that is known'],
    [{ service: 'constructor', env: 'prod' }, 'its label "service" names no service that is known'],
    [{ service: 'cart' }, 'it has no label "env", which names the environment'],
    [{ service: 'cart', env: 'moon' }, 'its label "env" names no environment that is known'],
  ])('nothing of ours: %j', (labels, reason) => {
    expect(placed(places, labels, names)).toEqual({ kind: 'nowhere', reason });
  });

  test('the one environment of its receiver, whatever it says', () => {
    const fixed = { ...places, environment: { is: 'staging' } };
    expect(placed(fixed, { service: 'cart', env: 'prod' }, names)).toMatchObject({ environment: 'staging' });
  });
});
