import { expect, test } from 'vitest';
import { asked, proposalOf } from '../../examples/storefront/demo/agent.ts';
import type { ActionState } from '../../src/domain/record/action-state.ts';
import { actionPage } from '../../src/gateway/pages/index.ts';
import { mayOf } from '../../src/gateway/routes/may.ts';
import { actionData, loadStorefront, NOW, waitingState } from '../support/page-data.ts';

const storefront = await loadStorefront();
const waiting = waitingState(storefront, proposalOf(asked.raiseTimeout, 'raise-timeout'));
const { ruling } = waiting;
if (!ruling || !('route' in ruling)) throw new Error('nobody is asked');
const holding: ActionState = {
  ...waiting,
  ruling: { ...ruling, route: { ...ruling.route, holdMs: 900_000 } },
};
const [person = ''] =
  'group' in ruling.requirement ? ruling.requirement.approvers.map((each) => each.person) : [];

const mayAcknowledge = (state: ActionState, who = person, now = NOW) =>
  mayOf(state, undefined, who, now).acknowledge === true;

test('whoever may decide can hold the next step, once, where the route holds for it', () => {
  expect(mayAcknowledge(holding)).toBe(true);
  expect(mayAcknowledge(waiting)).toBe(false);
  expect(mayAcknowledge(holding, 'samira')).toBe(false);
  expect(mayAcknowledge({ ...holding, acknowledgements: [{ person, at: NOW }] })).toBe(false);
  expect(mayAcknowledge({ ...holding, acknowledgements: [{ person: 'samira', at: NOW }] })).toBe(true);
  expect(mayAcknowledge(holding, person, waiting.deadline)).toBe(false);
});

test('it is a form of its own, which asks for no second proof', async () => {
  const stepUp = { passkey: true, totp: true };
  const may = { approve: true, deny: true, acknowledge: true };
  const page = String(await actionPage(actionData(storefront, undefined, { may, stepUp })));
  const forms = page.split('<form').filter((form) => form.includes('name="verdict" value="acknowledge"'));
  expect(forms).toHaveLength(1);
  expect(forms[0]).toContain('I am looking at it');
  expect(forms[0]?.split('</form>')[0]).not.toMatch(/passkey|assertion|code/);
  expect(page).toMatch(/value="approve"[\s\S]*name="assertion"/);
  const without = String(
    await actionPage(actionData(storefront, undefined, { may: { approve: true, deny: true } })),
  );
  expect(without).not.toContain('I am looking at it');
});
