import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { deploy, proposal } from '../support/proposals.ts';
import { Cli } from './cli.ts';
import { calm, PATIENCE, Site } from './support.ts';

/** Nothing of this type runs any more. */
const STOPPED = `
@id("no-flushes-today")
@owner("group:sre-on-call")
@reason("the cache is being moved")
forbid (
  principal is Agent,
  action in [Action::"execute", Action::"executeAfterWindow", Action::"executeWithApproval", Action::"recommend"],
  resource
)
when { context.actionType == ActionType::"cache.flush" };
`;

let site: Site;

beforeAll(async () => {
  site = await Site.start({ files: { 'actions/version-deploy.yaml': calm } });
  await site.startWorker();
});
afterAll(() => site.stop());

const auditor = new Cli(() => ({ COUNTERSIGN_DATABASE_URL: site.databaseUrls.auditor }));
const changes = () => auditor.json(['ledger', 'rules']);
const rulesFolder = () => String(site.env.COUNTERSIGN_INSTALLATION);

test('a worker goes by changed rules without a restart, after they are on record; an action under way keeps what its ruling pinned', async () => {
  const flush = proposal();
  expect((await (await site.countersign.propose(flush)).result()).outcome.kind).toBe('succeeded');
  const deployment = await site.countersign.propose(deploy('2.4.0'));
  const { ruling } = await site.until(deployment, ({ status }) => status === 'waiting');
  expect(await changes()).toMatchObject([{ kind: 'rulesChanged', body: { before: null, changes: [] } }]);

  await writeFile(join(rulesFolder(), 'policies/stop.cedar'), STOPPED);
  await vi.waitFor(async () => expect(await changes()).toHaveLength(2), PATIENCE);
  const [change] = await changes();
  expect(change.body).toMatchObject({
    changes: [
      {
        file: 'policies/stop.cedar',
        kind: 'added',
        difference: expect.stringContaining('+@id("no-flushes-today")'),
      },
    ],
    origin: { kind: 'unknown', reason: 'the folder is in no git repository' },
  });
  await vi.waitFor(async () => {
    const again = await site.countersign.propose({ ...flush, idempotencyKey: randomUUID() });
    const { outcome } = await again.result();
    expect(outcome).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining('the cache is being moved'),
    });
  }, PATIENCE);

  await site.decide('linus', 'approve', deployment);
  const closed = await deployment.result();
  expect(closed.outcome.kind).toBe('succeeded');
  expect((await deployment.state()).ruling?.digest).toBe(ruling?.digest);
});

test('an auditor reads who changed the rules, and how', async () => {
  const text = await auditor.answer(['ledger', 'rules']);
  expect(text).toContain('Nobody knows who changed them: the folder is in no git repository.');
  expect(text).toContain('policies/stop.cedar was added:');
  expect(text).toContain('+@reason("the cache is being moved")');
  expect(text).toContain('These are the first rules:');
});
