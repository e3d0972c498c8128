import { describe, expect, test, vi } from 'vitest';
import type { ValueSources } from '../../src/activities/ports/value-sources.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createValueSources } from '../../src/adapters/value-sources.ts';
import { impactSchema } from '../../src/contract/fact-schemas.ts';
import type { Reading } from '../../src/domain/analysis/condition.ts';
import type { ParameterRule } from '../../src/domain/installation/parameter-rule.ts';
import type { PastAction } from '../../src/domain/ledger/past-action.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { serve } from '../adapters/serve.ts';
import { actionTypeWith, aPastAction } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, NOW } from './desk.ts';

const PARAMS = { version: '2.4.0', count: 9, timeout: 20 };

interface World {
  readonly adminUrl?: string;
  readonly valueSources?: ValueSources;
  readonly reading?: () => Promise<Reading>;
  readonly past?: readonly PastAction[];
}

/** An address where nobody listens any more. */
async function dead(): Promise<string> {
  const { url, close } = await serve(() => undefined);
  close();
  return url;
}

/** What an assessment says of the parameters of an action, with these rules for them. */
async function assessed(current: Readonly<Record<string, ParameterRule>>, given: World = {}) {
  const { adminUrl = await dead(), valueSources = createValueSources(), past = [] } = given;
  const { installation } = testInstallation({
    environments: { production: { adminUrl } },
    actionTypes: {
      'service.change': actionTypeWith({
        name: 'service.change',
        parameters: {
          type: 'object',
          additionalProperties: false,
          properties: {
            version: { type: 'string' },
            count: { type: 'integer', unit: 'instances', minimum: 1, maximum: 20 },
            timeout: { type: 'integer', unit: 'ms' },
          },
        },
        current,
      }),
    },
  });
  const asked = proposal({ actionType: 'service.change', target: 'cart', params: PARAMS });
  const read = given.reading ?? (async () => ({ kind: 'value', value: 3, sampledAt: NOW }) as const);
  const similarTo = vi.fn(async () => [...past]);
  const desk = aDesk(asked, { installation, valueSources, sources: { shop: { read } } });
  const rule = createRule({ ...desk.deps, pastActions: { ...desk.deps.pastActions, similarTo } }).rule;
  const ruled = await rule({ proposal: asked });
  if (ruled.kind !== 'ruled') throw new Error(JSON.stringify(ruled));
  const changes = ruled.impact.changes ?? [];
  return {
    impact: ruled.impact,
    similarTo,
    from: Object.fromEntries(changes.map(({ parameter, from }) => [parameter, from])),
  };
}

const http = (path: string, value?: string, timeoutMs = 5_000): ParameterRule => ({
  source: { by: 'http', url: `\${environment.adminUrl}/${path}`, value, timeoutMs },
});
const program = (script: string, value?: string): ParameterRule => ({
  source: { by: 'command', argv: [process.execPath, '-e', script, '${target}'], value, timeoutMs: 5_000 },
});
const read = (value: Json) => ({ kind: 'read', value, at: NOW });
const unknown = (reason: string) => ({ kind: 'unknown', reason });

describe('the values now, as an assessment finds them', () => {
  test('are read from a system, a program and a metric, text as well as numbers', async () => {
    const { url, requests } = await serve((response) => response.end('{"version":"2.3.1"}'));
    const { from, impact } = await assessed(
      {
        version: http('${target}', 'answer.version'),
        count: { source: { by: 'metric', source: 'shop', query: 'instances{service="${target}"}' } },
        timeout: program('console.log(JSON.stringify({ [process.argv[1]]: 2000 }))', 'answer[target]'),
      },
      { adminUrl: url },
    );
    expect(from).toEqual({ version: read('2.3.1'), count: read(3), timeout: read(2_000) });
    expect(requests.map(({ method, url: path }) => `${method} ${path}`)).toEqual(['GET /cart']);
    expect(impact.changes?.[1]).toMatchObject({ to: 9, unit: 'instances', minimum: 1, maximum: 20 });
    expect(impactSchema.parse(JSON.parse(JSON.stringify(impact)))).toEqual(impact);
  });

  test('INVARIANT 7: are unknown with the reason where a source is dead, slow, huge or of another type', async () => {
    const { url } = await serve((response, { url: path }) => {
      if (path === '/huge') response.end('9'.repeat(70_000));
      if (path === '/text') response.end('"many"');
    });
    const sources = {
      version: http('slow', undefined, 50),
      count: http('huge'),
      timeout: http('text', 'answer'),
    };
    expect((await assessed(sources, { adminUrl: url })).from).toEqual({
      version: unknown('no complete answer within 50 ms'),
      count: unknown('the answer is larger than 65536 bytes'),
      timeout: unknown('it is "many", and the parameter takes integer'),
    });
    const away = await assessed({ version: http('any'), count: program('process.exit(1)') });
    expect(away.from).toMatchObject({
      version: unknown(expect.stringContaining('ECONNREFUSED')),
      count: unknown('it ended with exit status 1:'),
    });
  });

  test('take five seconds together at most, whatever hangs', async () => {
    const { url } = await serve(() => undefined);
    const began = performance.now();
    const { from } = await assessed(
      {
        version: http('hangs', undefined, 60_000),
        count: { source: { by: 'metric', source: 'shop', query: 'instances' } },
      },
      { adminUrl: url, reading: () => new Promise(() => undefined) },
    );
    expect(performance.now() - began).toBeLessThan(7_000);
    expect(from).toMatchObject({
      version: { kind: 'unknown', reason: expect.stringMatching(/5000 ms|within 5 s/) },
      count: unknown('no answer within 5 s'),
    });
  }, 15_000);

  test('are otherwise what was set last, and the ledger is asked no more often for that', async () => {
    const before = aPastAction({
      actionId: 'a.1',
      actionType: 'service.change',
      target: 'cart',
      params: { version: '2.3.1', count: 3, timeout: 2_000 },
      closed: { at: 7, outcome: 'succeeded' },
    });
    const { from, similarTo } = await assessed({ count: http('any') }, { past: [before] });
    // Another version was set then, so the number beside it may have been meant for that one.
    expect(from).toMatchObject({
      version: { kind: 'lastSet', value: '2.3.1', at: 7, actionId: 'a.1' },
      count: unknown(expect.stringContaining('ECONNREFUSED')),
      timeout: { kind: 'unknown' },
    });
    expect(similarTo).toHaveBeenCalledTimes(1);
  });

  test('are asked for nowhere, where operators declare no source', async () => {
    const ask = vi.fn();
    const reading = vi.fn();
    await assessed({}, { valueSources: { ask }, reading });
    expect(ask).not.toHaveBeenCalled();
    expect(reading).not.toHaveBeenCalled();
  });
});
