import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { attentionSchema, reviewShape } from '../../src/config/rules/attention.ts';
import { parseDuration } from '../../src/config/source/duration.ts';

const GUIDE = readFileSync(new URL('../../docs/attention.md', import.meta.url), 'utf8');
const [attention, review] = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) =>
  parse(text),
);

test('what the guide writes is read as it says', () => {
  expect(attentionSchema.parse(attention.attention)).toMatchObject({
    openPerAgent: 20,
    repeatAfterDenialMs: 24 * 3_600_000,
    anomalies: { nearThreshold: { risks: [60] } },
  });
  const { sample, escalate } = review.review;
  expect(reviewShape.sample.parse(sample)).toEqual({ above: 50, withinMs: 24 * 3_600_000, share: 0.2 });
  expect(reviewShape.escalate.parse(escalate)).toEqual({ afterMs: 4 * 3_600_000, by: 'mail' });
});

test('every rule is in the guide, with the defaults that it has', () => {
  const rules = attentionSchema.parse({ anomalies: {} })?.anomalies ?? {};
  const rows = [...GUIDE.matchAll(/^\| `(\w+)` \| [^|]+ \| (`.+`) \|$/gm)];
  const told = Object.fromEntries(
    rows.map(([, rule = '', thresholds = '']) => [
      rule,
      Object.fromEntries(
        [...thresholds.matchAll(/`(\w+): ([^`]+)`/g)].map(([, name = '', value = '']) => {
          const ms = parseDuration(value);
          if (ms !== undefined) return [`${name}Ms`, ms];
          const written = parse(value);
          return [name, /^\d\d:/.test(written) ? Number(written.slice(0, 2)) * 60 : written];
        }),
      ),
    ]),
  );
  expect(told).toEqual(rules);
});
