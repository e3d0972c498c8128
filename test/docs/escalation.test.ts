import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { routeLine } from '../../src/cli/route-text.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { onCallAt } from '../../src/domain/calendar/on-call-schedule.ts';
import { MEANS } from '../../src/domain/escalation/route.ts';
import { edited } from '../config/broken.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/escalation.md', import.meta.url), 'utf8');

/** The example of the guide that begins with this comment. */
function example(name: string): string {
  const [, found] = new RegExp(`\`\`\`yaml\\n# ${name}\\n([\\s\\S]*?)\`\`\``).exec(GUIDE) ?? [];
  if (found === undefined) throw new Error(`the guide has no example ${name}`);
  return found;
}

const ENV = {
  ...STOREFRONT_ENV,
  SLACK_BOT_TOKEN: 'xoxb-token',
  WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
};

/** The example installation with these of the guide in place of its own, and with a policy besides. */
async function loadedWith(names: readonly string[], policy?: string) {
  const folder = await edited();
  const file = join(folder, 'countersign.yaml');
  let text = await readFile(file, 'utf8');
  for (const written of names.map(example)) {
    for (const [, key = ''] of written.matchAll(/^(\w+):/gm))
      text = text.replace(new RegExp(`^${key}:.*\\n(?:(?: .*)?\\n)*`, 'm'), '');
    text += `\n${written}`;
  }
  await writeFile(file, text);
  if (policy !== undefined) await writeFile(join(folder, 'policies', 'checkout.cedar'), policy);
  const loaded = await loadInstallation(folder, ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults, null, 1));
  return loaded;
}

test('the list of the guide is sound', async () => {
  const { installation } = await loadedWith(['list']);
  expect(installation.rules.approval.route.steps).toHaveLength(2);
});

test('the graph of the guide is sound with its schedules and channels, and is told as the guide shows', async () => {
  const { installation, connections } = await loadedWith(['graph', 'schedules', 'channels']);
  const { approval, schedules = {} } = installation.rules;
  const [, shown] = /```text\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  expect(`${routeLine('approval', approval.route)}\n`).toBe(shown);
  expect(connections.slack).toMatchObject({ channel: 'C0123456789' });
  const { sre } = schedules;
  const onCall = (at: string) => sre && onCallAt(sre, Date.parse(at));
  expect(onCall('2026-01-05T09:00+01:00')).toBe('linus');
  expect(onCall('2026-12-24T20:00+01:00')).toBe('ada');
  expect(onCall('2027-01-01T06:00+01:00')).toBeUndefined();
});

test('the named route of the guide is sound, and so is the policy that puts it in place', async () => {
  const [, policy = ''] = /```cedar\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const { installation, policies } = await loadedWith(['named'], policy);
  expect(installation.rules.routes.hurried).toMatchObject({ holdMs: 300_000 });
  expect(policies.filter(({ route }) => route === 'hurried')).toHaveLength(1);
});

test('the guide names every channel and every kind of step', () => {
  for (const means of MEANS) expect(GUIDE).toContain(`\`${means}\``);
  for (const when of ['businessHours', 'notDelivered', 'nobodyOnCall', 'category'])
    expect(GUIDE).toContain(when);
});
