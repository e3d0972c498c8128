import { expect, test } from 'vitest';
import { noticesOf, silenceText } from '../../../src/domain/ruling/notices.ts';
import { aMessage, TIERS } from '../../support/messages.ts';

const window = aMessage({}, TIERS[2]);

test('silence of a window does not let it run while what is watched is not healthy, and says so', () => {
  const { ruling, action } = window;
  if (!('route' in ruling)) throw new Error('nobody is asked');
  expect(silenceText(ruling, action)).toBe(
    'If nobody decides, on-call is paged and it runs. It does not run if the page cannot be delivered, or if a watched metric is not healthy by then.',
  );
  expect(silenceText(ruling, {})).not.toContain('watched');
});

test('people are told what stands in the way, who denied it before, and what is ill already', () => {
  const notices = noticesOf({
    ...window.ruling,
    holds: [{ id: 'hold-1', what: 'cart is on hold', liftedBy: ['linus'] }],
    deniedBefore: { actionId: 'a', by: 'ada', reason: 'no', at: 0 },
    outsideAlready: ['error-ratio is 0.3'],
  });
  expect(notices).toEqual([
    'On hold: nothing of it runs while cart is on hold; linus can lift it (hold-1)',
    'Denied before: ada denied the same at 1970-01-01T00:00:00.000Z, as a: no',
    expect.stringMatching(
      /^Outside its limits already: error-ratio is 0\.3\. The action is rolled back even if it improves this/,
    ),
  ]);
  expect(noticesOf(window.ruling)).toEqual([]);
});
