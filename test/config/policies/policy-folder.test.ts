import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const DEFAULTS = fileURLToPath(new URL('../../../policies', import.meta.url));

async function loadedFrom(folder: string) {
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

describe('the set that ships', () => {
  const without = async () => {
    const folder = await edited();
    await rm(join(folder, 'policies'), { recursive: true });
    return folder;
  };

  test('is used by an installation that has none of its own', async () => {
    const { policies, ownPolicies, notes } = await loadedFrom(await without());
    expect(ownPolicies).toBe(false);
    expect(policies.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['level-3-at-once', 'freeze-needs-people']),
    );
    expect(notes.filter(({ file }) => file.endsWith('.cedar'))).toEqual([]);
  });

  test('is replaced as a whole by a folder of its own', async () => {
    const folder = await without();
    const own =
      '@id("approve") @owner("on-call") @reason("r") permit (principal, action == Action::"approve", resource);';
    await mkdir(join(folder, 'policies'));
    await writeFile(join(folder, 'policies/own.cedar'), own);
    const { policies, ownPolicies } = await loadedFrom(folder);
    expect([policies.map(({ id }) => id), ownPolicies]).toEqual([['approve'], true]);
  });

  test('copied, is the same set: no ruling and no digest tells it apart', async () => {
    const folder = await without();
    const before = (await loadedFrom(folder)).installation.digests;
    await cp(DEFAULTS, join(folder, 'policies'), { recursive: true });
    expect((await loadedFrom(folder)).installation.digests).toEqual(before);
  });

  test('is in the package', async () => {
    const { files } = JSON.parse(await readFile(join(DEFAULTS, '../package.json'), 'utf8'));
    expect(files).toContain('policies');
  });

  test('a folder without a policy in it is a fault, and not the default set', async () => {
    const folder = await without();
    await mkdir(join(folder, 'policies'));
    await writeFile(join(folder, 'policies/agents.txt'), 'permit (principal, action, resource);');
    expect(await faultsOf(folder)).toEqual([
      {
        file: 'policies',
        line: 1,
        problem:
          'has no .cedar file: write policies there, or remove the folder to use those that ship with Countersign',
      },
      { file: 'policies/agents.txt', line: 1, problem: 'is not read: let its name end in .cedar' },
    ]);
  });

  test('what lies beside policies and is not read is a fault: a forbid that is lost would fail open', async () => {
    const folder = await edited();
    await mkdir(join(folder, 'policies/more'));
    await writeFile(join(folder, 'policies/more/night.cedar'), '');
    await writeFile(join(folder, 'policies/night.Cedar'), '');
    await writeFile(join(folder, 'policies/README.md'), 'for people');
    expect(await faultsOf(folder)).toEqual([
      {
        file: 'policies/more',
        line: 1,
        problem: 'is a folder, and not read: put its files into policies/ itself',
      },
      { file: 'policies/night.Cedar', line: 1, problem: 'is not read: let its name end in .cedar' },
    ]);
  });

  test('policies that let nobody approve are a fault: every approval and review would be undeliverable', async () => {
    const folder = await edited();
    await rm(join(folder, 'policies/people.cedar'));
    expect(await faultsOf(folder)).toEqual([
      {
        file: 'policies/agents.cedar',
        line: 1,
        problem: expect.stringContaining('no policy lets anybody approve'),
      },
    ]);
  });
});
