import { describe } from 'vitest';
import { testBroken } from '../broken.ts';

const scale = 'actions/instances-scale.yaml';

describe('what an action type says of its impact', () => {
  const measurable =
    'size.parameter: must name a parameter of type integer or number that is among parameters.required';
  testBroken([
    {
      rule: 'it is that of a parameter',
      file: scale,
      replace: 'parameter: count',
      by: 'parameter: amount',
      problem: measurable,
    },
    {
      rule: 'it is that of a number',
      file: 'actions/version-deploy.yaml',
      replace: 'rollback:\n',
      by: 'size:\n  parameter: version\n  raise: [{ beyond: 1, performance: 1 }]\nrollback:\n',
      at: 'parameter: version',
      problem: measurable,
    },
    {
      rule: 'a step is a change of some size',
      file: scale,
      replace: '{ beyond: 0.5, performance: 3 }',
      by: '{ beyond: -0.5, performance: 3 }',
      problem: 'size.raise.0.beyond: must be at least 0',
    },
    {
      rule: 'a step raises something',
      file: scale,
      replace: '{ beyond: 0.5, performance: 3 }',
      by: '{ beyond: 0.5, performance: 0 }',
      problem:
        'size.raise.0: raises nothing: write a severity of 1 to 4 for one of performance, security, dataAccess, serviceDisruption',
    },
    {
      rule: 'a step raises what there is',
      file: scale,
      replace: '{ beyond: 0.5, performance: 3 }',
      by: '{ beyond: 0.5, performence: 3, security: 1 }',
      problem: 'size.raise.0.performence: unknown key; did you mean "performance"?',
    },
    {
      rule: 'a step has a severity that there is',
      file: scale,
      replace: '{ beyond: 0.5, performance: 3 }',
      by: '{ beyond: 0.5, performance: 5 }',
      problem: 'size.raise.0.performance: must be 0 (none) to 4 (the worst)',
    },
    {
      rule: 'it is read from a source that is there',
      file: scale,
      replace: '{ source: storefront, query',
      by: '{ source: storefrnt, query',
      problem:
        'current.count.metric.source: is not among metricSources in countersign.yaml; did you mean "storefront"?',
    },
    {
      rule: 'what an agent sent stands in quotes in its query too',
      file: scale,
      replace: `'storefront_instances{service="\${target}"}'`,
      by: `'\${target}_instances'`,
      problem:
        'current.count.metric.query: ${target} may only stand in the value of a label, such as {label="${target}"}',
    },
    {
      rule: 'its query names what there is',
      file: scale,
      replace: `'storefront_instances{service="\${target}"}'`,
      by: `'storefront_instances{service="\${targt}"}'`,
      problem: 'current.count.metric.query: ${targt} names nothing; did you mean "target"?',
    },
    {
      rule: 'where the value now is read is said once',
      file: scale,
      replace: 'size:\n  parameter: count\n',
      by: 'size:\n  parameter: count\n  current: { source: storefront, query: up }\n',
      problem: 'size.current: is written under current.count too: write it there alone',
    },
    {
      rule: 'where the value now is read is said',
      file: scale,
      replace: `current:\n  count: { metric: { source: storefront, query: 'storefront_instances{service="\${target}"}' } }\n`,
      by: '',
      at: 'size:',
      problem: 'size.current: is missing: write current.count, which says where its value now is read',
    },
    {
      rule: 'whether data is migrated is true or false',
      file: 'actions/schema-migrate.yaml',
      replace: 'dataMigration: true',
      by: 'dataMigration: some',
      problem: 'dataMigration: must be true or false',
    },
  ]);
});
