import { afterEach, describe, expect, test } from 'vitest';
import type { Calendar, ChangeWindow } from '../../src/domain/calendar/calendar.ts';
import { localTime } from '../../src/domain/calendar/local-time.ts';
import type { Rules } from '../../src/domain/installation/installation.ts';
import { endOf } from '../support/agreement.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const world = useWorld();

/** From here on the worker goes by this calendar. */
async function calendar(changes: Partial<Calendar>, others: Partial<Rules> = {}): Promise<void> {
  const { digests: _, ...known } = world().installation;
  const written = { ...known.rules, ...others, calendar: { ...known.rules.calendar, ...changes } };
  await world().stopWorker();
  await world().startWorker({ installation: testInstallation({ ...known, rules: written }).installation });
}

const freezeIn = (ms: number): Partial<Calendar> => ({
  freezes: [{ name: 'year end', from: Date.now() + ms, until: Date.now() + ms + 24 * HOUR }],
});

/** Every day, from so many minutes after now to so many minutes after now. */
function windowIn(from: number, to: number): ChangeWindow {
  const minuteIn = (minutes: number) => {
    const { hour, minute } = localTime(Date.now() + minutes * MINUTE, 'UTC');
    return hour * 60 + minute;
  };
  return { days: [1, 2, 3, 4, 5, 6, 7], from: minuteIn(from), to: minuteIn(to) };
}

const flush = () => world().countersign.propose(proposal());
const flushCart = () => world().countersign.propose(proposal({ target: 'cart' }));

afterEach(() => calendar({}));

const FROZEN = expect.stringContaining('the freeze "year end" lets nothing run by itself until');

describe('a freeze', () => {
  test('INVARIANT 1: that begins while an action waits in its window leaves it to people: silence does not proceed', async () => {
    await calendar(freezeIn(3 * MINUTE));
    const action = await flushCart();
    await world().until(action, 'waiting');
    expect((await action.state()).ruling?.tier).toBe(2);
    await world().skip(action, 5 * MINUTE);
    await world().untilAskedAgain(action);
    expect((await action.state()).ruling).toMatchObject({
      mode: 'executeWithApproval',
      reasons: expect.arrayContaining(['asked again: the freeze "year end" has begun', FROZEN]),
    });
    await world().decide('edsger', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('that is over by the end of the window does not stop it', async () => {
    const { freezes = [] } = freezeIn(MINUTE);
    await calendar({ freezes: freezes.map((freeze) => ({ ...freeze, until: freeze.from + 2 * MINUTE })) });
    const action = await flushCart();
    await world().until(action, 'waiting');
    await world().skip(action, 5 * MINUTE);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('leaves what runs at once otherwise to people, and runs it when they approve', async () => {
    await calendar(freezeIn(-MINUTE));
    const action = await flush();
    await world().until(action, 'waiting');
    const { ruling } = await action.state();
    expect(ruling).toMatchObject({
      mode: 'executeWithApproval',
      reasons: expect.arrayContaining([FROZEN, 'so it needs people: tier 3']),
    });
    await world().decide('edsger', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('that began before they approved sends it back to them: they may not have known of it', async () => {
    await calendar(freezeIn(2 * MINUTE));
    const action = await world().countersign.propose(deploy('2.4.0'));
    await world().until(action, 'waiting');
    await world().skip(action, 3 * MINUTE);
    await world().decide('grace', 'approve', action);
    await world().untilAskedAgain(action);
    expect(await world().effectsOf(action)).toEqual([]);
    await world().decide('grace', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('INVARIANT 1: that begins while an action waits for room in a limit leaves it to people', async () => {
    // Of an agent that runs nothing else here: what ran before it would count.
    const limits: Rules['limits'] = [
      { kind: 'rate', per: ['agent', 'service'], atMost: 1, withinMs: 10 * MINUTE },
    ];
    const asked = () => proposal({ agent: { id: 'deploy-agent', version: '2.0.1' } });
    await calendar(freezeIn(5 * MINUTE), { limits });
    const first = await world().countersign.propose(asked());
    expect((await first.result()).outcome.kind).toBe('succeeded');
    const second = await world().countersign.propose(asked());
    await world().until(second, 'admitting');
    await world().skip(second, 10 * MINUTE);
    await world().untilAskedAgain(second);
    expect((await second.state()).ruling).toMatchObject({ tier: 3 });
    expect(await world().effectsOf(second)).toEqual([]);
  });
});

describe('outside its change window', () => {
  const OUTSIDE = expect.stringContaining('it is outside the change window of the service, which opens');

  test('an action is left to people', async () => {
    await calendar({ windows: [windowIn(120, 180)] });
    const action = await flush();
    await world().until(action, 'waiting');
    expect((await action.state()).ruling).toMatchObject({
      tier: 3,
      reasons: expect.arrayContaining([OUTSIDE]),
    });
    await world().decide('edsger', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('an action that began to wait inside of it is left to people', async () => {
    await calendar({ windows: [windowIn(-60, 3)] });
    const action = await flushCart();
    await world().until(action, 'waiting');
    expect((await action.state()).ruling?.tier).toBe(2);
    await world().skip(action, 5 * MINUTE);
    await world().untilAskedAgain(action);
    expect((await action.state()).ruling).toMatchObject({
      tier: 3,
      reasons: expect.arrayContaining([OUTSIDE]),
    });
    await world().decide('edsger', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('of another service an action runs as ever', async () => {
    await calendar({ windows: [{ ...windowIn(120, 180), services: ['checkout'] }] });
    expect((await (await flush()).result()).outcome.kind).toBe('succeeded');
  });
});
