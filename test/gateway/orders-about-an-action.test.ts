import { expect, test } from 'vitest';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { decideBy, formOf, untilClosed, useDecidedWorld, withCodes } from './decided-world.ts';

const { people } = testInstallation().installation;

/** Nobody has a key of their own. */
const at = useDecidedWorld({
  people: Object.fromEntries(Object.entries(people).map(([name, person]) => [name, { ...person, keys: [] }])),
});

test('people ask on the page of an action that succeeded to take it back, and others approve on the page of the new one', async () => {
  const { world, gateway } = at();
  const action = await world.countersign.propose(proposal());
  await untilClosed(action);
  const linus = await gateway.signedIn('linus');
  const path = `/actions/${action.actionId}/order`;
  const ask = async (fields: Record<string, string>) =>
    linus.form(path, {
      ...(await formOf(linus, action)),
      kind: 'rollback',
      reason: 'prices are old',
      ...fields,
    });

  // Being signed in is not enough.
  const refused = await ask({});
  expect([refused.status, await refused.text()]).toEqual([
    403,
    expect.stringContaining('needs your passkey'),
  ]);
  const codeAt = await withCodes(linus);
  const page = await (await linus.send(`/actions/${action.actionId}`)).text();
  expect(page).toContain('Ask to take it back');
  expect((await ask({ code: '000000' })).status).toBe(403);
  const done = await ask({ code: codeAt() });
  expect([done.status, done.headers.get('location')]).toEqual([303, `/actions/${action.actionId}`]);

  const back = world.countersign.action(`~back~${action.actionId}~1`);
  const old = await (await linus.send(`/actions/${action.actionId}`)).text();
  expect(old).toContain('Other people decide about taking it back');
  expect(old).toContain(
    `<a href="/actions/${encodeURIComponent(back.actionId)}"><bdi>linus asked to take it back`,
  );
  await world.until(back, 'waiting');
  const edsger = await gateway.signedIn('edsger');
  const codeOf = await withCodes(edsger);
  const fresh = await (await edsger.send(`/actions/${encodeURIComponent(back.actionId)}`)).text();
  expect(fresh).toContain(`It takes back <a href="/actions/${action.actionId}">`);
  expect(fresh).toContain('In the words of linus');
  expect(fresh).not.toContain('Make a new revision');
  const mine = await (await linus.send(`/actions/${encodeURIComponent(back.actionId)}`)).text();
  expect(mine).toContain('You may not decide on this: linus asked for this.');
  expect((await decideBy(edsger, back, { verdict: 'approve', code: codeOf() })).status).toBe(303);
  await untilClosed(back);
  expect(await back.result()).toMatchObject({ outcome: { kind: 'succeeded' } });
  expect(await world.effectsOf(back)).toEqual(['warmCache']);

  const twice = await ask({ code: codeAt(30_000) });
  expect([twice.status, await twice.text()]).toEqual([
    422,
    expect.stringContaining('was taken back already'),
  ]);
});

test('people report on the page of an action that succeeded that it did harm, once each and with a second proof', async () => {
  const { world, gateway } = at();
  const action = await world.countersign.propose(proposal({ params: {} }));
  await untilClosed(action);
  const margaret = await gateway.signedIn('margaret');
  const codeAt = await withCodes(margaret);
  const report = async (fields: Record<string, string>) =>
    margaret.form(`/actions/${action.actionId}/order`, {
      ...(await formOf(margaret, action)),
      kind: 'report',
      found: 'regressed',
      reason: 'orders were lost an hour later',
      ...fields,
    });
  const pageNow = async () => (await margaret.send(`/actions/${action.actionId}`)).text();
  expect(await pageNow()).toContain('Report that it made things worse');
  expect((await report({})).status).toBe(403);
  expect((await report({ found: 'rollbackWrong', code: codeAt() })).status).toBe(422);
  expect((await report({ code: codeAt(30_000) })).status).toBe(303);
  const page = await pageNow();
  expect(page).toContain('margaret reported that it had regressed after all');
  expect(page).not.toContain('Report that it made things worse');
  const entries = await world.ledger.entriesOf(action.actionId);
  expect(entries.filter(({ kind }) => kind === 'reported')).toMatchObject([
    { body: { person: 'margaret', found: 'regressed' } },
  ]);
});
