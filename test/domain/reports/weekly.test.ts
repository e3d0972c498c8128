import { describe, expect, test } from 'vitest';
import { MOST_NOTED } from '../../../src/domain/reports/noted.ts';
import { AUDITED, type Audited, auditing, type WeeklyAudit } from '../../../src/domain/reports/weekly.ts';
import { approvedAndDone, Book, DAY, DEPLOY, NOON, Recorded, readers, THAT_WEEK } from './support.ts';

function auditOf(book: Book, from = 0): WeeklyAudit {
  const audit = auditing(THAT_WEEK, readers);
  for (const entry of book.entries.slice(from)) audit.add(entry);
  for (const id of audit.older()) audit.complete(book.entries.filter(({ actionId }) => actionId === id));
  return audit.audit();
}

/** What it tells of one kind. */
const told = (audit: WeeklyAudit, name: Audited) => audit[name].first.map(({ what }) => what);

/** All that it tells of. */
const named = (audit: WeeklyAudit) => AUDITED.filter((name) => audit[name].count > 0);

test('a week in which all went as it must has figures, and nothing else', () => {
  const book = new Book();
  approvedAndDone(book);
  const audit = auditOf(book);
  expect(named(audit)).toEqual([]);
  expect(audit).toMatchObject({ entries: 5, rulings: 1, ended: { succeeded: 1 } });
});

test('what is before the week or after it is in no figure', () => {
  const book = new Book();
  new Recorded(book, DEPLOY, THAT_WEEK.from - DAY).ruled().executed();
  new Recorded(book, DEPLOY, THAT_WEEK.until).ruled().executed();
  expect(auditOf(book)).toMatchObject({ entries: 0, rulings: 0, violations: { count: 0 } });
});

describe('violations that the ledger shows', () => {
  const violations = (write: (book: Book) => unknown) => {
    const book = new Book();
    write(book);
    return told(auditOf(book), 'violations');
  };

  test('an effect that nothing ruled on', () => {
    expect(violations((book) => new Recorded(book, DEPLOY).executed())).toEqual([
      'it ran, and nothing had ruled on it',
    ]);
  });

  test('an effect that was not let run', () => {
    expect(violations((book) => new Recorded(book, DEPLOY).ruled().executed())).toEqual([
      'it ran, and was not let run',
    ]);
  });

  test('denied, and it ran', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY)
        .ruled()
        .decided('grace', 'deny')
        .admitted()
        .executed()
        .closed('deniedByPerson'),
    );
    expect(found).toEqual([
      'it was let run, although it was settled deniedByPerson: grace denied it: not now',
      'it ended as deniedByPerson, and its effect stands',
    ]);
  });

  test('it waits for people, and it ran', () => {
    expect(violations((book) => new Recorded(book, DEPLOY).ruled().admitted().executed())).toEqual([
      'it was let run, although people are waited for, and it is not settled',
    ]);
  });

  test('an approval that its person did not sign', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY).ruled().decided('grace', 'approve', 'ada').admitted(),
    );
    expect(found).toEqual(['it was let run, and what people signed does not approve it']);
  });

  test('an approval of somebody who may not approve', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY).ruled().decided('edsger', 'approve').admitted(),
    );
    expect(found).toEqual(['it was let run, and what people signed does not approve it']);
  });

  test('another action than the one that was ruled on', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY).ruled().decided('grace', 'approve').admitted('another').executed(),
    );
    expect(found).toEqual(['what was let run is not what was ruled on', 'what ran is not what was let run']);
  });

  test('an effect that comes twice', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY).ruled().decided('grace', 'approve').admitted().executed().executed(),
    );
    expect(found).toEqual(['it ran twice']);
  });

  test('a refused attempt is no effect', () => {
    const found = violations((book) =>
      new Recorded(book, DEPLOY).ruled().executed({ kind: 'refused' }).closed('failed'),
    );
    expect(found).toEqual([]);
  });

  test('where what was recorded is erased nothing is proved, and the report says what was erased', () => {
    const book = new Book();
    approvedAndDone(book);
    book.erase('settled');
    const audit = auditOf(book);
    expect(told(audit, 'violations')).toEqual([]);
    expect(told(audit, 'erased')).toEqual(['what it said was erased: it was "settled"']);
  });

  test('an action that began before the report reads is judged by all that is on record about it', () => {
    const book = new Book();
    approvedAndDone(book);
    expect(named(auditOf(book, 2))).toEqual([]);
  });
});

describe('what else it tells', () => {
  test('who had what erased, and why', () => {
    const book = new Book();
    approvedAndDone(book);
    book.write('erasureOrdered', 'deploy-agent.one', NOON, {
      person: 'radia',
      reason: 'a name of a customer',
      entries: [1, 3],
    });
    expect(told(auditOf(book), 'erasures')).toEqual([
      'radia had erased what entries 1, 3 of the ledger said: a name of a customer',
    ]);
  });

  test('who broke the glass, for what, and why', () => {
    const book = new Book();
    new Recorded(book, DEPLOY)
      .ruled()
      .settled({ kind: 'brokenGlass', by: 'linus', incident: 'INC-7', reason: 'checkout is down' });
    expect(told(auditOf(book), 'brokenGlass')).toEqual([
      'linus broke the glass for INC-7: checkout is down.',
    ]);
  });

  test('lost actions, and whether a person ended them since', () => {
    const book = new Book();
    new Recorded(book, DEPLOY).ruled().lost();
    const other = { ...DEPLOY, idempotencyKey: 'other' };
    new Recorded(book, other).ruled().lost().closed('lost');
    expect(told(auditOf(book), 'lost')).toEqual([
      'its workflow was terminated',
      'its workflow was terminated; a person ended it since',
    ]);
  });

  test('pages that nobody answered, and pages that did not arrive', () => {
    const book = new Book();
    new Recorded(book, DEPLOY)
      .ruled()
      .told({})
      .told({ step: 'route-2', delivered: false, whom: 'group:checkout-team', detail: 'the pager is down' })
      .settled({ kind: 'expired', reason: 'nobody decided before the deadline' })
      .closed('expired');
    expect(told(auditOf(book), 'unansweredPages')).toEqual([
      'the page to group:checkout-team did not arrive: the pager is down',
      'on-call got a page, and nobody decided in time',
    ]);
  });

  test('a window that passes in silence is no page that nobody answered', () => {
    const book = new Book();
    new Recorded(book, DEPLOY).ruled().told({}).settled({ kind: 'proceed' }).closed('succeeded');
    expect(told(auditOf(book), 'unansweredPages')).toEqual([]);
  });

  test('reviews that became overdue: those that say so, and those that nobody closed', () => {
    const requirement = {
      atLeast: 1,
      group: 'catalog-team',
      approvers: [{ person: 'edsger', keys: [] }],
      excluded: [],
    };
    const review = { withinMs: 3_600_000, requirement };
    const book = new Book();
    const ran = (key: string) =>
      new Recorded(book, { idempotencyKey: key })
        .ruled()
        .admitted()
        .executed()
        .closed('succeeded', 'well', { review });
    ran('says-so').later(7_200_000).reviewed({ kind: 'overdue' });
    ran('nobody-closed');
    ran('made').reviewed({ kind: 'agreed', by: ['edsger'] });
    const due = new Date(NOON + 3 * 60_000 + 3_600_000).toISOString();
    const what = `its review was due at ${due} for edsger (catalog-team), and nobody made it`;
    expect(auditOf(book).overdueReviews.first).toMatchObject([
      { about: 'cache-agent.nobody-closed', what },
      { about: 'cache-agent.says-so', what },
    ]);
  });

  test('anomalies: of decisions, and of an agent that asks for too much', () => {
    const book = new Book();
    const hold = { id: 'anomaly-1', reason: 'fast' };
    book.write('holdPlaced', 'anomaly-1', NOON, {
      hold,
      order: { rule: 'tooFast', reason: 'ada decides within a second' },
    });
    book.write('holdPlaced', 'hold-1', NOON, {
      hold,
      order: { kind: 'hold', person: 'ada', reason: 'a migration' },
    });
    book.write('refusedAtAdmit', 'cache-agent.a', NOON, { digest: 'd', anomaly: '31 of 30 in an hour' });
    expect(told(auditOf(book), 'anomalies')).toEqual([
      'the rule tooFast: ada decides within a second',
      'its agent asks for too much: 31 of 30 in an hour',
    ]);
  });

  test('changes of standing, in the words of explanations', () => {
    const key = { agent: { id: 'cache-agent', version: '1.4.0' }, actionType: 'cache.flush', serviceTier: 3 };
    const book = new Book();
    book.write('granted', 'standing/cache-agent', NOON, {
      key,
      level: 2,
      by: 'grace',
      reason: 'sixty good nights',
      orderId: 'o',
    });
    book.write('demoted', 'standing/cache-agent', NOON + 1, {
      key,
      actionId: 'cache-agent.a',
      because: 'rolledBack',
      reason: 'errors',
    });
    expect(told(auditOf(book), 'standing')).toEqual([
      'grace granted cache-agent 1.4.0 level 2 (conditional) for cache.flush on tier-3 services on 2026-11-26: sixty good nights',
      'cache-agent.a had to be taken back on 2026-11-26: its agent lost a level: errors',
    ]);
  });

  test('changes of the rules, with the commit and who approved it', () => {
    const change = { file: 'countersign.yaml', kind: 'changed', difference: '' };
    const commit = { id: 'abc', author: 'Ada <ada@x>', at: NOON, subject: 'Looser', approvedBy: ['Grace'] };
    const origin = { kind: 'repository', head: 'abc', uncommitted: ['policies/a.cedar'], commits: [commit] };
    const book = new Book();
    const rules = { digest: 'd', before: 'c', digests: {}, files: {}, changes: [change], origin };
    book.write('rulesChanged', 'rules/storefront', NOON, rules);
    book.write('rulesChanged', 'rules/storefront', NOON + 1, {
      ...rules,
      origin: { kind: 'unknown', reason: 'no repository' },
    });
    expect(told(auditOf(book), 'rules')).toEqual([
      'countersign.yaml was changed; abc by Ada <ada@x>, "Looser" (approved by Grace); not committed: policies/a.cedar',
      'countersign.yaml was changed; nobody knows who changed it: no repository',
    ]);
  });

  test('entries that somebody changed', () => {
    const book = new Book();
    const entry = book.write('told', 'cache-agent.a', NOON, { deliveries: [] });
    book.entries[0] = { ...entry, kind: 'unreadable', body: { reason: 'row 1 of the ledger was changed' } };
    expect(told(auditOf(book), 'unreadable')).toEqual(['entry 1: row 1 of the ledger was changed']);
  });

  test('of a flood it counts all, and tells the first', () => {
    const book = new Book();
    for (let i = 0; i < MOST_NOTED + 50; i += 1)
      new Recorded(book, { ...DEPLOY, idempotencyKey: `flood-${i}` }).executed();
    const { violations } = auditOf(book);
    expect([violations.count, violations.first.length]).toEqual([MOST_NOTED + 50, MOST_NOTED]);
  });
});
