import { expect, test } from 'vitest';
import { createPager } from '../../src/adapters/pagerduty.ts';
import { aMessage, people } from '../support/messages.ts';
import { serve } from './serve.ts';

const KEYS = { 'schedule:sre': 'key-of-sre', 'group:leads': 'key-of-leads' };

async function pagerduty(status = 202) {
  const { url, requests } = await serve((response, { body }) => response.writeHead(status).end(body));
  const pager = createPager({ url, routingKey: 'key-of-on-call', keys: KEYS, people });
  return { pager, events: () => requests.map(({ body }) => JSON.parse(body)) };
}

test('each is paged, and left in peace, through the service whose key operators gave for them', async () => {
  const { pager, events } = await pagerduty();
  await pager.send(aMessage(), ['linus']);
  await pager.send(aMessage(), ['linus'], { to: 'schedule:sre' });
  await pager.resolve('deploy-agent.deploy-2.5.1', 'schedule:sre');
  await pager.resolve('deploy-agent.deploy-2.5.1');
  expect(events().map(({ routing_key, event_action }) => [routing_key, event_action])).toEqual([
    ['key-of-on-call', 'trigger'],
    ['key-of-sre', 'trigger'],
    ['key-of-sre', 'resolve'],
    ['key-of-on-call', 'resolve'],
  ]);
});

test.each(['group:others', '__proto__', 'constructor'])('nobody else is paged in place of %s', async (to) => {
  const { pager, events } = await pagerduty();
  expect(await pager.send(aMessage(), ['linus'], { to })).toEqual({
    kind: 'refused',
    reason: `channels.pager.keys has no key for ${to}`,
  });
  expect(events()).toEqual([]);
});

test('no key of theirs is in a result', async () => {
  const { pager } = await pagerduty(400);
  const result = await pager.send(aMessage(), ['linus'], { to: 'group:leads' });
  expect(result).toMatchObject({ kind: 'refused' });
  expect(JSON.stringify(result)).not.toContain('key-of-leads');
});
