import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { type Answers, sidesOf, stretchOf } from '../../src/domain/analysis/blocks.ts';
import type { Compared } from '../../src/domain/analysis/comparison.ts';
import { serve } from './serve.ts';

interface Sent {
  readonly ok: number;
  readonly errors: number;
  readonly slow: number;
}

const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/prometheus/watched-${name}.json`, import.meta.url), 'utf8');

/** What the service really answered in each block; the README of the fixtures says what happened. */
const sent: {
  readonly from: number;
  readonly lengthMs: number;
  readonly blocks: readonly { readonly a: Sent; readonly b: Sent }[];
} = JSON.parse(recorded('sent'));
const blocks = { from: sent.from, lengthMs: sent.lengthMs, count: sent.blocks.length };

/** What can be known of it: `b` was away at the end of block 9, and nothing could be scraped at the end of block 12. */
const known = (count: (sent: Sent) => number) =>
  sent.blocks.map(({ a, b }, i) => {
    if (i === 12 || i === 13) return null;
    if (i === 9) return count(a);
    return count(a) + count(b) + (i === 10 ? count(sent.blocks[9]?.b ?? a) : 0);
  });

async function pastOf(name: string) {
  const { url } = await serve((response) =>
    response.setHeader('content-type', 'application/json').end(recorded(name)),
  );
  const past = await createPrometheus({ url, intervalMs: 1_000 }).readPast?.('recorded', stretchOf(blocks));
  if (!past) throw new Error('it has a past');
  return past;
}

async function countedOf(compared: Compared, answers: Answers) {
  const sides = sidesOf(compared, blocks, answers);
  return sides.kind === 'sides' ? sides.sides : sides.reason;
}

test('as many requests and errors are counted as there were: first errors, a new instance, a restart, and after a gap', async () => {
  const answers = { bad: await pastOf('errors'), total: await pastOf('requests') };
  const errors = known((one) => one.errors);
  const requests = known((one) => one.ok + one.errors);
  expect(await countedOf({ form: 'ratio', bad: '', total: '' }, answers)).toEqual(
    requests.map((of, i) => (of === null ? null : { bad: errors[i], of })),
  );
});

test('errors alone are counted too, where the query has a zero as long as the service can be scraped', async () => {
  const errors = known((one) => one.errors);
  const counted = await countedOf({ form: 'counts', bad: '' }, { bad: await pastOf('errors-or-zero') });
  expect(counted).toEqual(errors.map((bad) => (bad === null ? null : { bad, of: sent.lengthMs / 60_000 })));
});

test('as many slow requests are counted as there were', async () => {
  const slow = known((one) => one.slow);
  const requests = known((one) => one.ok + one.errors);
  const compared = { form: 'latency', buckets: '', slowerThan: 0.25 } as const;
  expect(await countedOf(compared, { buckets: await pastOf('buckets') })).toEqual(
    requests.map((of, i) => (of === null ? null : { bad: slow[i], of })),
  );
});

test('a counter of all events that is there from the begin is counted as it is, without another beside it', async () => {
  const requests = known((one) => one.ok + one.errors);
  const counted = await countedOf({ form: 'counts', bad: '' }, { bad: await pastOf('requests') });
  expect(counted).toEqual(requests.map((bad) => (bad === null ? null : { bad, of: sent.lengthMs / 60_000 })));
});

test('a bucket that is not there is named, with those that are', async () => {
  const compared = { form: 'latency', buckets: '', slowerThan: 0.3 } as const;
  expect(await countedOf(compared, { buckets: await pastOf('buckets') })).toBe(
    'no bucket ends at 0.3: they end at 0.25, 1',
  );
});

test('a stretch of more steps than the server answers is refused with its own words', async () => {
  const { url } = await serve((response) => response.writeHead(400).end(recorded('too-many-steps')));
  expect(await createPrometheus({ url }).readPast?.('up', stretchOf(blocks))).toEqual({
    kind: 'none',
    reason:
      'bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
  });
});
