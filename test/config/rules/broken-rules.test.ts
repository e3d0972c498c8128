import { describe } from 'vitest';
import { testBroken } from '../broken.ts';

const file = 'countersign.yaml';

describe('the shape of countersign.yaml', () => {
  testBroken([
    {
      rule: 'an unknown key is named with the one that is closest',
      file,
      replace: 'review:\n  within: 24h',
      by: 'review:\n  within: 24h\n  aproval: {}',
      problem: 'review.aproval: unknown key; did you mean "approval"?',
    },
    {
      rule: 'an environment is production or it is not',
      file,
      replace: '    adminUrl:',
      by: '    production: sometimes\n    adminUrl:',
      problem: 'environments.production.production: must be true or false',
    },
    {
      rule: 'nothing from outside says whether an environment is production',
      file,
      replace: '    adminUrl:',
      by: '    production: ${env.SMTP_URL}\n    adminUrl:',
      problem: 'environments.production.production: must be true or false',
    },
    {
      rule: 'a variable of an environment is a text',
      file,
      replace: '    adminUrl:',
      by: '    shops: 3\n    adminUrl:',
      problem: 'environments.production.shops: must be a text',
    },
    {
      rule: 'a key that is written twice is refused',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\nadmitWithin: 30m',
      problem: 'this key is written twice: keep one of them',
    },
    {
      rule: 'what is not YAML is named at its place',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: @15m',
      problem: 'this is not YAML: Plain value cannot start with reserved character @',
    },
    {
      rule: 'a duration is longer than nothing',
      file,
      replace: 'wait: 5m',
      by: 'wait: 0m',
      problem: 'window.route.steps.0.wait: must be longer than 0s',
    },
    {
      rule: 'a route has a step',
      file,
      replace: '    steps:\n      - { notify: owners, by: mail, wait: 5m }\n',
      by: '    steps: []\n',
      problem: 'window.route.steps: needs at least 1',
    },
    {
      rule: 'silence through a window proceeds',
      file,
      replace: 'onSilence: proceed',
      by: 'onSilence: deny # in a window',
      problem: 'window.route.onSilence: must be proceed: a window that nobody stops lets the action run',
    },
    {
      rule: 'silence never approves',
      file,
      replace: 'onSilence: deny',
      by: 'onSilence: proceed # without approval',
      problem: 'approval.route.onSilence: must be deny: silence never approves',
    },
    {
      rule: 'only on-call can be paged',
      file,
      replace: '{ notify: on-call, by: page, wait: 30m }',
      by: '{ notify: owners, by: page, wait: 30m }',
      problem:
        'approval.route.steps.1.notify: must be on-call, as only on-call can be paged; or write by: mail, or an integration key for it in channels.pager.keys',
    },
    {
      rule: 'people are reached in a way that exists',
      file,
      replace: '{ notify: on-call, by: page, wait: 30m }',
      by: '{ notify: on-call, by: fax, wait: 30m }',
      problem: 'approval.route.steps.1.by: must be one of mail, page, slack, webhook',
    },
    {
      rule: 'whoever approves is named in one of four ways',
      file,
      replace: 'approval: { atLeast: 1, of: [owners] }',
      by: 'approval: { atLeast: 1, of: [owner] }',
      problem: 'review.approval.of.0: must be owners, data-owners, on-call or group:name',
    },
    {
      rule: 'somebody must approve',
      file,
      replace: 'approval: { atLeast: 1, of: [owners] }',
      by: 'approval: { atLeast: 0, of: [owners] }',
      problem: 'review.approval.atLeast: must be at least 1',
    },
    {
      rule: 'every environment has its own name already',
      file,
      replace: '    adminUrl:',
      by: '    name: prod\n    adminUrl:',
      problem:
        'environments.production.name: this name is not allowed: it must not be "name", which every environment has',
    },
    {
      rule: 'mail comes from one plain address',
      file,
      replace: 'from: countersign@storefront.example',
      by: 'from: Countersign <countersign@storefront.example>',
      problem: 'channels.mail.from: must be one plain address, such as ada@example.com',
    },
    {
      rule: 'a metric source is of one kind',
      file,
      replace: '    openmetrics:\n',
      by: '    prometheus: { url: "http://prometheus.example" }\n    openmetrics:\n',
      at: '  storefront:',
      problem:
        'metricSources.storefront: needs exactly one of cloudwatch, datadog, http, openmetrics, prometheus',
    },
    {
      rule: 'there is one document',
      file,
      replace: 'channels:',
      by: '---\nchannels:',
      at: 'channels:',
      problem: 'is a second document: write all in one',
    },
  ]);
});

describe('the people that rules name', () => {
  testBroken([
    {
      rule: 'on-call is somebody',
      file,
      replace: 'onCall: group:sre-on-call',
      by: 'onCall: group:sre-oncall',
      problem: 'onCall: group:sre-oncall is not in the catalog; did you mean "group:sre-on-call"?',
    },
    {
      rule: 'a group that is mailed exists',
      file,
      replace: '{ notify: owners, by: mail, wait: 5m }',
      by: '{ notify: group:release-managers, by: mail, wait: 5m }',
      problem:
        'window.route.steps.0.notify: group:release-managers is not in the catalog; known: group:cart-team, group:catalog-team, group:checkout-team, group:platform-ai, group:security, group:sre-on-call, group:storefront-engineering, group:web-team',
    },
    {
      rule: 'enough people may approve once the side of the agent is left out',
      file,
      replace: 'of: [owners] }',
      by: 'of: [group:sre-on-call] }',
      at: 'approval: { atLeast: 1, of: [group:sre-on-call] }',
      problem:
        'review.approval: 1 of sre-on-call must approve what scaler-agent asks for on web (and 3 more pairs of agent and service), and 0 can: add people to it who do not own scaler-agent',
    },
    {
      rule: 'as many as must approve are there',
      file,
      replace: 'approval: { atLeast: 1, of: [owners] }',
      by: 'approval: { atLeast: 2, of: [owners] }',
      problem:
        'review.approval: 2 of checkout-team must approve what deploy-agent asks for on checkout (and 1 more pairs of agent and service), and 1 can: add people to it who do not own deploy-agent',
    },
    {
      rule: 'who grants levels is somebody',
      file,
      replace: 'grantedBy: group:storefront-engineering',
      by: 'grantedBy: group:storefront-enginering',
      problem:
        'standing.grantedBy: group:storefront-enginering is not in the catalog; did you mean "group:storefront-engineering"?',
    },
    {
      rule: 'who grants levels is written with its kind',
      file,
      replace: 'grantedBy: group:storefront-engineering',
      by: 'grantedBy: storefront-engineering',
      problem: 'standing.grantedBy: must be group:name or user:name',
    },
    {
      rule: 'the gateway has an address',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: countersign, keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem: 'gateway.url: must be the address of its pages, such as https://countersign.example',
    },
    {
      rule: 'the gateway has a host of its own',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: "https://c.example/approvals", keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem: 'gateway.url: the gateway needs a host of its own, without a path: leave out what follows it',
    },
    {
      rule: 'the address of the gateway has no query',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: "https://c.example?a=b", keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem: 'gateway.url: the gateway needs a host of its own, without a path: leave out what follows it',
    },
    {
      rule: 'people sign in over https, other than on this machine',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: "http://c.example", keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem:
        'gateway.url: other than on this machine, people sign in over https alone: begin it with https://',
    },
    {
      rule: 'the address of the gateway has no password',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: "https://me:pass@c.example", keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem: 'gateway.url: holds a user name or a password, which everybody would see: leave them out',
    },
    {
      rule: 'the gateway has a key',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: https://c.example, keys: [] }',
      problem: 'gateway.keys: needs the key that the gateway signs with',
    },
    {
      rule: 'the keys of the gateway are keys',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: https://c.example, keys: [secret] }',
      problem:
        'gateway.keys.0: must be an Ed25519 public key, 43 characters of base64url: the gateway says its own when it starts',
    },
    {
      rule: 'a key of the gateway is written once',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: https://c.example, keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo, 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo] }',
      problem: 'gateway.keys: names a key twice: leave one out',
    },
    {
      rule: 'a step-up begins at a tier at which something is decided',
      file,
      replace: 'admitWithin: 15m',
      by: 'admitWithin: 15m\ngateway: { url: https://c.example, keys: [11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo], stepUpFromTier: 4 }',
      problem: 'gateway.stepUpFromTier: must be 1, 2 or 3',
    },
    {
      rule: 'somebody who may approve gets a mail',
      file,
      replace: '    steps:\n      - { notify: owners, by: mail, wait: 15m }',
      by: '    steps: # of approval\n      - { notify: group:platform-ai, by: mail, wait: 15m }',
      problem:
        'approval.route.steps: nobody who may approve what cache-agent asks for on web (and 13 more pairs of agent and service) gets a mail: add a step that mails owners or on-call',
    },
  ]);
});
