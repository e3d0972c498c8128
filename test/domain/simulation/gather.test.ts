import { describe, expect, test } from 'vitest';
import { chain, GENESIS, type NewEntry, type ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { caseBeside, caseOf } from '../../../src/domain/simulation/case.ts';
import { gathering, gatheringShadow } from '../../../src/domain/simulation/gather.ts';
import type { RecordedRuling } from '../../../src/domain/simulation/recorded-ruling.ts';
import { folderWith, recordedBy } from './support.ts';

const folder = folderWith();
const ruling = recordedBy(folder);
const { actionId, proposal, action, impact, ruling: ruled } = ruling;

let seq = 0;
function entry(kind: NewEntry['kind'], body: unknown, step = String(seq), at = seq): ReadEntry {
  seq += 1;
  const eventId = `${actionId}/run-1/${kind}/${step}`;
  const plain = JSON.parse(JSON.stringify(body)) as Json;
  return chain({ ...GENESIS, seq }, { eventId, actionId, kind, at, body: plain });
}

const ruledEntry = (step?: string) => entry('ruled', { proposal, action, impact, ruling: ruled }, step);

describe('what is read of the ledger', () => {
  const gathered = (...entries: readonly ReadEntry[]) => {
    const asked: RecordedRuling[] = [];
    const { add, gathered: result } = gathering((recorded) => {
      asked.push(recorded);
      return caseOf(folder, folder, recorded);
    });
    for (const each of entries) add(each);
    return { ...result(), asked };
  };

  test('is each ruling with who had edited it, and what became of it', () => {
    const { cases, asked, endings } = gathered(
      ruledEntry(),
      entry('edited', { by: 'grace', reason: 'less', params: {}, jws: 'x' }),
      ruledEntry(),
      entry('closed', { outcome: { kind: 'succeeded' }, record: {} }),
    );
    expect(asked.map(({ editors }) => editors)).toEqual([[], ['grace']]);
    expect(cases.map((each) => each.class)).toEqual(['unchanged', 'unchanged']);
    expect(endings.get(actionId)?.outcome).toBe('succeeded');
  });

  test.each<[string, () => ReadEntry, RegExp]>([
    [
      'without what was assessed',
      () => entry('ruled', { proposal, action, impact: {}, ruling: ruled }),
      /not recorded in full/,
    ],
    ['of another form', () => entry('ruled', { action }), /^entry \d+ of the ledger cannot be read$/],
    [
      'that somebody changed',
      () => ({ ...ruledEntry(), kind: 'unreadable', body: { reason: 'changed' } }),
      /^entry \d+ of the ledger cannot be read$/,
    ],
  ])('but not a ruling %s', (_, make, why) => {
    const { cases, unread } = gathered(make());
    expect(cases).toEqual([]);
    expect(unread).toMatchObject([{ actionId, why: expect.stringMatching(why) }]);
  });
});

test('a ruling that nothing can be made of hides no other', () => {
  const { add, gathered } = gathering((recorded) => {
    if (recorded.editors.length === 0) throw new Error('of another time');
    return caseOf(folder, folder, recorded);
  });
  for (const each of [ruledEntry(), entry('edited', { by: 'grace' }), ruledEntry()]) add(each);
  expect(gathered()).toMatchObject({
    cases: [{ class: 'unchanged' }],
    unread: [{ actionId, why: 'ruling on it failed: of another time' }],
  });
});

describe('what a shadow said', () => {
  const shadowed = (of: string, body: object) =>
    entry('shadowed', { of: `${actionId}/run-1/ruled/${of}`, active: 'a', ...body });
  const compared = (of: string, candidate: string) =>
    shadowed(of, { kind: 'compared', candidate, case: caseBeside(folder.installation, folder, ruling) });
  const said = (...entries: readonly ReadEntry[]) => {
    const { add, gathered } = gatheringShadow();
    for (const each of entries) add(each);
    return gathered();
  };

  test('counts for the latest candidate alone', () => {
    const { cases, latest, ofEarlierCandidates } = said(
      ruledEntry('1'),
      compared('1', 'old'),
      ruledEntry('2'),
      compared('2', 'new'),
    );
    expect({ cases: cases.length, latest, ofEarlierCandidates }).toMatchObject({
      cases: 1,
      latest: { active: 'a', candidate: 'new' },
      ofEarlierCandidates: 1,
    });
  });

  test('names the rulings that it was not asked about, since there was a candidate', () => {
    const { unread } = said(ruledEntry('0'), ruledEntry('1'), compared('1', 'new'), ruledEntry('2'));
    expect(unread).toMatchObject([{ why: 'the candidate was not asked' }]);
  });

  test('names a faulty candidate', () => {
    const { cases, unread, latest } = said(
      ruledEntry('1'),
      shadowed('1', { kind: 'faulty', why: 'is faulty: x' }),
    );
    expect({ cases, unread, latest }).toMatchObject({
      cases: [],
      unread: [{ why: 'the candidate is faulty: x' }],
      latest: undefined,
    });
  });

  test('of another form is not read', () => {
    expect(said(ruledEntry('1'), entry('shadowed', { kind: 'compared' })).unread).toMatchObject([
      { why: expect.stringContaining('cannot be read') },
    ]);
  });
});
