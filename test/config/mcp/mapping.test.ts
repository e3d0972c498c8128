import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkMapping } from '../../../src/config/mcp/mapping.ts';
import type { ActionType } from '../../../src/domain/installation/installation.ts';
import { testInstallation } from '../../support/installation.ts';

const DIGEST = 'a'.repeat(64);
const { installation: base } = testInstallation();
const setPrice: ActionType = {
  name: 'prices.set',
  title: 'set a price',
  parameters: { type: 'object' },
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: { performance: 1, security: 1, dataAccess: 1, serviceDisruption: 1 },
  execute: {
    executor: 'mcp',
    server: { url: 'https://tools.example.com/mcp' },
    tool: 'set_price',
    toolDigest: DIGEST,
    timeoutMs: 30_000,
  },
};
const installation = { ...base, actionTypes: { ...base.actionTypes, 'prices.set': setPrice } };

const sound = {
  url: 'https://tools.example.com/mcp',
  environment: 'production',
  tools: {
    get_price: { digest: DIGEST, readOnly: true },
    set_price: { digest: DIGEST, actionType: 'prices.set', target: 'checkout' },
  },
  unknown: { actionType: 'prices.set', target: 'checkout' },
};
const problems = (changes: object) =>
  checkMapping('mcp/shop.yaml', stringify({ ...sound, ...changes }), installation).map(
    ({ problem }) => problem,
  );

test('a mapping that fits its installation has no faults', () => {
  expect(problems({})).toEqual([]);
});

test('all that a mapping names and the installation does not have is said at once', () => {
  const rule = { digest: DIGEST, actionType: 'prices.sett', target: 'chekout' };
  const found = problems({
    environment: 'produktion',
    tools: { set_price: rule },
    unknown: { actionType: 'any', target: 'checkout' },
  });
  expect(found).toEqual([
    expect.stringContaining('environment: produktion is not in this installation; '),
    expect.stringContaining('tools.set_price.actionType: prices.sett is not in this installation; '),
    expect.stringContaining('tools.set_price.target: chekout is not in this installation; '),
    expect.stringContaining('unknown.actionType: any is not in this installation; '),
  ]);
});

test('a tool that is pinned otherwise than its action type calls it is a fault: its calls would be refused', () => {
  const rule = { digest: 'b'.repeat(64), actionType: 'prices.set', target: 'checkout' };
  const found = problems({ tools: { set_price: rule, put_price: { ...rule, digest: DIGEST } } });
  expect(found).toEqual(
    ['set_price', 'put_price'].map(
      (tool) =>
        `tools.${tool}.digest: the action type prices.set calls set_price with the digest ${DIGEST}: it must be the same tool as here`,
    ),
  );
});

test.each([
  [
    { tools: { set_price: { digest: DIGEST, readOnly: true, target: 'checkout' } } },
    'tools.set_price: needs readOnly alone, or actionType with exactly one of target, targetFrom',
  ],
  [{ url: undefined }, 'needs exactly one of url, command'],
])('a faulty rule says what would pass', (changes, problem) => {
  expect(problems(changes)).toEqual([problem]);
});
