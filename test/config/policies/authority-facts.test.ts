import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { type Edit, edited, testBroken } from '../broken.ts';

async function installationOf(...edits: Edit[]) {
  const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded.installation;
}

const AGENTS = 'catalog/agents.yaml';
const SERVICES = 'catalog/services.yaml';
const LEVEL = '    countersign.dev/autonomy: "3"';
const CATALOG_TIER = '    countersign.dev/service-tier: "3"';

describe("an agent's level", () => {
  test.each(['0', '1', '2', '3'])('is the annotation: %s', async (level) => {
    const by = LEVEL.replace('3', level);
    const { agents } = await installationOf({ file: AGENTS, replace: LEVEL, by });
    expect(agents['cache-agent']?.level).toBe(Number(level));
  });

  test('is 1, with approval, where nobody stated it', async () => {
    const replace = `  annotations:\n${LEVEL}\nspec:\n  type: ai-agent\n  lifecycle: production\n  owner: user:samira`;
    const by = 'spec:\n  type: ai-agent\n  lifecycle: production\n  owner: user:samira';
    const { agents } = await installationOf({ file: AGENTS, replace, by });
    expect(agents['cache-agent']?.level).toBe(1);
  });

  testBroken([
    {
      rule: 'is one of four',
      file: AGENTS,
      replace: LEVEL,
      by: '    countersign.dev/autonomy: "4"',
      problem:
        'metadata.annotations.countersign.dev/autonomy: must be "0" (recommends only), "1" (people approve each action), "2" (a window) or "3" (at once)',
    },
    {
      rule: 'is nothing that a service has',
      file: SERVICES,
      replace: CATALOG_TIER,
      by: `${CATALOG_TIER}\n    countersign.dev/autonomy: "2"`,
      problem:
        'metadata.annotations.countersign.dev/autonomy: belongs to agents, of type ai-agent: a service has no level',
    },
  ]);
});

describe("a service's time zone", () => {
  test('is the annotation, or none of its own', async () => {
    const by = `${CATALOG_TIER}\n    countersign.dev/time-zone: Europe/Berlin`;
    const { services } = await installationOf({ file: SERVICES, replace: CATALOG_TIER, by });
    expect([services.catalog?.timeZone, services.cart?.timeZone]).toEqual(['Europe/Berlin', undefined]);
  });

  testBroken([
    {
      rule: 'exists',
      file: SERVICES,
      replace: CATALOG_TIER,
      by: `${CATALOG_TIER}\n    countersign.dev/time-zone: Europe/Berlyn`,
      problem:
        'metadata.annotations.countersign.dev/time-zone: must be a time zone of the IANA database, such as Europe/Berlin',
    },
    {
      rule: 'is nothing that an agent has',
      file: AGENTS,
      replace: LEVEL,
      by: `${LEVEL}\n    countersign.dev/time-zone: UTC`,
      problem:
        'metadata.annotations.countersign.dev/time-zone: belongs to services: the time of an action is that of its target',
    },
  ]);
});

test('a pre-approved runbook is part of its action type', async () => {
  const { actionTypes } = await installationOf();
  expect(actionTypes['cache.flush']?.runbook).toBe('cache-flush-runbook');
  expect(actionTypes['version.deploy']?.runbook).toBeUndefined();
});

test('a group is inside the groups around it, at any depth', async () => {
  const company = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: company }
spec: { type: company, children: [storefront-engineering] }
---
`;
  const replace = '# Who may decide.';
  const { groupParents } = await installationOf({
    file: 'catalog/people.yaml',
    replace,
    by: `${company}${replace}`,
  });
  expect(groupParents['cart-team']).toEqual(['company', 'storefront-engineering']);
  expect(groupParents.company).toEqual([]);
});
