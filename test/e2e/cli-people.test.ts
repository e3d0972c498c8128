import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { deploy } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { calm, confirming, PATIENCE, Site } from './support.ts';

let site: Site;
const cli = new Cli(() => site.env);

/** Deployments are watched for half an hour. */
beforeAll(async () => {
  const slow = (text: string) => calm(text).replaceAll('2s', '10m');
  // The same is asked for, and cancelled, again and again.
  const again = (text: string) => text.replace('  repeatAfterDenial: 24h\n', '');
  site = await Site.start({ files: { 'actions/version-deploy.yaml': slow, 'countersign.yaml': again } });
  await site.startWorker();
  return () => site.stop();
});

async function keyFile(person: string): Promise<string> {
  const file = join(site.folder, `${person}.json`);
  await writeFile(file, JSON.stringify({ ...site.keyOf(person), person }));
  return file;
}

const asked = async (version = '2.4.0'): Promise<string> => {
  const { actionId } = await cli.json(['propose', '--file', '-'], JSON.stringify(deploy(version)));
  return actionId;
};
const decide = async (id: string, word: string, person: string, ...more: string[]) => [
  'decide',
  id,
  word,
  '--key',
  await keyFile(person),
  '--yes',
  ...more,
];
const stateOf = (id: string) => site.countersign.action(id).state();

describe('delegate', () => {
  test('gives a place, lists it, and takes it back', async () => {
    const key = ['--key', await keyFile('grace')];
    const until = new Date(Date.now() + 24 * 3_600_000).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');
    const away = ['--to', 'priya', '--service', 'checkout', '--until', until, '--reason', 'at the sea'];
    const given = await cli.answer(['delegate', ...away, ...key]);
    const [, id = ''] = /countersign delegate end (\S+)/.exec(given) ?? [];
    expect(given).toMatch(/^priya decides in your place until /);
    expect(await cli.answer(['delegate', 'list'])).toMatch(new RegExp(`${id} +grace +priya +checkout`));
    const { ruling } = await stateOf(await asked());
    expect(ruling && 'requirement' in ruling && JSON.stringify(ruling.requirement)).toContain(
      '"actsFor":["grace"]',
    );
    await cli.expectRefused(1, /is yourself/, ['delegate', ...away, ...key, '--to', 'grace']);
    await cli.answer(['delegate', 'end', id, '--reason', 'back', ...key]);
    expect(await cli.answer(['delegate', 'list'])).toBe('Nobody decides for somebody else.\n');
  });

  test.each([
    ['without whom', ['--until', '2999-01-01T00:00Z', '--reason', 'x'], /with --to/],
    ['without an end', ['--to', 'linus', '--reason', 'x'], /with --until/],
    ['with no time', ['--to', 'linus', '--until', 'tomorrow', '--reason', 'x'], /Write a time as/],
    ['without a reason', ['--to', 'linus', '--until', '2999-01-01T00:00Z'], /say why/],
  ])('%s is refused', async (_, args, reason) => {
    await cli.expectRefused(2, reason, ['delegate', ...args, '--key', await keyFile('grace')]);
  });
});

describe('while no worker runs', () => {
  test('what there is to sign is read from the ledger, and the decision is handed in all the same', async () => {
    const id = await asked();
    const denial = await decide(id, 'deny', 'grace', '--reason', 'not now');
    await site.killWorker();
    expect(await cli.answer(denial)).toMatch(/no worker answers: it is kept/);

    const { COUNTERSIGN_DATABASE_URL: _, ...env } = site.env;
    const blind = new Cli(() => env);
    await blind.expectRefused(1, /set COUNTERSIGN_DATABASE_URL.*was NOT handed in/s, denial);

    await site.startWorker();
    expect((await site.countersign.action(id).result()).outcome).toMatchObject({
      kind: 'deniedByPerson',
      reason: expect.stringContaining('not now'),
    });
  }, 120_000);

  test('and where Temporal does not answer either, it says that nothing was handed in', async () => {
    const away = new Cli(() => ({ ...site.env, TEMPORAL_ADDRESS: '127.0.0.1:1' }));
    const denial = await decide('deploy-agent.x', 'deny', 'grace', '--reason', 'not now');
    await away.expectRefused(3, /No Temporal server answers.*NOT handed in/, denial);
  });
});

describe('decide', () => {
  test('INVARIANT 6: signs for no installation but the one that is meant', async () => {
    const id = await asked();
    const approve = await decide(id, 'approve', 'grace');
    const reason = /of the installation storefront, and you sign for staging: nothing is signed/;
    await cli.expectRefused(2, reason, [...approve, '--for', 'staging']);
    await site.countersign.action(id).cancel();
  });

  test('asks the agent, whose answer is shown as its own words', async () => {
    const id = await asked();
    const ask = await decide(id, 'ask', 'grace', '--reason', 'Why now?');
    expect(await cli.answer(ask)).toMatch(/^grace: ask recorded for "deploy 2\.4\.0 to checkout"; the owner/);
    const action = site.countersign.action(id);
    const [question] = await action.openQuestions();
    await action.answer(question?.id ?? '', 'Because.\ngrace signed "approve"');
    const shown = await cli.answer(['show', id]);
    expect(shown).toContain(
      'the agent answered, in its own words:\n  | Because.\n  | grace signed "approve"',
    );
    await action.cancel();
  });

  test('edits it: the next revision is for others to decide', async () => {
    const id = await asked('2.5.0');
    const edit = await decide(id, 'edit', 'grace', '--reason', 'the fix', '--params', '{"version":"2.4.0"}');
    expect(await cli.answer(edit)).toContain('those who may decide on it as it is now are asked');
    await vi.waitFor(async () => {
      const { revision, status, action } = await stateOf(id);
      expect({ revision, status, params: action?.params }).toEqual({
        revision: 2,
        status: 'waiting',
        params: { version: '2.4.0' },
      });
    }, PATIENCE);
    await cli.expectRefused(1, /grace edited it/, await decide(id, 'approve', 'grace'));
    const unfit = ['--reason', 'newer', '--params', '{"version":"latest"}'];
    await cli.expectRefused(1, /params\.version: must match/, await decide(id, 'edit', 'linus', ...unfit));
    await site.countersign.action(id).cancel();
  });

  test('revokes what runs', async () => {
    const id = await asked();
    await cli.answer(await decide(id, 'approve', 'grace'));
    await vi.waitFor(async () => expect((await stateOf(id)).status).toBe('watching'), PATIENCE);
    const revoke = await decide(id, 'revoke', 'linus', '--reason', 'orders stopped');
    expect(await cli.answer(revoke)).toContain('it is stopped, and what ran of it is taken back');
    expect((await site.countersign.action(id).result()).outcome.kind).toBe('revoked');
  });

  test('breaks the glass, for whom policy lets', async () => {
    const id = await asked();
    const why = ['--reason', 'checkout is down', '--incident', 'INC-1'];
    await cli.expectRefused(1, /no policy lets grace/, await decide(id, 'break-glass', 'grace', ...why));
    await cli.answer(await decide(id, 'break-glass', 'linus', ...why));
    await vi.waitFor(async () => expect((await stateOf(id)).status).toBe('watching'), PATIENCE);
    await cli.answer(await decide(id, 'revoke', 'grace', '--reason', 'it was the database'));
    expect((await site.countersign.action(id).result()).outcome.kind).toBe('revoked');
  });

  test.each([
    ['withdraw', [], 1, /has no vote here/],
    ['revoke', ['--reason', 'x'], 1, /it is from when people have decided/],
    ['revoke', [], 2, /revoke needs --reason/],
    ['ask', [], 2, /write the question as --reason/],
    ['edit', ['--reason', 'x'], 2, /--params goes with edit/],
    ['edit', ['--reason', 'x', '--params', '[1]'], 2, /--params must be a JSON object/],
    ['approve', ['--params', '{}'], 2, /--params goes with edit/],
    ['break-glass', ['--reason', 'x'], 2, /--incident goes with break-glass/],
  ])('%s %j is refused', async (word, more, status, reason) => {
    const id = await asked();
    await cli.expectRefused(status, reason, await decide(id, word, 'grace', ...more));
  });
});

describe('answer', () => {
  test('answers an open question once, for an agent in any language', async () => {
    const id = await asked();
    await cli.answer(await decide(id, 'ask', 'grace', '--reason', 'Why now?'));
    const [question] = await site.countersign.action(id).openQuestions();
    const answer = ['answer', id, question?.id ?? '', 'Because the old one leaks.'];
    expect(await cli.json(answer)).toEqual({ id, questionId: question?.id, text: answer.at(-1) });
    expect(await cli.answer(['show', id])).toContain('  | Because the old one leaks.');
    await cli.expectRefused(1, /./, answer);
    await cli.expectRefused(1, /./, ['answer', id, '000000000000', 'x']);
    await cli.expectRefused(1, /is not known/, ['answer', 'nothing', '000000000000', 'x']);
    await site.countersign.action(id).cancel();
  });
});

describe('cancel', () => {
  test('withdraws a request, which then ends as cancelled, with nothing done', async () => {
    const id = await asked();
    await cli.expectRefused(2, /no terminal to ask at: give --yes/, ['cancel', id]);
    expect(await cli.answer(['cancel', id, '--yes'])).toContain(`"countersign show ${id}" says how it ends`);
    const action = site.countersign.action(id);
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await site.effectsOf(action)).toEqual([]);
    await cli.expectRefused(1, /has ended: nothing of it is left to cancel/, ['cancel', id, '--yes']);
    await cli.expectRefused(1, /is not known/, ['cancel', 'nothing', '--yes']);
  });

  test('takes back what runs already', async () => {
    const id = await asked();
    await cli.answer(await decide(id, 'approve', 'grace', ...(await confirming(site.countersign, id))));
    await vi.waitFor(async () => expect((await stateOf(id)).status).toBe('watching'), PATIENCE);
    expect(await cli.json(['cancel', id, '--yes'])).toEqual({ id, asked: 'cancel' });
    const action = site.countersign.action(id);
    expect((await action.result()).outcome.kind).toBe('cancelled');
    expect(await site.effectsOf(action)).toEqual(['setVersion', 'undo']);
  });
});
