import { expect, test } from 'vitest';
import { createReadValues } from '../../src/activities/ruling/read-values.ts';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import { createValueSources } from '../../src/adapters/value-sources.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { edited } from '../config/broken.ts';
import { proposal } from '../support/proposals.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { storefront, useStorefronts } from './storefront-process.ts';

useStorefronts();

test('what the example says of the values now is what the storefront has', async () => {
  const { url } = await storefront();
  const loaded = await loadInstallation(await edited(), { ...STOREFRONT_ENV, STOREFRONT_URL: url }, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { installation, checkParams } = loaded;
  const metrics = createOpenMetrics({ url: `${url}/metrics` });
  const readValues = createReadValues({
    installation,
    valueSources: createValueSources(),
    readMetric: async ({ query }) => {
      const reading = await metrics.read(query);
      return reading.kind === 'value'
        ? { kind: 'known', value: reading.value }
        : { kind: 'unknown', reason: reading.reason };
    },
    now: () => 7,
  });
  const valuesOf = async (actionType: string, params: { [name: string]: Json }) => {
    const given = proposal({ actionType, target: 'checkout', params });
    const resolved = resolve(installation, given, checkParams);
    if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
    return readValues(resolved.action, resolved.type);
  };
  const read = (value: Json) => ({ kind: 'read', value, at: 7 });
  expect(await valuesOf('version.deploy', { version: '2.4.0' })).toEqual({ version: read('2.3.1') });
  expect(await valuesOf('instances.scale', { count: 9 })).toEqual({ count: read(3) });
  expect(await valuesOf('config.change', { key: 'paymentTimeoutMs', value: 20 })).toEqual({
    value: read(2_000),
  });
  expect(await valuesOf('config.change', { key: 'maxQuantity', value: 20 })).toMatchObject({
    value: { kind: 'unknown', reason: expect.stringContaining('No such key: maxQuantity') },
  });
  expect(await valuesOf('schema.migrate', { layout: 2 })).toEqual({ layout: read(1) });
});
