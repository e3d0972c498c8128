import { expect, test } from 'vitest';
import { practicePage } from '../../src/practice/action-page.ts';
import { CaseFaulty, prepare } from '../../src/practice/prepare.ts';
import { shippedCase, shippedCases } from './support.ts';

const CASES = await shippedCases();

test('there are bad ones of many kinds, and good ones among them', () => {
  const kinds = (is: 'good' | 'bad') =>
    new Set(CASES.flatMap(({ written }) => (written.is === is ? [written.kind] : [])));
  expect(kinds('bad').size).toBeGreaterThanOrEqual(10);
  expect(kinds('good').size).toBeGreaterThanOrEqual(4);
});

test.each(CASES.map((one) => [one.written.name, one] as const))(
  '%s is asked of somebody, and its page says what gives it away',
  async (_, one) => {
    const prepared = await prepare(one);
    const { state, readAt, facts, seat } = prepared;
    expect(state.status).toBe('waiting');
    expect(state.deadline).toBeGreaterThan(readAt);
    expect(facts.map(({ says }) => says)).toEqual(one.written.facts);
    const page = String(await practicePage(prepared, {}, { isOpen: true }));
    expect(page).toMatch(/<button class="approve">Approve<[\s\S]*<button class="deny">Deny</);
    expect(page).toContain('class="skip"');
    // The page may not tell which it is, nor may its address.
    expect(page).not.toContain(one.written.because);
    expect(prepared.actionId).toMatch(/^[\w-]+\.request-[0-9a-f]{8}$/);
    expect(seat).not.toBe('');
  },
);

test('a case whose page does not say it is refused, and so is one that asks nobody', async () => {
  const one = await shippedCase('good-one-more');
  const changed = (change: Partial<typeof one.written>) =>
    prepare({ ...one, written: { ...one.written, ...change } });
  await expect(changed({ facts: ['a comet comes'] })).rejects.toThrow(
    new CaseFaulty(`${one.file}: its page does not say "a comet comes"`),
  );
  // Of tier 3: it runs at once.
  const search = { ...one.written.asks, target: 'search' };
  await expect(changed({ asks: search, facts: [] })).rejects.toThrow(/nobody is asked/);
});

test('what was done before, and an edit, stand on the page as they do in the inbox', async () => {
  const edited = await prepare(await shippedCase('edited-parameter'));
  expect(edited.state).toMatchObject({
    revision: 2,
    action: { params: { count: 20 } },
    edits: [{ by: 'tomas' }],
  });
  expect(edited.seat).toBe('priya');
  const denied = await prepare(await shippedCase('denied-this-morning'));
  expect(denied.state.ruling).toMatchObject({ deniedBefore: { by: 'priya' } });
  expect(denied.facts[0]?.under).toBe('Deadline, and what silence does');
});
