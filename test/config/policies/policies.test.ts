import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { editFile, STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, testBroken } from '../broken.ts';

const file = 'policies/services.cedar';
const REASON = '@reason("what is risky for a service of tier 1 is decided by people")';
const OWNER = '@id("tier-1-services-never-at-once")\n@owner("group:checkout-team")';
const CONDITION = 'context.riskScore >= 60';

async function loadedFrom(folder: string) {
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

describe('the text of a policy', () => {
  testBroken([
    {
      rule: 'that cannot be parsed is named at its place',
      file,
      replace: CONDITION,
      by: 'context.riskScore => 60',
      problem: expect.stringContaining('unexpected token'),
    },
    {
      rule: 'is validated strictly: an attribute that is not there',
      file,
      replace: CONDITION,
      by: 'context.riskScor >= 60',
      problem: 'attribute `riskScor` in context for Action::"execute" not found; did you mean `riskScore`?',
    },
    {
      rule: 'is validated strictly: what cannot be compared',
      file,
      replace: CONDITION,
      by: 'context.riskScore == "high"',
      problem: expect.stringContaining('the types Long and String are not compatible'),
    },
    {
      rule: 'is validated strictly: an optional attribute that is not tested for',
      file,
      replace: `${CONDITION} }`,
      by: 'context.runbook == "x" }',
      problem: expect.stringContaining(
        "try testing for the attribute's presence with `context has runbook && ..`",
      ),
    },
    {
      rule: 'permits nothing by what an agent says of itself',
      file: 'policies/agents.cedar',
      replace: 'when { context.level >= 3 };',
      by: 'when { context.level >= 3 && context has confidence && context.confidence > 95 };',
      problem:
        'a permit must not read confidence: let a forbid read it, so that doubt makes a ruling stricter and nothing else',
    },
    {
      rule: 'is validated strictly: an action that is not there',
      file,
      replace: 'action in [Action::"execute", Action::"executeAfterWindow"],',
      by: 'action in [Action::"execute", Action::"executeAfterWindows"],',
      problem: expect.stringContaining('did you mean `Action::"executeAfterWindow"`?'),
    },
  ]);
});

describe('a name in a policy', () => {
  const naming = (by: string, problem: string, rule: string) => ({
    rule,
    file,
    replace: CONDITION,
    by,
    problem,
  });

  testBroken([
    naming(
      'resource == Service::"chekcout"',
      'Service::"chekcout" does not exist here; did you mean "checkout"?',
      'of a service',
    ),
    naming(
      'principal == Agent::"deploy"',
      'Agent::"deploy" does not exist here; known: cache-agent, countersign, deploy-agent, release-agent, scaler-agent',
      'of an agent',
    ),
    naming(
      'resource == Service::"deploy-agent"',
      'Service::"deploy-agent" does not exist here; known: cart, catalog, checkout, web',
      'of an agent where a service is meant',
    ),
    naming(
      'resource in Group::"card-team"',
      'Group::"card-team" does not exist here; did you mean "cart-team"?',
      'of a group',
    ),
    naming(
      'principal in User::"samirah"',
      'User::"samirah" does not exist here; did you mean "samira"?',
      'of a person',
    ),
    naming(
      'context.environment == Environment::"prod"',
      'Environment::"prod" does not exist here; known: production',
      'of an environment',
    ),
    naming(
      'context.actionType == ActionType::"cache.flsh"',
      'ActionType::"cache.flsh" does not exist here; did you mean "cache.flush"?',
      'of an action type',
    ),
  ]);
});

describe('what a policy carries', () => {
  const faultOf = async (replace: string, by: string) => {
    const faults = await faultsOf(await edited({ file, replace, by }));
    return faults.map(({ line, problem }) => [line, problem]);
  };

  test.each([
    ['@id("tier-1-services-never-at-once")\n', '', 3, 'has no id: write @id("..."), as rulings name it'],
    ['tier-1-services-never-at-once', 'tier 1', 3, /^@id must be 1 to 100 letters/],
    [OWNER, '@id("tier-1-services-never-at-once")', 3, /^has no owner: write @owner\("group:name"\)/],
    [OWNER, `@id("x")\n@owner("checkout-team")`, 4, /^write @owner\("group:name"\)/],
    [
      OWNER,
      `@id("x")\n@owner("group:chekcout-team")`,
      4,
      'group:chekcout-team is not in the catalog; did you mean "group:checkout-team"?',
    ],
    [OWNER, `@id("x")\n@owner("component:checkout")`, 4, /^write @owner/],
    [`${REASON}\n`, '', 9, /^has no reason: write @reason\("..."\), as people read it/],
    [
      `${REASON}\n`,
      `${REASON}\n@route("fast")\n`,
      12,
      'fast is not among routes in countersign.yaml; none is known here',
    ],
    [
      `${REASON}\n`,
      `${REASON}\n@watch("long")\n`,
      12,
      '@watch must be a duration of at most 168h, such as "30m"',
    ],
    [
      `${REASON}\n`,
      `${REASON}\n@watch("0s")\n`,
      12,
      '@watch must be a duration of at most 168h, such as "30m"',
    ],
    [
      `${REASON}\n`,
      `${REASON}\n@watch("169h")\n`,
      12,
      '@watch must be a duration of at most 168h, such as "30m"',
    ],
    [REASON, '@reason("")', 11, '@reason is empty'],
    [REASON, `@reason("${'x'.repeat(301)}")`, 11, '@reason is longer than 300 characters'],
    [REASON, `${REASON}\n@ovner("x")`, 12, 'unknown annotation; did you mean "owner"?'],
    [
      REASON,
      `${REASON}\n@requires("two")`,
      12,
      'two is not among approvalRules in countersign.yaml; none is known here',
    ],
    [
      'tier-1-services-risk-with-people',
      'tier-1-services-never-at-once',
      9,
      'there is another policy with the id tier-1-services-never-at-once: give this one its own',
    ],
  ])('%j instead of %j', async (replace, by, line, problem) => {
    expect(await faultOf(replace, by)).toEqual([
      [line, typeof problem === 'string' ? problem : expect.stringMatching(problem)],
    ]);
  });

  test('an id of another file is a fault too', async () => {
    const folder = await edited({ file, replace: 'needed-by-tier-1-not-at-once', by: 'level-3-at-once' });
    expect(await faultsOf(folder)).toEqual([
      {
        file,
        line: expect.any(Number),
        problem: expect.stringContaining('another policy with the id level-3-at-once'),
      },
    ]);
  });

  test('all faults of all policies are told at once, by line', async () => {
    const folder = await edited(
      { file, replace: `${OWNER}\n`, by: '' },
      { file, replace: CONDITION, by: 'context.riskScor >= 60 && resource == Service::"x"' },
    );
    expect((await faultsOf(folder)).map(({ problem }) => problem.split(/[:;]/)[0])).toEqual([
      'has no id',
      'has no owner',
      'Service',
      'attribute `riskScor` in context for Action',
    ]);
  });

  test('on-call may own a policy', async () => {
    const folder = await edited({ file, replace: OWNER, by: '@id("x")\n@owner("on-call")' });
    const { policies } = await loadedFrom(folder);
    expect(policies.find(({ id }) => id === 'x')).toMatchObject({ owner: 'on-call' });
  });
});

test('what can never count is a note, with its place', async () => {
  const folder = await edited({ file, replace: CONDITION, by: 'false' });
  const { notes } = await loadedFrom(folder);
  expect(notes.filter((note) => note.file === file)).toEqual([
    { file, line: 9, column: 1, problem: expect.stringContaining('can never count') },
  ]);
});

test('names are not judged against what could not be read', async () => {
  const folder = await edited({ file, replace: CONDITION, by: 'resource == Service::"nowhere"' });
  await editFile(folder, 'catalog/services.yaml', (text) =>
    text.replace('owner: group:web-team', 'owner: 7'),
  );
  const faults = await faultsOf(folder);
  expect(faults.map((fault) => fault.file)).toEqual(['catalog/services.yaml']);
});
