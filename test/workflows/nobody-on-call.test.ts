import { expect, test, vi } from 'vitest';
import type { StepTemplate } from '../../src/domain/escalation/route-template.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const STEPS: readonly StepTemplate[] = [
  { notify: 'schedule:sre', by: 'mail', waitMs: 30 * MINUTE },
  { notify: 'group:catalog-team', by: 'mail', waitMs: 20 * MINUTE },
];

const { rules } = testInstallation().installation;

const unattended: Partial<Installation> = {
  rules: {
    ...rules,
    approval: { ...rules.approval, route: { steps: STEPS, onSilence: 'deny' } },
    schedules: {
      sre: {
        timeZone: 'UTC',
        overrides: [{ from: Date.now() + 3 * DAY, until: Date.now() + 4 * DAY, person: 'linus' }],
      },
    },
  },
};

const world = useWorld({ installation: () => unattended });

test('where nobody is on call the next ones are told at once, and people have no less time', async () => {
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().until(action, 'waiting');
  await vi.waitFor(async () => expect((await action.state()).deliveries).toHaveLength(2), PATIENCE);

  const { openedAt = 0, deadline, deliveries } = await action.state();
  expect(deadline).toBe(openedAt + 50 * MINUTE);
  expect(deliveries.map(({ step, whom, delivered, detail }) => [step, whom, delivered, detail])).toEqual([
    ['route-1', 'sre', false, 'nobody is on call'],
    ['route-2', 'catalog-team', true, expect.any(String)],
  ]);
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
});
