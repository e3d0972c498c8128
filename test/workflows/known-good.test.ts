import { expect, test } from 'vitest';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { deployByHand } from '../support/by-hand.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

/** Deployments to checkout proceed on silence, and the version that runs now is read. */
const readsTheVersion = (adminUrl: string): Partial<Installation> => {
  const { actionTypes, services } = testInstallation().installation;
  const { 'version.deploy': type } = actionTypes;
  const { checkout } = services;
  if (!type || !checkout) throw new Error('the installation has both');
  const url = `${adminUrl}/\${target}`;
  return {
    services: { ...services, checkout: { ...checkout, serviceTier: 3 } },
    actionTypes: {
      ...actionTypes,
      [type.name]: {
        ...type,
        tier: { 1: 2, 2: 2, 3: 2, 4: 2 },
        current: { version: { source: { by: 'http', url, value: 'answer.version', timeoutMs: 2_000 } } },
      },
    },
  };
};

const world = useWorld({ installation: readsTheVersion });

test('a version that a watch found healthy is one to go back to', async () => {
  await deployByHand(world().storefront, '2.3.1');
  const good = await world().asked(deploy('2.4.0'));
  expect((await good.state()).ruling).toMatchObject({ tier: 2, mode: 'executeAfterWindow' });
  await world().decide('grace', 'approve', good);
  expect(await endOf(world(), good)).toMatchObject({ kind: 'succeeded' });

  const next = await world().asked(deploy('2.3.1'));
  const { ruling, findings = [] } = await next.state();
  expect(ruling).toMatchObject({ tier: 2, mode: 'executeAfterWindow' });
  expect(findings.filter(({ kind }) => kind === 'notKnownGood')).toEqual([]);
  await world().decide('grace', 'deny', next);
});

test('an action whose rollback leads to a version that was rolled back is never left to silence', async () => {
  const bad = await world().countersign.propose(deploy('2.5.0'));
  await world().decide('grace', 'approve', bad);
  expect(await endOf(world(), bad)).toMatchObject({ kind: 'rolledBack' });
  await deployByHand(world().storefront, '2.5.0');

  const action = await world().asked(deploy('2.4.0'));
  const { ruling, findings, impact } = await action.state();
  const text = expect.stringMatching(
    /^its rollback leads to version "2\.5\.0", which is not known to be good: the action that set it last was rolled back on \d{4}-\d\d-\d\d/,
  );
  expect(ruling).toMatchObject({
    tier: 3,
    mode: 'executeWithApproval',
    reasons: expect.arrayContaining([text]),
  });
  expect(ruling?.context.reversible).toBe(false);
  expect(impact?.rollbackDifficulty).toBe(4);
  expect(findings).toContainEqual({ kind: 'notKnownGood', parameter: 'version', weight: 3, text });
  expect(findings?.map((finding) => finding.text).join()).toContain(bad.actionId);
  expect(world().mailsOf(action)[0]?.text).toContain('not known to be good');
  await world().skip(action, 31 * MINUTE);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'expired' });
  expect(await world().effectsOf(action)).toEqual([]);
});
