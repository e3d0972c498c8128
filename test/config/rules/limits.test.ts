import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

const file = 'countersign.yaml';
const replace = 'admitWithin: 15m';

async function rulesWith(limits: string) {
  const loaded = await loadInstallation(
    await edited({ file, replace, by: `${replace}\n${limits}` }),
    STOREFRONT_ENV,
    cedar,
  );
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { limits: read, neighbourhoodAtOnce } = loaded.installation.rules;
  return { limits: read, neighbourhoodAtOnce };
}

test('limits are read as they are written', async () => {
  const written = `limits:
  - { per: agent, atMost: 20, within: 1h }
  - { per: [agent, service], risk: 200, within: 24h }
  - { per: actionType, atMost: 3, within: 1h30m }
  - { per: neighbourhood, atOnce: 2 }`;
  expect(await rulesWith(written)).toEqual({
    limits: [
      { kind: 'rate', per: ['agent'], atMost: 20, withinMs: 3_600_000 },
      { kind: 'budget', per: ['agent', 'service'], risk: 200, withinMs: 86_400_000 },
      { kind: 'rate', per: ['actionType'], atMost: 3, withinMs: 5_400_000 },
    ],
    neighbourhoodAtOnce: 2,
  });
});

test('without limits there are none', async () => {
  expect(await rulesWith('')).toEqual({ limits: [], neighbourhoodAtOnce: undefined });
});

const broken = (rule: string, limit: string, problem: string) => ({
  rule,
  file,
  replace,
  by: `${replace}\nlimits:\n  - ${limit}`,
  at: limit,
  problem: `limits.0${problem}`,
});
const PER =
  '.per: must be agent, actionType, service, several of these such as [agent, service], or neighbourhood';
const FORM = ': is of another form: write { per: neighbourhood, atOnce: 1 }';

describe('a limit that cannot be meant', () => {
  testBroken([
    broken('is per something', '{ per: person, atMost: 1, within: 1h }', PER),
    broken('is per something else than nothing', '{ per: [], atMost: 1, within: 1h }', PER),
    broken('names each dimension once', '{ per: [agent, agent], atMost: 1, within: 1h }', PER),
    broken('has an amount', '{ per: agent, within: 1h }', ': needs exactly one of atMost, risk, atOnce'),
    broken(
      'has one amount',
      '{ per: agent, atMost: 1, risk: 5, within: 1h }',
      ': needs exactly one of atMost, risk, atOnce',
    ),
    broken(
      'has a time',
      '{ per: agent, atMost: 1 }',
      ': needs within: the time in which actions count, such as 1h',
    ),
    broken('at once is for neighbours', '{ per: agent, atOnce: 1 }', FORM),
    broken('neighbours are at once', '{ per: neighbourhood, atMost: 1, within: 1h }', FORM),
    broken('at once has no time', '{ per: neighbourhood, atOnce: 1, within: 1h }', FORM),
    broken('lets something through', '{ per: agent, atMost: 0, within: 1h }', '.atMost: must be at least 1'),
    broken('is a whole number', '{ per: agent, atMost: 1.5, within: 1h }', '.atMost: must be a whole number'),
    broken('lets some risk through', '{ per: agent, risk: 0, within: 1h }', '.risk: must be more than 0'),
    broken(
      'has a key that is known',
      '{ per: agent, atMost: 1, within: 1h, with: 2h }',
      '.with: unknown key; did you mean "within"?',
    ),
  ]);
});
