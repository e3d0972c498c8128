import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Proposal } from 'countersign';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { confirmationsOf } from '../../src/domain/findings/confirmation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { asProcess, Cli } from './cli.ts';
import { calm, confirming, PATIENCE, Site } from './support.ts';

let site: Site;
const cli = new Cli(() => site.env);
const own = new Cli(() => site.env, asProcess);

beforeAll(async () => {
  const brief = (text: string) => calm(text).replaceAll('2s', '1s');
  site = await Site.start({
    files: { 'actions/version-deploy.yaml': brief, 'actions/cache-flush.yaml': brief },
  });
  await site.startWorker();
  return () => site.stop();
});

test('an action is proposed, shown, decided on, waited for, listed and explained by processes of their own', {
  timeout: 120_000,
}, async () => {
  const asked = JSON.stringify(deploy('2.4.0'));
  const { actionId } = await own.json(['propose', '--file', '-'], asked);
  expect(await own.answer(['show', actionId])).toMatch(/^deploy 2\.4\.0 to checkout/);
  const approve = ['decide', actionId, 'approve', '--key', await keyFile('grace')];
  await own.expectRefused(2, /no terminal to ask at: give --yes/, approve);
  expect(await own.answer([...approve, '--yes'])).toMatch(/^grace: approve recorded/);
  expect(await own.json(['propose', '--file', '-', '--wait'], asked)).toMatchObject({
    actionId,
    outcome: { kind: 'succeeded' },
  });
  expect(await own.answer(['explain', actionId])).toContain('Who approved the authority?');
  await vi.waitFor(async () => expect(await cli.answer(['list'])).toContain(actionId), PATIENCE);
  expect(await own.answer(['list'])).toContain(actionId);
});

const propose = (asked: Proposal) => cli.json(['propose', '--file', '-'], JSON.stringify(asked));

async function keyFile(person: string, of = person): Promise<string> {
  const file = join(site.folder, `${person}-${of}.json`);
  await writeFile(file, JSON.stringify({ ...site.keyOf(of), person }));
  return file;
}

describe('propose', () => {
  test('answers with what the agent may do, from a file and from standard input', async () => {
    const asked = JSON.stringify(deploy('2.4.0'));
    const file = join(site.folder, 'proposal.json');
    await writeFile(file, asked);
    expect(await cli.answer(['propose', '--file', file])).toMatch(
      /^deploy-agent\.\S+\nTier 3: waits for 1 of checkout-team or sre-on-call/,
    );
    const { actionId, ruling } = await cli.json(['propose', '--file', '-'], asked);
    expect(ruling).toMatchObject({ kind: 'permit', tier: 3, mode: 'executeWithApproval' });
    // The same proposal is the same action.
    expect(await cli.answer(['propose', '--file', file])).toContain(actionId);
  });

  test('with --wait it has status 0 only when the action succeeded', async () => {
    const flush = await cli.run(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    expect(flush).toMatchObject({ status: 0, stderr: '' });
    expect(flush.stdout).toMatch(/\nsucceeded: /);

    const migrate = proposal({ actionType: 'schema.migrate', target: 'cart', params: { layout: 2 } });
    const recommended = await cli.run(
      ['propose', '--file', '-', '--wait', '--json'],
      JSON.stringify(migrate),
    );
    expect(recommended).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(recommended.stdout).outcome.kind).toBe('recommended');
  });

  test.each([
    ['that is not JSON', 2, '{', /standard input is not JSON/],
    [
      'with a member twice',
      2,
      '{"agent":1,\n"agent":2}',
      /standard input:2: agent: is written twice: keep one of them/,
    ],
    ['that does not explain itself', 1, { evidence: [] }, /evidence: needs at least one/],
    ['with wrong parameters', 1, { params: { version: 'new' } }, /params\.version: must match pattern/],
    ['by nobody', 1, { agent: { id: 'nobody', version: '1.0.0' } }, /agent\.id: /],
  ])('refuses a proposal %s', async (_, status, bent, reason) => {
    const input = typeof bent === 'string' ? bent : JSON.stringify(deploy('2.4.0', bent));
    await cli.expectRefused(status, reason, ['propose', '--file', '-'], input);
  });

  test('without a worker it is kept: the answer says so, and so does show', async () => {
    const away = new Cli(() => ({ ...site.env, COUNTERSIGN_TASK_QUEUE: 'nobody-works-here' }));
    const asked = JSON.stringify(deploy('2.4.0'));
    const [json, text] = await Promise.all([
      away.json(['propose', '--file', '-'], asked),
      away.answer(['propose', '--file', '-'], asked),
    ]);
    expect(json).toMatchObject({ ruling: null });
    const [actionId, answer] = text.split('\n');
    expect(answer).toMatch(/^proposed, and kept: not ruled on yet/);
    await away.expectRefused(1, /No worker answered within 15 s/, ['show', String(actionId)]);
  });

  test('names every fault at once', async () => {
    const bent = deploy('2.4.0', { evidence: [], successCriteria: [], target: 'nowhere', params: {} });
    const { stderr } = await cli.run(['propose', '--file', '-', '--json'], JSON.stringify(bent));
    const { faults } = JSON.parse(stderr);
    expect(faults.map(({ where }: { where: string }) => where)).toEqual([
      'evidence',
      'successCriteria',
      // What only a worker knows is told with what anybody can see.
      'params.version',
      'target',
    ]);
  });

  test('refuses another content under a key that is taken', async () => {
    const asked = deploy('2.4.0');
    await propose(asked);
    const other = JSON.stringify({ ...asked, params: { version: '2.5.0' } });
    await cli.expectRefused(1, /idempotency key/, ['propose', '--file', '-'], other);
  });
});

describe('decide', () => {
  test('signs an approval, which then counts', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    const args = ['decide', actionId, 'approve', '--key', await keyFile('grace'), '--yes'];
    expect(await cli.answer([...args, ...(await confirming(site.countersign, actionId))])).toMatch(
      /^grace: approve recorded for "deploy 2\.4\.0 to checkout"; that decides it/,
    );
    const { outcome } = await site.countersign.action(actionId).result();
    expect(outcome.kind).toBe('succeeded');
  });

  test('signs a denial with its reason, which the agent hears', async () => {
    const { actionId } = await propose(deploy('2.4.1'));
    const key = await keyFile('grace');
    await cli.expectRefused(2, /needs --reason/, ['decide', actionId, 'revoke', '--key', key, '--yes']);
    const denied = ['decide', actionId, 'deny', '--key', key, '--yes', '--reason', 'it is Friday'];
    expect(await cli.json(denied)).toMatchObject({
      id: actionId,
      verdict: 'deny',
      person: 'grace',
      missing: 0,
    });
    const { outcome } = await site.countersign.action(actionId).result();
    expect(outcome).toEqual({ kind: 'deniedByPerson', reason: 'grace denied it: it is Friday' });
  });

  test('asks first, so without a terminal it needs --yes', async () => {
    const { actionId } = await propose(deploy('2.4.3'));
    const args = ['decide', actionId, 'approve', '--key', await keyFile('grace')];
    await cli.expectRefused(2, /no terminal to ask at: give --yes/, args);
    expect((await site.countersign.action(actionId).state()).votes).toEqual([]);
  });

  test('past a finding signs what is confirmed, and without a terminal wants each of them named', async () => {
    const { rationale } = deploy('2.4.0');
    const summary = 'Deploy 2.5.9 to checkout. Approved by grace.';
    const { actionId } = await propose(deploy('2.4.0', { rationale: { ...rationale, summary } }));
    const args = ['decide', actionId, 'approve', '--key', await keyFile('grace'), '--yes'];
    const { stderr, status } = await cli.run(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining('must confirm what was found')]);
    const named = stderr.match(/--although [0-9a-f]{16}(?= {3}Approve although )/g) ?? [];
    expect(named.length).toBeGreaterThan(1);
    const although = named.map((option) => option.split(' ')[1] ?? '');
    await cli.expectRefused(2, /--although/, [...args, '--although', ...although.slice(1)]);
    await cli.expectRefused(2, /0{16} is no finding/, [...args, '--although', ...although, '0'.repeat(16)]);
    expect((await site.countersign.action(actionId).state()).votes).toEqual([]);

    await cli.answer([...args, '--although', ...although]);
    const { votes, findings = [] } = await site.countersign.action(actionId).state();
    expect(votes[0]?.confirmed).toEqual(confirmationsOf(findings).map(({ digest }) => digest));
    expect(await cli.answer(['show', actionId])).toContain('grace approved although ');
    await site.countersign.action(actionId).result();
  });

  test.each([
    ['who may not decide', 1, () => keyFile('ada'), /ada may not decide: .* owns the agent/],
    [
      'with the key of another person',
      1,
      () => keyFile('grace', 'priya'),
      /grace is refused: it names a signing key/,
    ],
    [
      'with a file that holds no key',
      2,
      async () => join(site.folder, 'installation', 'countersign.yaml'),
      /is not a key file/,
    ],
    ['without a key', 2, async () => '', /name your key file with --key/],
  ])('refuses a person %s', async (_, status, key, reason) => {
    const { actionId } = await propose(deploy('2.4.3'));
    await cli.expectRefused(status, reason, ['decide', actionId, 'approve', '--yes', '--key', await key()]);
    expect((await site.countersign.action(actionId).state()).votes).toEqual([]);
  });

  test('refuses a decision on an action that nobody proposed, or that is decided', async () => {
    const key = await keyFile('grace');
    await cli.expectRefused(1, /action\/nothing is not known/, [
      'decide',
      'nothing',
      'approve',
      '--yes',
      '--key',
      key,
    ]);
    const { actionId } = await cli.json(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    const late = ['decide', actionId, 'approve', '--yes', '--key', key];
    await cli.expectRefused(1, /nothing is waiting for a decision/, late);
  });

  test('signs a review', async () => {
    const { actionId } = await cli.json(['propose', '--file', '-', '--wait'], JSON.stringify(proposal()));
    const id = `review/${actionId}`;
    expect(await cli.answer(['show', id])).toMatch(
      /^review of: flush the cache of catalog\n.*\nwaiting for 1 of catalog-team/,
    );
    expect(await cli.json(['decide', id, 'approve', '--yes', '--key', await keyFile('mei')])).toMatchObject({
      missing: 0,
    });
    // It is recorded after the answer.
    await vi.waitFor(
      async () =>
        expect(await cli.json(['show', id])).toMatchObject({
          review: { result: { kind: 'agreed', by: ['mei'] } },
        }),
      PATIENCE,
    );
  });
});

describe('show and list', () => {
  test('show says where an action stands', async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    expect(await cli.answer(['show', actionId])).toMatch(
      /^deploy 2\.4\.0 to checkout in production \(tier 3\)\nwaiting for 1 of checkout-team or sre-on-call/,
    );
    expect(await cli.json(['show', actionId])).toMatchObject({ state: { status: 'waiting' } });
    await cli.expectRefused(1, /action\/nothing is not known/, ['show', 'nothing']);
  });

  test("explain answers the three questions, with the agent's words as such", async () => {
    const { actionId } = await propose(deploy('2.4.0'));
    // It says whom the mail reached, too.
    await site.until(site.countersign.action(actionId), ({ deliveries }) => deliveries.length > 0);
    const text = await cli.answer(['explain', actionId]);
    expect(text.match(/^\S.*\?$/gm)).toEqual([
      'What was asked, and why?',
      'Who approved the authority?',
      'What limited it?',
      'How was the decision reached?',
    ]);
    expect(text).toMatch(/^ {2}\| The cache serves prices from before the import\.$/m);
    expect(await cli.json(['explain', actionId])).toEqual(
      await site.countersign.action(actionId).explanation(),
    );
    expect(await cli.answer(['explain', actionId, '--mermaid'])).toMatch(
      /^flowchart TD\n {2}step0\["deploy-agent/,
    );
    await cli.expectRefused(1, /action\/nothing is not known/, ['explain', 'nothing']);
  });

  test('explain says the same from the ledger, once Temporal has not kept the action', async () => {
    const { actionId } = await propose(deploy('2.4.2'));
    const { client } = site.countersign;
    const action = site.countersign.action(actionId);
    await site.until(action, ({ deliveries }) => deliveries.length > 0);
    const key = await keyFile('grace');
    await cli.answer(['decide', actionId, 'deny', '--key', key, '--yes', '--reason', 'it is Friday']);
    await action.result();
    const kept = await cli.answer(['explain', actionId]);
    const workflowExecution = { workflowId: action.workflowId };
    await client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
    await vi.waitFor(() => expect(action.state()).rejects.toThrow('is not known'), PATIENCE);
    expect(await cli.answer(['explain', actionId])).toBe(kept);
    const without = new Cli(() => ({ ...site.env, COUNTERSIGN_DATABASE_URL: '' }));
    await without.expectRefused(1, /is not known/, ['explain', actionId]);
  });

  test('list finds actions by status and target, newest first', async () => {
    // Nothing else waits on cart: the visibility store knows starts to the second, so the newest is one of these two.
    const onCart = () => propose(deploy('2.4.0', { target: 'cart' }));
    const ids = [await onCart(), await onCart()].map(({ actionId }) => actionId);
    await vi.waitFor(async () => {
      const listed = await cli.json(['list', '--status', 'waiting', '--target', 'cart']);
      expect(listed.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining(ids));
    }, PATIENCE);
    const [newest] = await cli.json(['list', '--status', 'waiting', '--target', 'cart', '--limit', '1']);
    expect(ids).toContain(newest.id);
    expect(newest).toMatchObject({ tier: '3', status: 'waiting', outcome: '' });
    expect(await cli.answer(['list', '--target', 'cart', '--limit', '1'])).toMatch(
      /^ACTION .* DECIDE BY +OUTCOME\n.* waiting +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m,
    );
    expect(await cli.answer(['list', '--target', 'nowhere'])).toBe('Nothing to list.\n');
    await cli.expectRefused(2, /whole number/, ['list', '--limit', 'many']);
    await cli.expectRefused(2, /choices are running, waiting, lost, closed/, ['list', '--status', 'waitng']);
  });
});
