import { describe, expect, it } from 'vitest';
import { renderMail } from '../../src/adapters/mail/render.ts';
import { OUTCOMES } from '../../src/domain/action/outcome.ts';
import type { MessageKind } from '../../src/domain/record/announcement.ts';
import type { Impact } from '../../src/domain/risk/impact.ts';
import { aMessage, TIERS } from '../support/messages.ts';

const KINDS: readonly MessageKind[] = [
  'approvalRequested',
  'windowOpened',
  'proceeding',
  'recommended',
  'rolledBack',
  'rollbackFailed',
  'targetHeld',
  'closed',
  'reviewDue',
  'reviewOverdue',
  'anomaly',
];

const AGENT_BLOCK = 'Written by the agent deploy-agent, verified by nobody';

describe('a mail', () => {
  it('says in text what will run, what is asked, and last what the agent wrote', () => {
    const message = aMessage();
    expect(renderMail(message, ['grace', 'linus'], { uiUrl: 'https://ui.storefront.example' })).toMatchObject(
      {
        subject: 'Approval needed: deploy 2.5.1 to checkout (production)',
        text: `APPROVAL NEEDED
deploy 2.5.1 to checkout

An agent asks to do this. It runs only if people approve it.

AT A GLANCE
  In short        version.deploy never ran on checkout before; asked because operators want it so on services of tier 1, as checkout is; whether an incident is open is not known
  Where           checkout, a service of tier 1, in production
  Same before     not on record before, among the newest 200 of its type
  Incident        not known: nobody stated where incidents are read
  Watch           error-ratio is read until 3 seconds after the effect; what comes later, or shows elsewhere, is not seen; the agent's one success criterion is not measured by name
  Rollback        there is one; nobody stated what it leaves behind
  Who asks        deploy-agent, level 3 of 3 (scoped autonomy) for version.deploy on tier-1 services; it never did this before

THE ACTION
  Type            version.deploy
  Target          checkout, a service of tier 1
  Environment     production
  Agent           deploy-agent 1.4.0, owned by group:platform-ai
  Tier            3: runs only if people approve it
  Change          version: "2.4.0" -> "2.5.1"
  Parameters
      {
        "version": "2.5.1"
      }
  Request
      PUT http://storefront.example/admin/checkout/version
  Request body
      {
        "version": "2.5.1"
      }
  Request limit   given up after 5 seconds
  Rollback
      POST http://storefront.example/admin/checkout/undo
  Rollback body
      {
        "operation": "deploy-agent.deploy-2.5.1"
      }
  Rollback limit  given up after 5 seconds
  Watched         error-ratio: regressed when result > 0.02, healthy when result <= 0.02; read 3 times, every 1 second
  Action id       deploy-agent.deploy-2.5.1

WHAT IS ASKED OF YOU
  Approve it or deny it by 2026-03-14 15:30:00 UTC.
  Silence is not approval: if nobody decides, it expires and nothing is run.
  Asked in turn: checkout-team by mail, with 15 minutes to answer; then sre-on-call by page, with 15 minutes to answer. That is 30 minutes in all.
  Once approved it must start within 15 minutes, or it expires.
  This went to    grace, linus

IMPACT
  Risk            60 of 100
  Severity        performance 2, security 0, dataAccess 0, serviceDisruption 4 (of 4)
  Needed by       directly: web; through others: none
  Rollback        difficulty 2 of 4
  Cost            of being wrong: not known; of an hour of waiting: not known
  Why             version.deploy is declared performance 1 of 4
  Why             checkout is a service of tier 1: performance 2 of 4
  Why             version.deploy is declared serviceDisruption 3 of 4
  Why             checkout is a service of tier 1: serviceDisruption 4 of 4
  Why             web depends on checkout
  Why             the most critical is web, of tier 2: checkout <- web
  Why             at checkout it is Thu 1970-01-01 00:00 UTC
  Why             on call for checkout: 2 people
  Why             its rollback is part of the action
  Why             no rollback of it ran lately on checkout
  Why             risk 60 of 100: severity 33.3 of 40, dependents 4.6 of 20, taking it back 10 of 20, record 0 of 12, service tier 12 of 12, size 0 of 8, live context 0 of 22
  Why             nobody stated what an hour of trouble with checkout costs
  Why             nothing like it is on record
  Why tier 3      this action on a tier-1 service is tier 3

WHAT POLICY SAYS
  Level           3 of 3
  Permitted       running it with approval is permitted by level-1-with-approval

WHO MAY DECIDE
  Needed          1 of checkout-team or sre-on-call; one denial is enough to stop it
  May decide      grace, linus, margaret
  May not         ada: platform-ai owns the agent deploy-agent, which asked for this

HOW TO DECIDE
  Digest
      ${message.ruling.digest}
  Run one of
      countersign decide deploy-agent.deploy-2.5.1 approve --reason "..."
      countersign decide deploy-agent.deploy-2.5.1 deny --reason "..."
  Open the action: https://ui.storefront.example/action%2Fdeploy-agent.deploy-2.5.1/0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77

------------------------------------------------------------------------
Written by the agent deploy-agent, verified by nobody
|   Why             82 % sure: Version 2.5.1 mends the rounding of totals.
|   Not chosen
|       40 % sure: Wait for 2.6.0
|       Why not: It is due in two weeks.
|   Evidence
|       Error log
|       214 totals were wrong by one cent today.
|   Expects to see, not measured  No total is wrong for an hour.
------------------------------------------------------------------------
`,
      },
    );
  });

  it('says in HTML the same things in the same order', () => {
    const { html } = renderMail(aMessage(), ['grace']);
    const said = html.replaceAll('<wbr>', '');
    const order = [
      '<h1',
      'The action',
      'PUT http://storefront.example/admin/checkout/version',
      'POST http://storefront.example/admin/checkout/undo',
      'What is asked of you',
      '2026-03-14 15:30:00 UTC',
      'Impact',
      'Who may decide',
      'How to decide',
      'countersign decide deploy-agent.deploy-2.5.1 approve --reason &quot;...&quot;',
      AGENT_BLOCK,
      'mends the rounding',
      'Wait for 2.6.0',
      '214 totals',
      'No total is wrong',
    ].map((words) => said.indexOf(words));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it('of every kind has a subject and a first sentence of its own', () => {
    const outcome = { kind: 'succeeded', reason: 'all well' } as const;
    const mails = KINDS.map((kind) => renderMail(aMessage({ kind, outcome }), ['grace']));
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(KINDS.length);
    expect(new Set(mails.map(({ text }) => text.split('\n')[3])).size).toBe(KINDS.length);
    for (const { subject, text } of mails) {
      expect(subject).toMatch(/: deploy 2\.5\.1 to checkout \(production\)$/);
      expect(text.split('\n')[3]).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('tells every outcome by itself, with its reason', () => {
    const mails = OUTCOMES.map((kind) =>
      renderMail(aMessage({ kind: 'closed', outcome: { kind, reason: 'because of the moon' } }), ['grace']),
    );
    expect(new Set(mails.map(({ subject }) => subject)).size).toBe(OUTCOMES.length);
    for (const { text } of mails) expect(text).toMatch(/What happened {3}.+: because of the moon/);
  });

  it('says that silence after a window runs the action, and only if on-call was paged', () => {
    const { text } = renderMail(aMessage({ kind: 'windowOpened' }, TIERS[2]), ['barbara']);
    expect(text).toContain('Deny it by 2026-03-14 15:30:00 UTC to stop it');
    expect(text).toContain(
      'on-call is paged and it runs. It does not run if the page cannot be delivered, or if a watched metric is not healthy by then.',
    );
    expect(text).not.toContain('Silence is not approval');
  });

  it('asks for a decision only where one is awaited', () => {
    const asking = KINDS.filter((kind) =>
      renderMail(aMessage({ kind }), []).text.includes('countersign decide'),
    );
    expect(asking).toEqual(['approvalRequested', 'windowOpened', 'reviewDue']);
  });

  it('names the review, not the action, where a review is decided on', () => {
    const change = { kind: 'reviewDue', workflowId: 'review/cache-agent.flush-1' } as const;
    const { text } = renderMail(aMessage(change, TIERS[1]), ['edsger']);
    expect(text).toContain('countersign decide review/cache-agent.flush-1 approve');
  });

  it('quotes an id that a shell would take apart', () => {
    const { text } = renderMail(aMessage({ workflowId: "action/x'; rm -rf / #" }), []);
    expect(text).toContain(`countersign decide 'x'\\''; rm -rf / #' approve`);
  });

  it('says plainly that an action cannot be rolled back', () => {
    const { text } = renderMail(aMessage({ kind: 'recommended' }, TIERS[4]), []);
    expect(text).toContain('none, this cannot be rolled back');
    expect(text).toContain('"migrate",\n        "--service",\n        "cart"');
  });

  it('names approvers who could not sign', () => {
    const message = aMessage();
    if (!('requirement' in message.ruling)) throw new Error('tier 3 has a requirement');
    const { requirement } = message.ruling;
    const approvers = [
      { person: 'grace', keys: [] },
      { person: 'linus', keys: ['key'] },
    ];
    const { text } = renderMail(
      { ...message, ruling: { ...message.ruling, requirement: { ...requirement, approvers } } },
      [],
    );
    expect(text).toContain('May decide      linus\n  Have no key     grace\n');
  });

  it('names each group that must approve, who approved before, and whom it still needs', () => {
    const message = aMessage();
    if (!('requirement' in message.ruling)) throw new Error('tier 3 has a requirement');
    const security = {
      atLeast: 1,
      group: 'security',
      approvers: [{ person: 'barbara', keys: ['key'] }],
      excluded: [{ person: 'ada', reason: 'asks for it' }],
    };
    const requirement = { allOf: [message.ruling.requirement, security] };
    const standing = { kind: 'open', by: ['grace'], missing: 1, needed: '1 of security' } as const;
    const { text } = renderMail({ ...message, standing, ruling: { ...message.ruling, requirement } }, []);
    expect(text).toContain(`WHO MAY DECIDE
  Needed          1 of checkout-team or sre-on-call, and 1 of security; one denial is enough to stop it
  Approved by     grace
  Still needed    1 of security
  May decide      for checkout-team or sre-on-call: grace, linus, margaret
  May decide      for security: barbara
  May not         ada: asks for it
`);
  });

  it('says who is mailed without an own time to answer', () => {
    const message = aMessage();
    if (!('route' in message.ruling)) throw new Error('tier 3 has a route');
    const { route } = message.ruling;
    const mail = { by: 'mail', whom: 'security', people: ['barbara'], waitMs: 0 } as const;
    const ruling = { ...message.ruling, route: { ...route, steps: [mail, ...route.steps] } };
    expect(renderMail({ ...message, ruling }, []).text).toContain(
      'Asked in turn: security by mail at once; then checkout-team by mail, with 15 minutes to answer;',
    );
  });

  it('says so when the request is too long to be judged from a mail', () => {
    const { text } = renderMail(aMessage({}, { params: { version: 'x'.repeat(9_000) } }), []);
    expect(text).toContain(
      'Not all of it is shown here (Parameters, Request body). Read the whole action before you decide.',
    );
    expect(renderMail(aMessage(), []).text).not.toContain('Not all of it');
  });

  it('says what waiting and being wrong cost, who needs the target, and how it ended before', () => {
    const message = aMessage();
    const impact: Impact = {
      ...message.impact,
      blastRadius: { ...message.impact.blastRadius, direct: { count: 3, names: ['web', 'app'] } },
      costs: { waitingPerHour: 100, beingWrong: 12.5, unstated: 0 },
      similar: {
        count: 2,
        outcomes: { rolledBack: 2 },
        last: [
          {
            actionId: 'a.1',
            target: 'cart',
            environment: 'staging',
            outcome: 'rolledBack',
            at: 1_773_500_000_000,
          },
          {
            actionId: 'a.2',
            target: 'cart',
            environment: 'production',
            outcome: 'rolledBack',
            at: 1_773_500_000_000,
            changed: 'count 9',
            reason: 'latency-p95 is 0.4, it was 0.2 before',
          },
        ],
      },
    };
    const { text } = renderMail({ ...message, impact }, []);
    expect(text).toContain(
      '  Cost            of being wrong: 12.5; of an hour of waiting: 100 if checkout is in trouble\n',
    );
    expect(text).toContain('directly: web, app and 1 more; through others: none\n');
    expect(text).toContain(
      '  Done before     2026-03-14 14:53:20 UTC on cart in staging: rolledBack (a.1)\n',
    );
    expect(text).toContain(
      'on cart in production: rolledBack with count 9: latency-p95 is 0.4, it was 0.2 before (a.2)\n',
    );
    const linked = renderMail({ ...message, impact }, [], { uiUrl: 'https://ui.storefront.example' });
    expect(linked.text).toContain('rolledBack (a.1) https://ui.storefront.example/action%2Fa.1\n');
    expect(linked.html).toContain('<a href="https://ui.storefront.example/action%2Fa.1">Open</a>');
  });

  it('points at letters that only look like others', () => {
    const { text } = renderMail(aMessage({}, { params: { version: '2.5.1 for \u0441heckout' } }), []);
    expect(text).toContain('letters of several alphabets are mixed in \\u{441}heckout.');
  });
});

it('names what is on hold before anybody decides in vain', () => {
  const message = aMessage();
  const hold = { id: 'hold-1', what: 'checkout is on hold since noon', liftedBy: ['margaret'] };
  const { text } = renderMail({ ...message, ruling: { ...message.ruling, holds: [hold] } }, ['grace']);
  expect(text).toContain(
    'On hold: nothing of it runs while checkout is on hold since noon; margaret can lift it (hold-1).',
  );
});
