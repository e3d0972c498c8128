import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { createHttpExecutor } from '../../src/adapters/http-executor.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { parseProposal } from '../../src/contract/proposal.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { edited } from '../config/broken.ts';
import { storefront, useStorefronts } from '../examples/storefront-process.ts';
import { ruleOn } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

useStorefronts();

const GUIDE = readFileSync(new URL('../../docs/action-types.md', import.meta.url), 'utf8');
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(GUIDE) ?? [];

test('the action type of the guide is sound as it stands, and runs as the guide says', async () => {
  const folder = await edited();
  await writeFile(join(folder, 'actions/cache-warm.yaml'), example);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { installation, checkParams } = loaded;
  const asked = (target: string, campaign: string) =>
    resolve(installation, proposal({ actionType: 'cache.warm', target, params: { campaign } }), checkParams);
  expect(asked('catalog', 'Spring Sale!')).toMatchObject({ kind: 'refused' });
  const tiers = ['catalog', 'cart', 'checkout'].map((target) => {
    const resolved = asked(target, 'spring-sale');
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    expect(resolved.action.title).toBe(`warm the cache of ${target} for spring-sale`);
    return ruleOn(installation, resolved.action).tier;
  });
  expect(tiers).toEqual([1, 2, 3]);

  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const parsed = parseProposal(JSON.parse(json));
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.faults));
  expect(resolve(installation, parsed.proposal, checkParams)).toMatchObject({
    kind: 'resolved',
    action: { title: 'warm the cache of catalog for spring-sale' },
  });
});

test('what the guide shows of requests, commands and current values is sound', async () => {
  const [, ...plans] = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text);
  expect(plans.length).toBeGreaterThan(2);
  const folder = await edited({
    file: 'countersign.yaml',
    replace: '    adminUrl:',
    by: '    cluster: production-1\n    adminUrl:',
  });
  /** What an action type needs besides what an example shows. */
  const rest = {
    title: 'an example',
    tier: '3',
    severity: '{}',
    parameters:
      '{ type: object, additionalProperties: false, required: [index], properties: { index: { type: string } } }',
    execute: '{ command: { argv: ["true"], timeout: 1s } }',
  };
  for (const [i, shown = ''] of plans.entries()) {
    const missing = Object.entries(rest).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(shown));
    const lines = [`name: example.${i}`, ...missing.map(([key, value]) => `${key}: ${value}`), shown];
    await writeFile(join(folder, `actions/example-${i}.yaml`), lines.join('\n'));
  }
  const env = { ...STOREFRONT_ENV, HOME: '/root', KUBECONFIG: '/root/.kube/config' };
  expect(await loadInstallation(folder, env, cedar)).toMatchObject({ kind: 'loaded' });
});

test('the storefront does what the action type of the guide asks for, and takes it back', async () => {
  const { url } = await storefront();
  const folder = await edited();
  await writeFile(join(folder, 'actions/cache-warm.yaml'), example);
  const loaded = await loadInstallation(folder, { ...STOREFRONT_ENV, STOREFRONT_URL: url }, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const asked = proposal({ actionType: 'cache.warm', params: { campaign: 'spring-sale' } });
  const resolved = resolve(loaded.installation, asked, loaded.checkParams);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const { id, execute, rollback } = resolved.action;
  const plans = [execute, rollback].flatMap((plan) => plan ?? []);
  expect(plans).toHaveLength(2);
  for (const [i, plan] of plans.entries()) {
    const effect = { plan, actionId: id, idempotencyKey: `${id}.${i}`, fencingToken: i + 1 };
    expect(await createHttpExecutor().run(effect)).toHaveProperty('kind', 'done');
  }
});

test('the action type of docs/jobs.md is sound as it stands', async () => {
  const page = readFileSync(new URL('../../docs/jobs.md', import.meta.url), 'utf8');
  const [, shown = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const folder = await edited();
  await writeFile(join(folder, 'actions/index-rebuild.yaml'), shown);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const asked = proposal({ actionType: 'index.rebuild', params: { index: 'orders' } });
  expect(resolve(loaded.installation, asked, loaded.checkParams)).toMatchObject({
    kind: 'resolved',
    action: { execute: { executor: 'job', body: { index: 'orders' } }, rollback: { executor: 'job' } },
  });
});
