import { expect, test } from 'vitest';
import { createFollowRules, type RulesFound } from '../../src/activities/installation/follow-rules.ts';
import type { LoadedRules } from '../../src/activities/installation/record-rules.ts';

type Found = RulesFound<LoadedRules>;

const rules = (text: string, name = 'storefront'): Extract<Found, { kind: 'loaded' }> => ({
  kind: 'loaded',
  installation: { name, digests: { policy: text, catalog: '', actionTypes: {} } },
  texts: { 'countersign.yaml': text },
});

/** A worker that began by the rules "first", and what it does when its folder is found like this, look by look. */
async function following(looks: readonly Found[], record: () => Promise<void> = async () => undefined) {
  const left = [...looks];
  const used: string[] = [];
  const recorded: string[] = [];
  const follow = createFollowRules(
    {
      load: async () => left.shift() ?? rules('first'),
      record: async ({ texts }) => {
        await record();
        recorded.push(String(texts['countersign.yaml']));
      },
      use: ({ texts }) => used.push(`${texts['countersign.yaml']} after ${recorded.length} records`),
    },
    rules('first'),
  );
  const kinds: string[] = [];
  for (const _ of looks)
    kinds.push(
      await follow().then(
        ({ kind }) => kind,
        () => 'failed',
      ),
    );
  return { kinds, used, recorded };
}

test('a folder that does not change is not recorded again', async () => {
  expect(await following([rules('first'), rules('first')])).toEqual({
    kinds: ['same', 'same'],
    used: [],
    recorded: [],
  });
});

test('a changed folder is used when two looks find the same in it, and recorded before', async () => {
  expect(await following([rules('half'), rules('whole'), rules('whole'), rules('whole')])).toEqual({
    kinds: ['seen', 'seen', 'used', 'same'],
    used: ['whole after 1 records'],
    recorded: ['whole'],
  });
});

test('a folder that is as it was again by the next look changes nothing', async () => {
  const { kinds, used } = await following([rules('half'), rules('first'), rules('half'), rules('half')]);
  expect(kinds).toEqual(['seen', 'same', 'seen', 'used']);
  expect(used).toHaveLength(1);
});

test('a faulty folder is not used, and a sound one is afterwards', async () => {
  const faulty: Found = { kind: 'faulty', reason: 'countersign.yaml:1: this is not YAML' };
  const looks = [faulty, rules('second'), faulty, rules('second'), rules('second')];
  const { kinds, used } = await following(looks);
  expect(kinds).toEqual(['faulty', 'seen', 'faulty', 'seen', 'used']);
  expect(used).toHaveLength(1);
});

test('rules that cannot be recorded are not used until they can be', async () => {
  let away = true;
  const looks = [rules('second'), rules('second'), rules('second')];
  const { kinds, used } = await following(looks, async () => {
    if (!away) return;
    away = false;
    throw new Error('the database is away');
  });
  expect(kinds).toEqual(['seen', 'failed', 'used']);
  expect(used).toEqual(['second after 1 records']);
});

test('a folder of another installation is not used: what people signed names the one they signed for', async () => {
  const { kinds, used } = await following([rules('second', 'other'), rules('second', 'other')]);
  expect(kinds).toEqual(['faulty', 'faulty']);
  expect(used).toEqual([]);
});
