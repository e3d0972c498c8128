import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { lock } from 'proper-lockfile';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createFlagExecutor } from '../../src/adapters/flag/flag-executor.ts';
import { mergePatch } from '../../src/adapters/flag/flag-service.ts';
import type { FlagPlan, FlagSettings, FlagStore } from '../../src/domain/action/action.ts';
import { shareTargeting } from '../../src/domain/action/flag.ts';
import type { Preview } from '../../src/domain/action/preview.ts';
import { aFlagService, anEvaluator } from './flag-service.ts';

const FLAGS = `{
    "$schema": "https://flagd.dev/schema/v0/flags.json",
    "flags": {
        "new-checkout": {
            "state": "ENABLED",
            "variants": { "on": true,   "off": false },
            "defaultVariant": "off"
        },
        "dark-mode": { "state": "ENABLED", "variants": {"on":true,"off":false}, "defaultVariant": "on",
            "targeting": {} }
    }
}
`;
const checkout = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' };

const executor = createFlagExecutor({}, () => performance.now());
let file = '';

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flags-'));
  file = join(folder, 'flags.json');
  await writeFile(file, FLAGS);
  return () => rm(folder, { recursive: true });
});

const plan = (change: FlagPlan['change'], parts: Partial<FlagPlan> = {}): FlagPlan => ({
  executor: 'flag',
  store: { file },
  flag: 'new-checkout',
  change,
  timeoutMs: 5_000,
  ...parts,
});
const on: FlagSettings = { defaultVariant: 'on' };

async function previewed(of: FlagPlan, undoes?: Preview): Promise<Preview> {
  const answer = await executor.preview?.(of, undoes);
  if (answer?.kind !== 'previewed') throw new Error(JSON.stringify(answer));
  return answer.preview;
}
const effect = (of: FlagPlan, preview: Preview | undefined) => ({
  plan: of,
  actionId: 'agent.a',
  idempotencyKey: 'agent.a',
  fencingToken: 2,
  preview,
});
const run = (of: FlagPlan, preview: Preview | undefined) => executor.run(effect(of, preview));
const verify = (of: FlagPlan, preview: Preview) => executor.verify?.(effect(of, preview));
const lookUp = (of: FlagPlan, preview: Preview) => executor.lookUp?.(effect(of, preview));
const written = () => readFile(file, 'utf8');

describe('a flag in a file', () => {
  test('its preview says what differs, and changes nothing', async () => {
    const { summary, changes, boundTo } = await previewed(plan({ ...on, state: 'DISABLED' }));
    expect(summary).toBe('flag new-checkout: defaultVariant: "off" to "on"; state: "ENABLED" to "DISABLED"');
    expect(changes).toEqual([
      { what: 'defaultVariant', from: 'off', to: 'on' },
      { what: 'state', from: 'ENABLED', to: 'DISABLED' },
    ]);
    expect(Object.keys(boundTo)).toEqual(['definition']);
    expect(await written()).toBe(FLAGS);
  });

  test('its change leaves every other byte, and no other file', async () => {
    expect(await run(plan(on), await previewed(plan(on)))).toEqual({
      kind: 'done',
      summary: 'the flag new-checkout is changed',
    });
    expect(await written()).toBe(FLAGS.replace('"defaultVariant": "off"', '"defaultVariant": "on"'));
    expect(await readdir(join(file, '..'))).toEqual(['flags.json']);
  });

  test('its undo puts back the very bytes', async () => {
    const share: FlagSettings = {
      targeting: shareTargeting({ variant: 'on', percent: 20, otherwise: 'off' }),
    };
    const preview = await previewed(plan(share));
    await run(plan(share), preview);
    expect(JSON.parse(await written()).flags['new-checkout'].targeting).toEqual({
      fractional: [
        ['on', 20],
        ['off', 80],
      ],
    });
    expect((await previewed(plan('undo'), preview)).changes).toMatchObject([{ what: 'targeting' }]);
    expect(await run(plan('undo'), preview)).toMatchObject({ kind: 'done' });
    expect(await written()).toBe(FLAGS);
    expect(await verify(plan('undo'), preview)).toMatchObject({ kind: 'verified' });
  });

  test('is not changed where somebody changed it in between', async () => {
    const preview = await previewed(plan(on));
    const other = FLAGS.replace('"on": true, ', '"on": true, "half": false, ');
    await writeFile(file, other);
    expect(await run(plan(on), preview)).toEqual({
      kind: 'refused',
      reason: 'somebody changed the flag in between; nothing was written',
    });
    expect(await written()).toBe(other);
  });

  test('is changed where somebody changed another flag in between', async () => {
    const preview = await previewed(plan(on));
    await writeFile(file, FLAGS.replace('"dark-mode"', '"light-mode"'));
    expect(await run(plan(on), preview)).toMatchObject({ kind: 'done' });
  });

  test("a later change of somebody else is not undone, and the undo's preview says so", async () => {
    const preview = await previewed(plan(on));
    await run(plan(on), preview);
    const later = (await written()).replace('"ENABLED"', '"DISABLED"');
    await writeFile(file, later);
    expect(await executor.preview?.(plan('undo'), preview)).toEqual({
      kind: 'refused',
      reason: 'somebody changed the flag since, and a later change is not undone',
    });
    expect(await run(plan('undo'), preview)).toMatchObject({ kind: 'refused' });
    expect(await written()).toBe(later);
  });

  test('the same effect a second time changes nothing', async () => {
    const preview = await previewed(plan(on));
    await run(plan(on), preview);
    const once = await written();
    expect(await run(plan(on), preview)).toMatchObject({ kind: 'done' });
    expect(await written()).toBe(once);
  });

  test('without a preview nothing is written', async () => {
    expect(await run(plan(on), undefined)).toMatchObject({ kind: 'refused' });
    expect(await executor.preview?.(plan('undo'))).toMatchObject({ kind: 'refused' });
    expect(await written()).toBe(FLAGS);
  });

  test('nothing is written while another process has the lock, and nothing after the time of the plan', async () => {
    const preview = await previewed(plan(on));
    const release = await lock(file);
    onTestFinished(() => release());
    expect(await run(plan(on, { timeoutMs: 300 }), preview)).toEqual({
      kind: 'refused',
      reason: `${file} was not written: another process has its lock`,
    });
    expect(await written()).toBe(FLAGS);
  });

  test('two changes of two flags at the same moment are both there afterwards', async () => {
    const one = plan(on);
    const other = plan({ state: 'DISABLED' }, { flag: 'dark-mode' });
    const [ofOne, ofOther] = await Promise.all([previewed(one), previewed(other)]);
    const results = await Promise.all([run(one, ofOne), run(other, ofOther)]);
    expect(results.map(({ kind }) => kind)).toEqual(['done', 'done']);
    const { flags } = JSON.parse(await written());
    expect([flags['new-checkout'].defaultVariant, flags['dark-mode'].state]).toEqual(['on', 'DISABLED']);
  });

  test('is found in a list of flags too', async () => {
    await writeFile(file, JSON.stringify({ flags: [{ key: 'a' }, { key: 'new-checkout', ...checkout }] }));
    await run(plan(on), await previewed(plan(on)));
    expect(JSON.parse(await written()).flags[1]).toEqual({
      key: 'new-checkout',
      ...checkout,
      defaultVariant: 'on',
    });
  });

  test.each<[string, FlagPlan['change'], string]>([
    ['a variant', { defaultVariant: 'up' }, 'there is no variant "up": the flag has on, off'],
    ['a state', { state: 'OFF' }, 'the state "OFF" is neither ENABLED nor DISABLED'],
    [
      'a share',
      { targeting: shareTargeting({ variant: 'on', percent: 120, otherwise: 'off' }) },
      'a share is a whole number of per cent, 0 to 100',
    ],
  ])('%s that flagd would not take is refused', async (_, change, reason) => {
    expect(await executor.preview?.(plan(change))).toEqual({ kind: 'refused', reason });
  });

  test.each([
    ['no JSON', '{', 'is no JSON'],
    ['the same flag twice', '{"flags":{"new-checkout":{},"new-checkout":{}}}', 'is written twice'],
    ['another flag', '{"flags":{"a":{}}}', 'has no flag new-checkout'],
  ])('a file with %s is refused', async (_, text, reason) => {
    await writeFile(file, text);
    expect(await executor.preview?.(plan(on))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining(reason),
    });
  });

  test('nobody knows what a file would do that is not there', async () => {
    await rm(file);
    expect(await executor.preview?.(plan(on))).toMatchObject({ kind: 'unknown' });
  });

  test('is looked up: there, not there, or neither', async () => {
    const preview = await previewed(plan(on));
    expect(await lookUp(plan(on), preview)).toMatchObject({ found: 'absent' });
    await run(plan(on), preview);
    expect(await lookUp(plan(on), preview)).toMatchObject({ found: 'present' });
    await writeFile(file, FLAGS.replace('"ENABLED"', '"DISABLED"'));
    expect(await lookUp(plan(on), preview)).toMatchObject({ found: 'unknown' });
  });
});

describe("flagd's evaluator", () => {
  const context = { targetingKey: 'a-user' };

  test.each<[string, FlagSettings, string]>([
    ['a variant', on, 'it is evaluated to on (STATIC)'],
    ['a disabled flag', { state: 'DISABLED' }, 'it is evaluated to no variant (DISABLED)'],
    [
      'a share',
      { targeting: shareTargeting({ variant: 'on', percent: 100, otherwise: 'off' }) },
      'it is evaluated to on (TARGETING_MATCH)',
    ],
  ])('says that %s is so', async (_, change, summary) => {
    const { url } = await anEvaluator(file);
    const asked = plan(change, { ofrep: { url, context } });
    const preview = await previewed(asked);
    await run(asked, preview);
    expect(await verify(asked, preview)).toEqual({ kind: 'verified', summary });
  });

  test('that has other flags says that it is not so, once its time is over', async () => {
    const stale = `${file}.stale`;
    await writeFile(stale, FLAGS);
    const { url, requests } = await anEvaluator(stale);
    const asked = plan(on, { ofrep: { url, context }, timeoutMs: 800 });
    const preview = await previewed(asked);
    await run(asked, preview);
    expect(await verify(asked, preview)).toEqual({
      kind: 'notSo',
      reason: 'it is evaluated to off (STATIC)',
    });
    expect(requests.length).toBeGreaterThan(1);
  });
});

describe.each<'PUT' | 'PATCH'>(['PUT', 'PATCH'])('a flag at a service that takes %s', (method) => {
  const at = (url: string): FlagStore => ({ url: `${url}/flags/new-checkout`, method });

  test('is changed, verified and put back, each by the version that was seen', async () => {
    const { url, flag, requests } = await aFlagService({ ...checkout, description: 'the new checkout' });
    const change = plan({ ...on, targeting: { if: [true, 'on'] } }, { store: at(url) });
    const preview = await previewed(change);
    expect(Object.keys(preview.boundTo)).toEqual(['definition', 'etag']);
    expect(await run(change, preview)).toMatchObject({ kind: 'done' });
    expect(flag()).toEqual({
      ...checkout,
      description: 'the new checkout',
      defaultVariant: 'on',
      targeting: { if: [true, 'on'] },
    });
    expect(await verify(change, preview)).toMatchObject({ kind: 'verified' });
    expect(await run(plan('undo', { store: at(url) }), preview)).toMatchObject({ kind: 'done' });
    expect(flag()).toEqual({ ...checkout, description: 'the new checkout' });
    const writes = requests.filter((request) => request.method === method);
    expect(writes[0]?.headers).toMatchObject({ 'fencing-token': '2', 'idempotency-key': 'agent.a' });
  });

  test('is not changed where it has another version by then, although it says the same', async () => {
    const { url, flag, change: elsewhere } = await aFlagService(checkout);
    const change = plan(on, { store: at(url) });
    const preview = await previewed(change);
    elsewhere({ ...checkout });
    expect(await run(change, preview)).toMatchObject({ kind: 'refused' });
    expect(flag()).toEqual(checkout);
  });

  test('a service without strong tags is refused: nothing would hold it to what people saw', async () => {
    const { url, faults } = await aFlagService(checkout);
    faults.tag = 'W/"1"';
    expect(await executor.preview?.(plan(on, { store: at(url) }))).toMatchObject({ kind: 'refused' });
  });

  test('an error of the service is an unknown effect, and a final no is a refusal', async () => {
    const { url, faults } = await aFlagService(checkout);
    const change = plan(on, { store: at(url) });
    const preview = await previewed(change);
    faults.writeStatus = 500;
    expect(await run(change, preview)).toEqual({
      kind: 'unknown',
      reason: '500 Internal Server Error: it is broken',
    });
    faults.writeStatus = 403;
    expect(await run(change, preview)).toMatchObject({ kind: 'refused' });
    faults.status = 503;
    expect(await executor.preview?.(change)).toMatchObject({ kind: 'unknown' });
  });
});

test('the token of a flag service goes to its origin, and no word of it comes back', async () => {
  const secret = 'a-token-of-the-flags';
  const { url, requests } = await aFlagService(checkout);
  const withToken = createFlagExecutor({ [new URL(url).origin]: { bearer: secret } }, () =>
    performance.now(),
  );
  const answer = await withToken.preview?.(plan(on, { store: { url: `${url}/flags/a`, method: 'PUT' } }));
  expect(requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${secret}`]);
  expect(JSON.stringify(answer)).not.toContain(secret);
});

test('a merge patch is empty where nothing differs', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.oneof(fc.integer(), fc.string())), (flag) => {
      expect(mergePatch(flag, structuredClone(flag))).toEqual({});
    }),
  );
});
