import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const file = 'countersign.yaml';
const LIST =
  '  route:\n    steps:\n      - { notify: owners, by: mail, wait: 15m }\n      - { notify: on-call, by: page, wait: 30m }\n    onSilence: deny\n';

const SCHEDULES = `
businessHours: { timeZone: Europe/Berlin, days: [mon, fri], from: "09:00", to: "17:00" }
schedules:
  sre:
    timeZone: Europe/Berlin
    rotation: { people: [linus, noor], from: 2026-01-05T09:00, every: 168h }
`;

/** The example with these named steps as its route of tier 3, and this at its top. */
const graphed = (steps: string, top = SCHEDULES, more = '') =>
  edited(
    {
      file,
      replace: LIST,
      by: `  route:\n    onSilence: deny\n    start: first${more}\n    steps:\n${steps}`,
    },
    { file, replace: 'admitWithin: 15m', by: `admitWithin: 15m\n${top}` },
  );
const line = (text: string) => `      ${text}\n`;
const FIRST = line('first: { notify: owners, by: mail, wait: 10m, next: second }');
const problemsOf = async (folder: string) => (await faultsOf(folder)).map(({ problem }) => problem);

describe('a graph of steps', () => {
  test('is read as a list that begins at its start, by number', async () => {
    const steps =
      line('last: { wait: 5m, next: end }') +
      line('again: { repeat: first, times: 2, next: last }') +
      line('second: { when: businessHours, next: last, else: again }') +
      FIRST;
    const loaded = await loadInstallation(
      await graphed(steps, SCHEDULES, '\n    hold: 15m'),
      STOREFRONT_ENV,
      cedar,
    );
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.rules.approval.route).toEqual({
      onSilence: 'deny',
      holdMs: 900_000,
      steps: [
        { name: 'first', notify: 'owners', by: 'mail', waitMs: 600_000, next: 3 },
        { name: 'last', waitMs: 300_000, next: 4 },
        { name: 'again', repeatFrom: 0, times: 2, next: 1 },
        { name: 'second', when: 'businessHours', next: 1, else: 2 },
      ],
    });
  });

  test.each([
    [
      'a step that is not there',
      line('second: { wait: 1m, next: thrid }') + line('third: { wait: 1m, next: end }'),
      ['approval.route.steps.second.next: is no step; did you mean "third"?'],
    ],
    [
      'a step without a next one',
      line('second: { wait: 1m }'),
      ['approval.route.steps.second.next: is missing: write a text'],
    ],
    [
      'a step that nothing leads to',
      line('second: { wait: 1m, next: end }') + line('alone: { wait: 1m, next: end }'),
      ['approval.route.steps.alone: is reached by no other step'],
    ],
    [
      'a way that never ends',
      line('second: { wait: 1m, next: first }'),
      [
        'approval.route.steps.first: leads back to itself, and may never end: write a step with repeat, which counts',
      ],
    ],
    [
      'a step of no form',
      line('second: { notify: owners, next: end }'),
      [
        'approval.route.steps.second: needs exactly one of these forms: notify, by, wait, next; or wait, next; or repeat, times, next; or when, else, next',
      ],
    ],
    [
      'a repeat that is not bounded',
      line('second: { repeat: first, times: 11, next: end }'),
      ['approval.route.steps.second.times: must be at most 10'],
    ],
    [
      'a condition that is none',
      line('second: { when: moonlight, next: end, else: end }'),
      ['approval.route.steps.second.when: must be one of businessHours, notDelivered'],
    ],
    [
      'a condition of two kinds',
      line('second: { when: { nobodyOnCall: sre, atLeast: 3 }, next: end, else: end }'),
      ['approval.route.steps.second.when: needs exactly one of: nobodyOnCall; category with atLeast'],
    ],
    [
      'a schedule that is not there',
      line('second: { notify: "schedule:sra", by: mail, wait: 1m, next: end }'),
      ['approval.route.steps.second.notify: sra is not among schedules; did you mean "sre"?'],
    ],
    [
      'nobody on call in a schedule that is not there',
      line('second: { when: { nobodyOnCall: dba }, next: end, else: end }'),
      ['approval.route.steps.second.when: dba is not among schedules; known: sre'],
    ],
    [
      'a channel that is not there',
      line('second: { notify: owners, by: slack, wait: 1m, next: end }'),
      ['approval.route.steps.second.by: needs channels.slack: write how it is reached'],
    ],
    [
      'a page for which there is no key',
      line('second: { notify: "schedule:sre", by: page, wait: 1m, next: end }'),
      [
        'approval.route.steps.second.notify: must be on-call, as only on-call can be paged; or write by: mail, or an integration key for it in channels.pager.keys',
      ],
    ],
    [
      'a person who is not there',
      line('second: { notify: "user:nobody", by: mail, wait: 1m, next: end }'),
      [expect.stringContaining('user:nobody is not in the catalog')],
    ],
    [
      'who is on call in more than 30 days',
      line('second: { when: { nobodyOnCall: sre }, next: third, else: end }') +
        line('third: { wait: 720h, next: end }'),
      [
        'approval.route.steps: takes more than 30 days, and who is on call by then is not known: wait less, or repeat less often',
      ],
    ],
    [
      'an unknown key',
      line('second: { wait: 1m, next: end, times_: 3 }'),
      ['approval.route.steps.second.times_: unknown key; did you mean "times"?'],
    ],
  ])('with %s is refused', async (_, steps, problems) => {
    expect(await problemsOf(await graphed(FIRST + steps))).toEqual(problems);
  });

  test('that asks too soon whether a message arrived is refused', async () => {
    const steps =
      line('first: { notify: owners, by: mail, wait: 0s, next: second }') +
      line('second: { when: notDelivered, next: end, else: end }');
    expect(await problemsOf(await graphed(steps))).toEqual([
      'approval.route.steps.second.when: asks whether a message arrived that was given no time to: let the step before it wait',
    ]);
  });

  test('on one way of which nobody who may approve gets a mail is refused', async () => {
    const steps =
      line('first: { when: businessHours, next: day, else: night }') +
      line('day: { notify: owners, by: mail, wait: 10m, next: end }') +
      line('night: { notify: on-call, by: page, wait: 10m, next: end }');
    expect(await problemsOf(await graphed(steps))).toEqual([
      expect.stringMatching(
        /^approval.route.steps: nobody who may approve .* gets a mail: add a step that mails owners/,
      ),
    ]);
  });

  test('that asks for business hours needs to know them', async () => {
    const steps = FIRST + line('second: { when: businessHours, next: end, else: end }');
    expect(await problemsOf(await graphed(steps, ''))).toEqual([
      'approval.route.steps.second.when: needs businessHours: write at the top when people are at work',
    ]);
  });

  describe('that waits until business hours', () => {
    const waiting = line('second: { wait: until businessHours, next: third }');
    const third = line('third: { notify: owners, by: mail, wait: 10m, next: end }');

    test('is as long as they may be over, and as clocks may change then', async () => {
      const loaded = await loadInstallation(await graphed(FIRST + waiting + third), STOREFRONT_ENV, cedar);
      if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
      // From Monday at 17:00 to Friday at 09:00.
      const [, step] = loaded.installation.rules.approval.route.steps;
      expect(step).toEqual({ name: 'second', waitMs: (88 + 2) * 3_600_000, until: 'businessHours', next: 2 });
    });

    test('needs to know them', async () => {
      expect(await problemsOf(await graphed(FIRST + waiting + third, ''))).toEqual([
        'approval.route.steps.second.wait: needs businessHours: write at the top when people are at work',
      ]);
    });

    test('tells nobody in the same step', async () => {
      const told = line('first: { notify: owners, by: mail, wait: until businessHours, next: end }');
      expect(await problemsOf(await graphed(told))).toEqual([
        'approval.route.steps.first.wait: may be "until businessHours" only in a step that tells nobody: write one after it',
      ]);
    });

    test('gives a message before it no time where they have begun', async () => {
      const steps =
        line('first: { notify: owners, by: mail, wait: 0s, next: second }') +
        waiting +
        line('third: { when: notDelivered, next: end, else: end }');
      expect(await problemsOf(await graphed(steps))).toEqual([
        'approval.route.steps.third.when: asks whether a message arrived that was given no time to: let the step before it wait',
      ]);
    });
  });

  test('needs a start', async () => {
    const folder = await edited({
      file,
      replace: LIST,
      by: `  route:\n    onSilence: deny\n    steps:\n${line('first: { notify: owners, by: mail, wait: 1m, next: end }')}`,
    });
    expect(await problemsOf(folder)).toEqual(['approval.route.start: is missing: write a text']);
  });
});

describe('the channels', () => {
  const withChannels = (channels: string) =>
    edited({
      file,
      replace: '  pager:\n    url: ${env.PAGER_URL}',
      by: `${channels}  pager:\n    url: \${env.PAGER_URL}`,
    });

  test.each([
    [
      'slack of two kinds',
      '  slack: { webhookUrl: "https://hooks.slack.example/x", channel: C0123456789 }\n',
      ["channels.slack: needs exactly one of: webhookUrl; channel, with the bot's token as auth.bearer"],
    ],
    [
      'a channel by its name',
      '  slack: { channel: "#ops", auth: { bearer: x } }\n',
      ['channels.slack.channel: must be the id of a channel, such as C0123456789'],
    ],
    [
      'a secret that signs nothing',
      '  webhook: { url: "https://x.example", secret: secret }\n',
      [
        'channels.webhook.secret: must be whsec_ and at least 24 bytes as base64: such as "whsec_" and what "openssl rand -base64 32" prints',
      ],
    ],
  ])('%s is refused', async (_, channels, problems) => {
    expect(await problemsOf(await withChannels(channels))).toEqual(problems);
  });
});
