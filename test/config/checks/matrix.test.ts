import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { matrixText } from '../../../src/cli/matrix.ts';
import {
  loadInstallation,
  type Responsibility,
  responsibilitiesOf,
  rulingsIn,
  undecidable,
} from '../../../src/config/index.ts';
import type { Installation } from '../../../src/domain/installation/installation.ts';
import { resolve } from '../../../src/domain/proposal/resolve-proposal.ts';
import { testInstallation } from '../../support/installation.ts';
import { authorizeBy, DEFAULT_POLICIES, policiesIn, ruleOn } from '../../support/policies.ts';
import { proposal } from '../../support/proposals.ts';
import { copyStorefront, enterKeys, STOREFRONT_ENV } from '../../support/storefront-folder.ts';

const { installation } = testInstallation();

const matrix = (more = '', from: Installation = installation): Responsibility[] =>
  responsibilitiesOf(from, authorizeBy(DEFAULT_POLICIES, more), policiesIn(DEFAULT_POLICIES + more));
const rowsOn = (rows: readonly Responsibility[], actionType: string, service: string) =>
  rows.filter((row) => row.actionType === actionType && row.service === service);

test('there is a row for every action type on every service', () => {
  const rows = matrix();
  for (const actionType of ['cache.flush', 'version.deploy', 'schema.migrate']) {
    for (const service of ['catalog', 'cart', 'checkout', 'web'])
      expect(rowsOn(rows, actionType, service)).toHaveLength(1);
  }
});

const agentNamed = (id: string) => {
  const agent = installation.agents[id];
  if (!agent) throw new Error(`${id} is an agent`);
  return agent;
};

test('a row says what an agent of each level would be ruled', () => {
  for (const { actionType, service, agents, byLevel } of matrix()) {
    for (const id of agents) {
      const params = actionType === 'version.deploy' ? { version: '1.0.0' } : {};
      const asked = proposal({ actionType, target: service, agent: { id, version: '1' }, params });
      const resolved = resolve(installation, asked, () => []);
      if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
      const ruled = ([0, 1, 2, 3] as const).map((level) => {
        const agents = { ...installation.agents, [id]: { ...agentNamed(id), level } };
        const ruling = ruleOn({ ...installation, agents }, resolved.action);
        return ruling.kind === 'permit' ? ruling.mode : ruling.outcome;
      });
      expect([actionType, service, id, byLevel]).toEqual([actionType, service, id, ruled]);
    }
  }
});

describe('who answers for it', () => {
  test('where people decide and are told, and the rollback can fail', () => {
    expect(rowsOn(matrix(), 'cache.flush', 'cart')).toEqual([
      {
        actionType: 'cache.flush',
        service: 'cart',
        environment: 'production',
        agents: ['cache-agent', 'deploy-agent'],
        byLevel: ['recommend', 'executeWithApproval', 'executeAfterWindow', 'executeAfterWindow'],
        approve: ['1 of cart-team or sre-on-call'],
        told: ['cart-team by mail', 'sre-on-call by page', 'cart-team or sre-on-call by mail'],
        rollback: { automatic: true, people: 'sre-on-call' },
        faults: [],
      },
    ]);
  });

  test('where nothing is run', () => {
    expect(rowsOn(matrix(), 'schema.migrate', 'web')).toMatchObject([
      {
        byLevel: ['recommend', 'recommend', 'recommend', 'recommend'],
        approve: [],
        told: ['catalog-team by mail'],
        rollback: { automatic: false, people: 'catalog-team' },
      },
    ]);
  });
});

describe('agents', () => {
  const ownedByRadia = (...ids: string[]) => {
    const agents = ids.map((id) => [id, { id, owner: 'user:radia', level: 1 as const }]);
    return testInstallation({ agents: Object.fromEntries(agents) }).installation;
  };

  test('that a policy names have a row of their own', () => {
    const more = '@id("m") forbid (principal == Agent::"two", action == Action::"execute", resource);';
    const rows = rowsOn(matrix(more, ownedByRadia('one', 'two', 'three')), 'cache.flush', 'catalog');
    expect(rows.map(({ agents, byLevel }) => [agents, byLevel[3]])).toEqual([
      [['one', 'three'], 'execute'],
      [['two'], 'executeAfterWindow'],
    ]);
  });

  test('of one owner are ruled on once', () => {
    const many = ownedByRadia(...Array.from({ length: 50 }, (_, i) => `a${i}`));
    expect(rulingsIn(many, policiesIn(DEFAULT_POLICIES))).toBe(3 * 4 * 4);
    expect(rowsOn(matrix('', many), 'cache.flush', 'cart')[0]?.agents).toHaveLength(50);
  });
});

describe('what nobody could decide on', () => {
  test('is nothing by default', () => {
    expect(undecidable(matrix())).toEqual([]);
  });

  test('is a fault for the agents and services that it is true for, with why', () => {
    const more = `@id("x") @reason("r") forbid (principal in Group::"sre-on-call", action == Action::"approve", resource);
      @id("y") @reason("r") forbid (principal == User::"grace", action == Action::"approve", resource == Service::"checkout");`;
    const faults = undecidable(matrix(more)).map(({ problem }) => problem);
    // Of checkout-team, ada alone is left, and she owns deploy-agent.
    expect(faults.filter((problem) => problem.startsWith('nobody could decide on version.deploy'))).toEqual([
      'nobody could decide on version.deploy on checkout in production, asked for by deploy-agent: 1 of checkout-team or sre-on-call must approve, and 0 could',
    ]);
  });
});

describe('as text', () => {
  const rows = matrix().slice(0, 2);

  test('a table has one line for each row, in columns', () => {
    const [head, first, ...rest] = matrixText(rows, 'table', 2).split('\n');
    expect(rest).toHaveLength(1);
    expect(head?.indexOf('SERVICE')).toBe(first?.indexOf(rows[0]?.service ?? ''));
    expect(first).toMatch(
      /^cache\.flush +catalog +production +all +recommend +approval +window +at once +1 of/,
    );
  });

  test('CSV quotes what holds a comma or a quote', () => {
    const [row] = rows;
    if (!row) throw new Error('no row');
    const text = matrixText([{ ...row, approve: ['1 of "a", and 1 of b'] }], 'csv', 2);
    expect(text.split('\n')[1]).toContain(',"1 of ""a"", and 1 of b",');
  });

  test('Markdown has a row of dashes, and no cell that ends early', () => {
    const [row] = rows;
    if (!row) throw new Error('no row');
    const lines = matrixText([{ ...row, approve: ['a | b'] }], 'markdown', 2).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^(\| --- ){11}\|$/);
    expect(lines[2]?.split(/(?<!\\)\|/)).toHaveLength(13);
  });
});

test("the example's matrix is the one in docs/responsibilities.md", async () => {
  const folder = await copyStorefront();
  await enterKeys(folder);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const rows = responsibilitiesOf(loaded.installation, loaded.authorize, loaded.policies);
  const docs = await readFile(new URL('../../../docs/responsibilities.md', import.meta.url), 'utf8');
  expect(
    docs
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .join('\n'),
  ).toBe(matrixText(rows, 'markdown', Object.keys(loaded.installation.agents).length));
});
