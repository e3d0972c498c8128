import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { CONTEXT, POLICY_ACTIONS } from '../../src/domain/policy/policy.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../src/domain/risk/impact.ts';
import { rule } from '../../src/domain/ruling/ruling.ts';
import { edited, faultsOf } from '../config/broken.ts';
import { calmFacts } from '../domain/support.ts';
import { proposal } from '../support/proposals.ts';
import { heldAt } from '../support/standing.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/policies.md', import.meta.url), 'utf8');
const blocksIn = (language: string) =>
  [...GUIDE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );
const [example = '', hurrying = ''] = blocksIn('cedar');
const FILE = 'policies/checkout.cedar';

async function installed(text: string): Promise<string> {
  const folder = await edited();
  await writeFile(join(folder, FILE), text);
  return folder;
}

describe('the policy of the guide', () => {
  test('lets nothing run by itself on checkout from Friday noon until Monday', async () => {
    const loaded = await loadInstallation(await installed(example), STOREFRONT_ENV, cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    const { installation, authorize } = loaded;
    const resolved = resolve(installation, proposal({ target: 'checkout' }), () => []);
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    const { action, type } = resolved;
    const impact = assessImpact(installation, { action, type }, calmFacts);
    const modeAt = (at: string) => {
      const asked = { action, impact, held: heldAt(3), circumstances: {}, at: Date.parse(at) };
      const ruling = rule(installation, authorize, asked);
      return ruling.kind === 'permit' ? ruling.mode : ruling.kind;
    };
    // 2026-03-13 is a Friday.
    expect(modeAt('2026-03-13T11:59:59Z')).toBe('executeAfterWindow');
    expect(modeAt('2026-03-13T12:00:00Z')).toBe('executeWithApproval');
    expect(modeAt('2026-03-15T23:59:59Z')).toBe('executeWithApproval');
    expect(modeAt('2026-03-16T00:00:00Z')).toBe('executeAfterWindow');
  });

  test('gives the faults that the guide shows for its mistakes', async () => {
    const bent = example
      .replace('"checkout"\n', '"chekcout"\n')
      .replace('context.weekday >', 'context.weekDay >');
    const loaded = await loadInstallation(await installed(bent), STOREFRONT_ENV, cedar);
    const lines =
      loaded.kind === 'faulty'
        ? loaded.faults.map(({ file, line, column, problem }) => `${file}:${line}:${column}: ${problem}`)
        : [];
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(GUIDE).toContain(line);
  });

  test('is sound as it stands', async () => {
    expect(await faultsOf(await installed(example))).toEqual([]);
  });
});

test('what the guide asks for with annotations is sound as it stands, with what it writes beside it', async () => {
  const [beside = ''] = blocksIn('yaml');
  const folder = await edited({
    file: 'countersign.yaml',
    replace: 'admitWithin: 15m',
    by: `admitWithin: 15m\n${beside}`,
  });
  await writeFile(join(folder, FILE), hurrying);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { installation, policies } = loaded;
  expect(policies.find(({ route }) => route)).toMatchObject({ route: 'hurried', watchForMs: 1_800_000 });
  expect(Object.keys(installation.rules.approvalRules)).toEqual(['security-too']);
});

describe('the guide names', () => {
  const rows = GUIDE.split('\n').filter((line) => line.startsWith('| `'));

  test('every attribute of the context, with its type and whether it may be absent', () => {
    const told = rows.flatMap((row) => {
      const [, names = '', type = ''] = row.split('|').map((cell) => cell.trim());
      return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, type.replaceAll('`', '')]);
    });
    for (const [name, attribute] of Object.entries(CONTEXT)) {
      const type = `${attribute.type}${'optional' in attribute ? ', optional' : ''}`;
      expect(told).toContainEqual([name, type]);
    }
  });

  test('every action', () => {
    for (const action of POLICY_ACTIONS) expect(GUIDE).toContain(`\`${action}\``);
  });

  test('every file of the set that ships', () => {
    const files = readdirSync(new URL('../../policies/', import.meta.url));
    for (const file of files)
      expect(
        rows.some((row) => row.startsWith(`| \`${file}\``)),
        file,
      ).toBe(true);
  });
});
