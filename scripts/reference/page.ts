import type { z } from 'zod';
import { EXIT_STATUSES } from '../../src/cli/exit-statuses.ts';
import { actionSchema } from '../../src/config/action-types/actions.ts';
import { currentRuleSchema } from '../../src/config/action-types/current.ts';
import { rollbackSchema } from '../../src/config/action-types/plans.ts';
import { reconcileSchema } from '../../src/config/action-types/reconcile.ts';
import { COMPONENT_ANNOTATIONS, SCHEMAS, USER_ANNOTATIONS } from '../../src/config/catalog/entity.ts';
import { caseSchema } from '../../src/config/practice/schema.ts';
import { authSchema, elsewhere } from '../../src/config/rules/auth.ts';
import { namedRoute } from '../../src/config/rules/routes.ts';
import { approval, fileSchema } from '../../src/config/rules/rules.ts';
import { scenarioSchema } from '../../src/config/scenario/schema.ts';
import { metricQuery, strict } from '../../src/config/source/schema.ts';
import { MAX_PROPOSAL_BYTES, proposalSchema } from '../../src/contract/proposal.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { LOOKED_UP } from '../../src/domain/action/reconcile.ts';
import { MEASURED } from '../../src/domain/analysis/condition.ts';
import { ANSWERED } from '../../src/domain/analysis/success-condition.ts';
import { MOST_WITHDRAWALS } from '../../src/domain/approval/ballot.ts';
import { MOST_ANSWERED, MOST_EDITS, MOST_QUESTIONS } from '../../src/domain/approval/interventions.ts';
import { LONGEST_OPEN_MS } from '../../src/domain/attention/request-limits.ts';
import { MOST_LOOKED_INTO } from '../../src/domain/background/alternatives.ts';
import { LONGEST_DELEGATION_MS } from '../../src/domain/orders/delegation-order.ts';
import { MOST_ROUNDS } from '../../src/domain/record/conclusion.ts';
import { ASKED } from '../../src/domain/risk/left-behind.ts';
import { LONGEST_PINNED_MS } from '../../src/domain/ruling/resolve-route.ts';
import { MAX_DEPTH } from '../../src/domain/shared/json.ts';
import { boundsOf, type Row, rowsOf } from './rows.ts';

/** docs/reference.md. */
export function referencePage(): string {
  return [
    '# Reference',
    'Every key of the files of an installation, and what else has a fixed name or number. The guides explain; this page lists.',
    '`npm run reference` makes it from the schemas that check the files, so it says what `countersign check` accepts.',
    HOW_TO_READ,
    '## countersign.yaml',
    'One file. Of what is written in it, only addresses and secrets may come from the environment, as `${env.NAME}`: those under `environments`, `channels`, `findings`, `metricSources`, `governedSystems`, `credentialSources`, `databases`, `witnesses`, `gateway`, `alerts`, `reports` and `uiUrl`.',
    ...rulesSections(),
    '## Action types',
    'Each document of `actions/*.yaml` is one action type. [The guide](action-types.md) shows how to write one.',
    table(rowsOf(actionSchema)),
    '### Plans',
    'What is run: exactly one of `http`, `command`, `job`, `sql`, `flag`, `github`, `mcp` and `terraform`. In its texts `${params.NAME}`, `${target}`, `${action.id}`, `${environment.name}` and `${environment.VARIABLE}` are filled in.',
    table(rowsOf(rollbackSchema)),
    '### Reconcile',
    'How an effect is looked up where nobody knows whether it ran: exactly one of `http` and `command`, and both conditions. In its address and its arguments the same `${...}` are filled in as in plans.',
    table(rowsOf(reconcileSchema)),
    '### Current values',
    'Where the value that a parameter has now is read: one of `metric`, `http` and `command`, or none of them; or `selects` alone. In addresses, arguments and queries the same `${...}` are filled in as in plans. `value` is written in [CEL](https://cel.dev) and sees `answer`, which is the JSON that was read, and `target` and `params` of the request.',
    table(rowsOf(currentRuleSchema)),
    '### Conditions',
    CONDITIONS,
    '## The catalog',
    "`catalog/*.yaml` holds entities in Backstage's format. What carries an annotation of Countersign, or is an agent, is checked strictly; of everything else, what is not understood is a note ([compatibility](compatibility.md#catalogs)).",
    ...catalogSections(),
    '## Scenarios',
    'A file that `countersign exercise` plays ([guide](exercises.md)). It is no part of an installation. Where it says a time, that is how long after `begins`.',
    table(rowsOf(scenarioSchema)),
    '## Practice cases',
    'A file that `countersign practice` asks people about ([guide](practice.md)). It is no part of an installation.',
    table(rowsOf(caseSchema)),
    '## Fixed limits',
    grid(['what', 'at most'], FIXED_LIMITS),
    'Of what an agent proposes:',
    grid(
      ['member of the proposal', 'at most'],
      boundsOf(proposalSchema).map(({ path, most }) => [code(path), most]),
    ),
    '## Exit statuses',
    'Of every command of `countersign`:',
    grid(
      ['status', 'it says'],
      Object.entries(EXIT_STATUSES).map(([status, says]) => [status, says]),
    ),
    '## Search attributes',
    'Workflows have them in Temporal, for lists and filters. A worker registers them when it starts. None holds a secret or a text of an agent.',
    grid(
      ['name', 'type', 'it says'],
      entriesOf(searchAttributes).map(([name, { name: registered, type }]) => [
        code(registered),
        type,
        ATTRIBUTES[name],
      ]),
    ),
  ]
    .map((part) => `${part.trim()}\n`)
    .join('\n');
}

const HOW_TO_READ = `A key in a list is written \`list[].key\`, and \`NAME\` stands for a name that you choose. Where it says *required*, the key must be there
if what is around it is. A text with \`\${\`, \`{\`, \`:\` or \`#\` in it needs quotation marks, as everywhere in YAML.

| type | what it is |
|---|---|
| name | 1 to 100 letters, digits, \`.\`, \`_\` or \`-\`, with a letter or a digit first |
| duration | hours, minutes and seconds: \`90s\`, \`5m\`, \`24h\`, \`1h30m\` |
| date, or date and time | \`2026-12-18\`, which is its first moment, or \`2026-12-18T18:00\` |
| time of day | \`"09:00"\`, up to \`"24:00"\` |
| time zone | a name of the IANA database: \`Europe/Berlin\` |
| public key | an Ed25519 key: 43 characters of base64url |
| mapping | the keys in the rows that follow |`;

/** The keys of countersign.yaml in the order of the page. */
const RULES: readonly (readonly [heading: string, keys: readonly (keyof typeof fileSchema.shape)[]])[] = [
  ['The installation', ['name', 'environments', 'onCall', 'admitWithin', 'uiUrl']],
  ['Who decides', ['approval', 'window', 'review', 'approvals', 'approvalRules']],
  ['Who is told', ['routes', 'schedules', 'businessHours']],
  ['Attention', ['attention']],
  ['Drills', ['drills']],
  ['What stops actions', ['limits', 'calendar']],
  ['Agents and how things stand', ['standing', 'ledger', 'doubt', 'drift', 'live']],
  ['The gateway', ['gateway']],
  ['Alerts', ['alerts']],
  ['Channels', ['channels']],
  ['Findings', ['findings']],
  ['Witnesses of the ledger', ['witnesses', 'witnessesNeeded']],
  ['Reports', ['reports']],
  [
    'Metric sources and governed systems',
    ['metricSources', 'governedSystems', 'credentialSources', 'databases'],
  ],
];

function rulesSections(): string[] {
  const told = RULES.flatMap(([, keys]) => keys);
  const untold = Object.keys(fileSchema.shape).filter((name) => !told.some((each) => each === name));
  if (untold.length > 0)
    throw new Error(`the page says nothing of ${untold.join(', ')}: put them into RULES`);
  const all = rowsOf(fileSchema);
  return [
    ...RULES.flatMap(([heading, keys]) => [
      `### ${heading}`,
      table(keys.flatMap((name) => all.filter(({ path }) => path.split(/[.[]/)[0] === name))),
    ]),
    '### Approvals',
    'Who must approve: `atLeast` with `of`, or `allOf`, or `anyOf`, at any depth ([guide](approvals.md)).',
    table(rowsOf(approval)),
    '### Routes',
    'Whom to tell, in which order. The steps are a list, or have names and say what comes next ([guide](escalation.md)). `window.route` and `approval.route` also say `onSilence`.',
    table(rowsOf(namedRoute)),
    '### Auth',
    'What proves to another system who asks ([guide](credentials.md)). At least one of these:',
    table(rowsOf(authSchema)),
    '### Secrets',
    'A secret is a text, which comes from the environment as `"${env.NAME}"`, or it is read when it is needed, from exactly one of these:',
    table(rowsOf(elsewhere)),
    '### Queries',
    'Where one number is read.',
    table(rowsOf(metricQuery)),
  ];
}

const CONDITION_VARIABLES: Readonly<Record<keyof typeof MEASURED, string>> = {
  result: 'the number that was measured',
  baseline: 'the same number just before the action',
};
const SUCCESS_VARIABLES: Readonly<Record<keyof typeof ANSWERED, string>> = {
  status: 'the status of the answer',
  answer: 'the body of the answer, as JSON',
};
const RECONCILE_VARIABLES: Readonly<Record<keyof typeof LOOKED_UP, string>> = {
  status: 'the HTTP status, or the exit status of a program',
  answer: 'what was answered or printed, as JSON',
  text: 'the same as it came',
};
const LEAVES_VARIABLES: Readonly<Record<keyof typeof ASKED, string>> = {
  params: 'the parameters of the action',
  target: 'the service that it is about',
  environment: 'the name of the environment',
};

function variables<Name extends string>(
  where: string,
  types: Readonly<Record<Name, string>>,
  meanings: Readonly<Record<Name, string>>,
) {
  return entriesOf(types).map(([name, type]) => [where, code(name), type, meanings[name]]);
}

const CONDITIONS = [
  'A condition is written in [CEL](https://cel.dev) and gives true or false. It sees these variables and nothing else.',
  grid(
    ['where', 'variable', 'type in CEL', 'what it is'],
    [
      ...variables('`successCondition`, `failureCondition`', MEASURED, CONDITION_VARIABLES),
      ...variables('`success.condition`', ANSWERED, SUCCESS_VARIABLES),
      ...variables('`reconcile.present`, `reconcile.absent`', LOOKED_UP, RECONCILE_VARIABLES),
      ...variables('`leaves[].when`', ASKED, LEAVES_VARIABLES),
    ],
  ),
  'CEL does not mix whole numbers and doubles in arithmetic: write `baseline * 2.0`. A number that is missing, too old or no number is an error, never healthy; so is `baseline` where there was none. Ask for a parameter that may be missing with `has(params.NAME)` first: a `when` that cannot be evaluated makes unknown what is left behind.',
].join('\n\n');

const HEAD = /^(apiVersion|kind|metadata)(\.|$)/;

function catalogSections(): string[] {
  const common = rowsOf(SCHEMAS.Component).filter(({ path }) => HEAD.test(path));
  return [
    '### Of every kind',
    table(
      common.map((row) =>
        row.path === 'kind' ? { ...row, type: Object.keys(SCHEMAS).map(code).join(', ') } : row,
      ),
    ),
    ...Object.entries(SCHEMAS).flatMap(([kind, schema]) => [
      `### ${kind}`,
      table(rowsOf(schema).filter(({ path }) => !HEAD.test(path))),
    ]),
    '### Annotations of a Component',
    table(rowsOf(annotationsIn(COMPONENT_ANNOTATIONS))),
    '### Annotations of a User',
    table(rowsOf(annotationsIn(USER_ANNOTATIONS))),
  ];
}

/** Each of them may be left out. */
const annotationsIn = (own: Readonly<Record<string, z.ZodType>>) =>
  strict(Object.fromEntries(Object.entries(own).map(([name, schema]) => [name, schema.optional()])));

const DAY_MS = 24 * 3_600_000;
const days = (ms: number) => `${ms / DAY_MS} days`;

const FIXED_LIMITS: readonly (readonly [string, string])[] = [
  ['bytes of a proposal, as JSON', String(MAX_PROPOSAL_BYTES)],
  ['depth of parameters', `${MAX_DEPTH} levels`],
  ['edits of one action', String(MOST_EDITS)],
  ['questions about one action', String(MOST_QUESTIONS)],
  ['characters of an answer to a question', String(MOST_ANSWERED)],
  ['votes of one action that are withdrawn', String(MOST_WITHDRAWALS)],
  ['times that people are asked about one action, where it becomes worse', String(MOST_ROUNDS)],
  ['alternatives of one action of which it is found what they would be ruled', String(MOST_LOOKED_INTO)],
  ['a delegation', days(LONGEST_DELEGATION_MS)],
  ['a route that asks for the time', days(LONGEST_PINNED_MS)],
  ['an open request counts against its agent', days(LONGEST_OPEN_MS)],
];

const ATTRIBUTES: Readonly<Record<keyof typeof searchAttributes, string>> = {
  tier: 'the tier of the ruling, 1 to 4',
  status: '`running`, `waiting` or `closed`',
  agent: 'the agent that asked',
  actionType: 'what it asked for',
  target: 'on which service',
  environment: 'in which environment',
  outcome: 'how it ended, once it has',
  deadline: 'until when people can decide, where they are asked',
};

const table = (rows: readonly Row[]): string =>
  grid(
    ['key', 'type', 'default', 'meaning', 'example'],
    rows.map(({ path, type, required, usual, meaning, example }) => [
      code(path),
      type,
      required ? '*required*' : usual === undefined ? '' : code(usual),
      meaning,
      example === undefined ? '' : code(example),
    ]),
  );

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function entriesOf<Name extends string, Value>(table: Readonly<Record<Name, Value>>) {
  return Object.entries(table) as [Name, Value][];
}
