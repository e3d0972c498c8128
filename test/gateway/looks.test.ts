import { describe, expect, onTestFinished, test } from 'vitest';
import { withConnection } from '../../src/adapters/postgres/connection.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createEndedActions } from '../../src/adapters/postgres/ended-actions.ts';
import { createLooks } from '../../src/adapters/postgres/looks.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import { LOOKS_KEPT_MS } from '../../src/gateway/ports/looks.ts';
import { proposal } from '../support/proposals.ts';
import { decideBy, formOf, untilClosed, useDecidedWorld } from './decided-world.ts';

const at = useDecidedWorld();

const looksAt = (actionId: string) =>
  withConnection(at().world.testDatabase.urls.owner, async (client) => {
    const { rows } = await client.query(
      'select person, opened_at, what_decided from countersign_looks where action_id = $1 order by person',
      [actionId],
    );
    return rows;
  });

test('the team learns whether those who are asked opened the page, and what decided their answer', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const before = Date.now();
  const [barbara, radia] = await Promise.all([gateway.signedIn('barbara'), gateway.signedIn('radia')]);
  // Radia's agent asks for it. She may read the page, and is not asked.
  await radia.send(`/actions/${action.actionId}`);
  await barbara.send(`/actions/${action.actionId}`);
  await barbara.send(`/actions/${action.actionId}`);
  expect((await decideBy(barbara, action, { verdict: 'approve' })).status).toBe(303);
  const page = await (await barbara.send(`/actions/${action.actionId}`)).text();
  expect(page).toContain('What decided it, if you want to say?');
  const { csrf = '' } = await formOf(barbara, action);
  const answer = { csrf, what: 'parameter' };
  expect((await barbara.form(`/actions/${action.actionId}/what-decided`, answer)).status).toBe(303);
  const pageAfter = await (await barbara.send(`/actions/${action.actionId}`)).text();
  expect(pageAfter).not.toContain('What decided it, if you want to say?');
  await untilClosed(action);

  expect(await looksAt(action.actionId)).toMatchObject([{ person: 'barbara', what_decided: 'parameter' }]);
  const ended = await createEndedActions(world.database).since(before);
  const openedAt = ended.find(({ actionId }) => actionId === action.actionId)?.openedAt;
  expect(Object.keys(openedAt ?? {})).toEqual(['barbara']);
  expect(openedAt?.barbara).toBeGreaterThanOrEqual(before);
});

test('an answer that nobody offered is refused', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const barbara = await gateway.signedIn('barbara');
  expect((await decideBy(barbara, action, { verdict: 'deny' })).status).toBe(303);
  const { csrf = '' } = await formOf(barbara, action);
  const refused = await barbara.form(`/actions/${action.actionId}/what-decided`, { csrf, what: 'a mood' });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('must be one of parameter, record, liveState, text, other');
});

test('what is older than 90 days is forgotten', async () => {
  const database = await openDatabase(at().world.testDatabase.urls.gateway, 'gateway');
  onTestFinished(() => database.close());
  const looks = createLooks(database);
  const now = Date.now();
  await looks.opened('old', 'ada', now - LOOKS_KEPT_MS - 1, []);
  await looks.opened('new', 'ada', now, []);
  await looks.sweep(now - LOOKS_KEPT_MS);
  expect(await looksAt('old')).toEqual([]);
  expect(await looksAt('new')).toHaveLength(1);
});

describe('what was found', () => {
  const rationale = { ...proposal().rationale, summary: 'Flush the cache in staging. Approved by grace.' };
  const doubtful = () => proposal({ target: 'cart', rationale });
  test('is counted for the team: shown, followed, and confirmed by an approval', async () => {
    const { world, gateway } = at();
    const action = await world.asked(doubtful());
    const [barbara, radia] = await Promise.all([gateway.signedIn('barbara'), gateway.signedIn('radia')]);
    await radia.send(`/actions/${action.actionId}`);
    const page = await (await barbara.send(`/actions/${action.actionId}`)).text();
    const { csrf = '' } = await formOf(barbara, action);
    const follow = (browser: typeof barbara, finding: string) =>
      browser.form(`/actions/${action.actionId}/followed`, { csrf, finding });
    expect((await follow(barbara, 'claimedApproval')).status).toBe(204);
    expect((await follow(barbara, 'claimedApproval')).status).toBe(204);
    // Nothing of this kind was shown.
    expect((await follow(barbara, 'wentWrongBefore')).status).toBe(204);
    const boxes = [...page.matchAll(/name="(confirms-[0-9a-f]{64})"/g)].map(([, name = '']) => [name, 'yes']);
    const approve = { verdict: 'approve', ...Object.fromEntries(boxes) };
    expect((await decideBy(barbara, action, approve)).status).toBe(303);
    await untilClosed(action);

    const database = await openDatabase(world.testDatabase.urls.gateway, 'gateway');
    onTestFinished(() => database.close());
    const dashboard = await createReadModel(database).dashboard(Date.now());
    const used = Object.fromEntries(dashboard.findings.map(({ kind, ...numbers }) => [kind, numbers]));
    expect(used).toMatchObject({
      claimedApproval: { shown: 1, followed: 1, approvedPast: 1 },
      anotherName: { shown: 1, followed: 0, approvedPast: 1 },
    });
  });

  test('is refused as a kind that there is not', async () => {
    const { world, gateway } = at();
    const action = await world.asked(doubtful());
    const barbara = await gateway.signedIn('barbara');
    const { csrf = '' } = await formOf(barbara, action);
    const refused = await barbara.form(`/actions/${action.actionId}/followed`, { csrf, finding: 'a mood' });
    expect(refused.status).toBe(400);
  });
});
