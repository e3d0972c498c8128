import { expect, test } from 'vitest';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { decideBy, formOf, untilClosed, useDecidedWorld, votesOf } from './decided-world.ts';

const { rules } = testInstallation().installation;

/** Two of the cart team must let it run before its window ends. */
const at = useDecidedWorld({
  rules: { ...rules, window: { ...rules.window, approval: { atLeast: 2, of: ['owners'] } } },
});

test('INVARIANT 4: of 50 approvals that one person sends at once, from two browsers, one counts', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const signedIn = await Promise.all([gateway.signedIn('barbara'), gateway.signedIn('barbara')]);
  const forms = await Promise.all(
    signedIn.map(async (browser) => ({ browser, fields: await formOf(browser, action) })),
  );
  const answers = await Promise.all(
    Array.from({ length: 25 }, (_, n) =>
      forms.map(({ browser, fields }) =>
        browser.form(`/actions/${action.actionId}/decide`, {
          ...fields,
          verdict: 'approve',
          reason: `number ${n}`,
        }),
      ),
    ).flat(),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(303));
  expect(await votesOf(action)).toEqual([
    { person: 'barbara', verdict: 'approve', authentication: 'session' },
  ]);
  expect((await action.state()).status).toBe('waiting');
  expect(await world.effectsOf(action)).toEqual([]);

  await decideBy(await gateway.signedIn('edsger'), action, { verdict: 'approve' });
  await untilClosed(action);
  expect(await world.effectsOf(action)).toEqual(['flushCache']);
});
