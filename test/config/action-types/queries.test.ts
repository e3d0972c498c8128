import { describe, expect, test } from 'vitest';
import { edited, faultsOf, testBroken } from '../broken.ts';

const file = 'actions/version-deploy.yaml';
const replace = 'storefront_error_ratio{service="${target}"}';
const query = (by: string) => ({ file, replace, by });

const REGEX =
  'watch.metrics.0.query: ${params.version} may not stand in a regular expression (=~, !~), where the agent would choose what is watched: compare it with = or !=';
const ELSEWHERE =
  'watch.metrics.0.query: ${params.version} may only stand in the value of a label, such as {label="${params.version}"}';

describe('what an agent sends does not choose what is watched', () => {
  testBroken([
    {
      rule: 'it is no part of a regular expression',
      ...query(`'errors{version=~"\${params.version}"}'`),
      problem: REGEX,
    },
    {
      rule: 'nor of one that must not match',
      ...query(`'errors{service="\${target}", version!~"a|\${params.version}"}'`),
      problem: REGEX,
    },
    {
      rule: 'nor are the ids that it chooses',
      ...query(`'errors{operation=~"\${action.id}"}'`),
      problem: REGEX.replace('params.version', 'action.id'),
    },
    {
      rule: 'it is no name of a metric',
      ...query(`'{"\${params.version}"}'`),
      problem: ELSEWHERE,
    },
    {
      rule: 'nor its value, where the name is a label',
      ...query(`'{__name__="\${params.version}"}'`),
      problem: ELSEWHERE,
    },
    {
      rule: 'it is in quotes in which it is escaped',
      ...query(`"errors{version='\${params.version}'}"`),
      problem: ELSEWHERE,
    },
    {
      rule: 'what looks like quotes inside of others is none',
      ...query(`"errors{a='\\"', version=\${params.version}, b='\\"'}"`),
      problem: ELSEWHERE,
    },
  ]);

  test('the service and its environment may be part of one', async () => {
    const folder = await edited(query(`'errors{pod=~"\${target}-.*", cluster=~"\${environment.name}.*"}'`));
    expect(await faultsOf(folder)).toEqual([]);
  });
});
