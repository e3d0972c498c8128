import { expect, test } from 'vitest';
import { accounting, type MonthlyAccount } from '../../../src/domain/reports/monthly.ts';
import { approvedAndDone, Book, DAY, DEPLOY, Recorded, readers, THAT_MONTH } from './support.ts';

function accountOf(book: Book, isProduction = (_: string) => true): MonthlyAccount {
  const account = accounting(THAT_MONTH, readers, isProduction);
  for (const entry of book.entries) account.add(entry);
  for (const id of account.older()) account.complete(book.entries.filter(({ actionId }) => actionId === id));
  return account.account();
}

test('each action that touched production has the three questions answered', () => {
  const book = new Book();
  const done = approvedAndDone(book);
  expect(accountOf(book).actions).toEqual([
    {
      actionId: done.id,
      title: 'deploy 2.4.0 to checkout',
      at: expect.any(Number),
      agent: 'deploy-agent',
      service: 'checkout',
      environment: 'production',
      tier: 3,
      outcome: 'succeeded',
      whoGaveTheAuthority: 'grace signed "approve".',
      whatLimitedIt: expect.stringMatching(
        /^It was ruled tier 3 by the rules [0-9a-f]{12}\. 1 of checkout-team or sre-on-call had to approve: grace, linus, margaret/,
      ),
      howItWasDecided: 'People approved it. It ended as succeeded: 6 measurements within their limits.',
    },
  ]);
});

test('an action of tier 1 was let run by the rules, and no person was asked', () => {
  const book = new Book();
  new Recorded(book).ruled().admitted().executed().closed('rolledBack', 'error-ratio failed');
  expect(accountOf(book).actions).toMatchObject([
    {
      tier: 1,
      whoGaveTheAuthority: expect.stringMatching(
        /^The rules [0-9a-f]{12} let this run at once; .* review it\.$/,
      ),
      whatLimitedIt: expect.stringMatching(/^It was ruled tier 1 by the rules/),
      howItWasDecided: 'No person was asked. It ended as rolledBack: error-ratio failed.',
    },
  ]);
});

test('what was denied, refused or only tried outside of production did not touch it', () => {
  const book = new Book();
  new Recorded(book, DEPLOY).ruled().decided('grace', 'deny').closed('deniedByPerson');
  new Recorded(book, { idempotencyKey: 'refused' })
    .ruled()
    .admitted()
    .executed({ kind: 'refused' })
    .closed('failed');
  expect(accountOf(book).actions).toEqual([]);
  approvedAndDone(book, { ...DEPLOY, idempotencyKey: 'elsewhere' });
  expect(accountOf(book, () => false).actions).toEqual([]);
});

test('an action counts in the month in which it ran, also where it is not over, or ends in the next', () => {
  const book = new Book();
  const late = new Recorded(book, DEPLOY, THAT_MONTH.until - 10 * 60_000)
    .ruled()
    .decided('grace', 'approve')
    .admitted()
    .executed();
  late.later(DAY).closed('succeeded');
  const early = { ...DEPLOY, idempotencyKey: 'early' };
  new Recorded(book, early, THAT_MONTH.from - DAY)
    .ruled()
    .decided('grace', 'approve')
    .admitted()
    .executed()
    .later(2 * DAY)
    .closed('succeeded');
  expect(accountOf(book).actions).toMatchObject([
    { actionId: late.id, outcome: null, howItWasDecided: 'People approved it. It is not over.' },
  ]);
});

test('totals by tier, agent and service: what ran, how it ended, and what no person approved', () => {
  const book = new Book();
  approvedAndDone(book);
  new Recorded(book).ruled().admitted().executed().closed('rolledBack');
  new Recorded(book, { idempotencyKey: 'b' }).ruled().admitted().executed().closed('succeeded');
  expect(accountOf(book).totals).toEqual({
    tier: [
      { of: 'tier 1', ran: 2, succeeded: 1, wentWrong: 1, unapproved: 2 },
      { of: 'tier 3', ran: 1, succeeded: 1, wentWrong: 0, unapproved: 0 },
    ],
    agent: [
      { of: 'cache-agent', ran: 2, succeeded: 1, wentWrong: 1, unapproved: 2 },
      { of: 'deploy-agent', ran: 1, succeeded: 1, wentWrong: 0, unapproved: 0 },
    ],
    service: [
      { of: 'catalog', ran: 2, succeeded: 1, wentWrong: 1, unapproved: 2 },
      { of: 'checkout', ran: 1, succeeded: 1, wentWrong: 0, unapproved: 0 },
    ],
  });
});

test('where its ruling was erased, the report says that it ran, and that no more can be told', () => {
  const book = new Book();
  const done = approvedAndDone(book);
  const { actions, untold } = accountOf(book.erase('ruled'));
  expect(actions).toEqual([]);
  expect(untold).toMatchObject({ count: 1, first: [{ about: done.id }] });
});

test('an action that is lost may have run, also where no attempt is on record', () => {
  const book = new Book();
  new Recorded(book, DEPLOY).ruled().decided('grace', 'approve').admitted().lost();
  expect(accountOf(book).actions).toMatchObject([{ outcome: null }]);
});
