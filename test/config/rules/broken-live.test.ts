import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

/** The queries of the example. */
const LIVE = `live:
  incidents: { source: storefront, query: 'storefront_incidents_open{service="\${target}"}' }
  # Where some are open, each by its id, title and kind. An action type says with \`cures\` which kinds it is known to end.
  incidentList: { source: storefront, query: 'storefront_incident_started_seconds{service="\${target}"}' }
`;

const written = (live: string) => ({
  file: 'countersign.yaml',
  replace: LIVE,
  by: `live:\n${live}\n`,
  at: live,
});

test('where the numbers of now are read is among the rules, and so in their digest', async () => {
  const budget = (query: string) =>
    `  errorBudgetLeft: { source: storefront, query: '${query}{service="\${target}"}' }`;
  const installations = await Promise.all(
    ['left', 'rest'].map(async (query) => {
      const loaded = await loadInstallation(await edited(written(budget(query))), STOREFRONT_ENV, cedar);
      if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
      return loaded.installation;
    }),
  );
  expect(installations.map(({ rules }) => rules.live)).toEqual([
    { errorBudgetLeft: { source: 'storefront', query: `left{service="\${target}"}` } },
    { errorBudgetLeft: { source: 'storefront', query: `rest{service="\${target}"}` } },
  ]);
  expect(new Set(installations.map(({ digests }) => digests.policy)).size).toBe(2);
});

describe('where the numbers of now are read', () => {
  testBroken([
    {
      rule: 'it is one of those that are there',
      ...written('  errorBudget: { source: storefront, query: left }'),
      problem: 'live.errorBudget: unknown key; did you mean "errorBudgetLeft"?',
    },
    {
      rule: 'it is a source that is there',
      ...written('  incidents: { source: storefrnt, query: open }'),
      problem:
        'live.incidents.source: is not among metricSources in countersign.yaml; did you mean "storefront"?',
    },
    {
      rule: 'a query names what there is',
      ...written(`  onCall: { source: storefront, query: 'on_call{service="\${targt}"}' }`),
      problem: 'live.onCall.query: ${targt} names nothing; did you mean "target"?',
    },
    {
      rule: 'a list of incidents does not tell that none is open: how many are is read too',
      ...written(`  incidentList: { source: storefront, query: 'started{service="\${target}"}' }`),
      problem:
        'live.incidentList: needs incidents beside it: a list that is empty does not tell that no incident is open from that none could be read',
    },
    {
      rule: 'and only in quotes',
      ...written('  onCall: { source: storefront, query: "on_call{service=${target}}" }'),
      problem:
        'live.onCall.query: ${target} may only stand in the value of a label, such as {label="${target}"}',
    },
  ]);
});
