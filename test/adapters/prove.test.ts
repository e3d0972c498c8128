import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { type Compared, type Proof, type Proofs, prove } from '../../src/adapters/cedar/prove.ts';
import { POLICY_ACTIONS } from '../../src/domain/policy/policy.ts';

const compared: Compared = {
  before: ['permit (principal is Agent, action == Action::"recommend", resource);'],
  after: ['permit (principal is Agent, action, resource);'],
  vocabulary: { actionTypes: ['cache.flush'], environments: ['production'] },
};

/** What cedar 4.14.1 printed, with cvc5 1.4.2 behind it. */
const VERIFIED = '✓ Policy set 1 implies policy set 2: VERIFIED\n';
const DOES_NOT_HOLD = `✗ Policy set 1 implies policy set 2: DOES NOT HOLD
  Counterexample found:
principal: Agent::"", action: Action::"executeAfterWindow", resource: Service::""
context: {actionType: ActionType::"cache.flush", riskScore: 68}
entities: [
  Action::"breakGlass",
  Environment::"production",
  ActionType::"cache.flush",
  Agent::"",
]
`;

/** A program in the place of the Cedar CLI, which keeps what it is given, and answers so. */
async function withCedar(
  script: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ proofs: Proofs; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'prove-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'bin'));
  const program = join(folder, 'bin/cedar');
  await writeFile(
    program,
    `#!/bin/bash
while [ $# -gt 0 ]; do
  case "$1" in
    --action) action=$(echo "$2" | cut -d'"' -f2);;
    --schema) cp "$2" "${folder}/schema-$action";;
    --policies1) cp "$2" "${folder}/after-$action";;
    --policies2) cp "$2" "${folder}/before-$action";;
    --principal-type|--resource-type) types="$types$2 ";;
  esac
  shift
done
env > "${folder}/env"
echo "$types" > "${folder}/types-$action"
${script}
`,
  );
  await chmod(program, 0o755);
  const path = `${join(folder, 'bin')}:${process.env.PATH}`;
  return { proofs: await prove(compared, { ...env, PATH: path }), folder };
}

const printing = (text: string) => `cat <<'END'\n${text}END`;

const proofOf = (proofs: Proofs, action: (typeof POLICY_ACTIONS)[number]): Proof | undefined =>
  proofs.kind === 'asked' ? proofs.proofs[action] : undefined;

test('each kind of question is proved by itself, with its own principal and resource', async () => {
  const { proofs, folder } = await withCedar(printing(VERIFIED));
  expect(proofs.kind === 'asked' && Object.keys(proofs.proofs)).toEqual(POLICY_ACTIONS);
  expect(POLICY_ACTIONS.map((action) => proofOf(proofs, action)?.kind)).toEqual(
    POLICY_ACTIONS.map(() => 'proved'),
  );
  const types = (action: string) => readFile(join(folder, `types-${action}`), 'utf8');
  expect(await types('execute')).toBe('Agent Service \n');
  expect(await types('approve')).toBe('User Service \n');
  expect(await types('grant')).toBe('User Agent \n');
});

test('it is asked about the schema and both sets of policies, and what is asked is valid Cedar', async () => {
  const { folder } = await withCedar(printing(VERIFIED));
  for (const action of POLICY_ACTIONS) {
    expect(JSON.parse(await readFile(join(folder, `schema-${action}`), 'utf8'))['']).toBeDefined();
    const texts = await Promise.all(
      ['after', 'before'].map((each) => readFile(join(folder, `${each}-${action}`), 'utf8')),
    );
    expect(texts.map((text, i) => text.startsWith([...compared.after, ...compared.before][i] ?? ''))).toEqual(
      [true, true],
    );
    const [policies] = texts.map((text) => cedar.parse(text));
    expect(policies?.problems).toEqual([]);
    const { problems } = cedar.validate(
      compared.vocabulary,
      policies?.policies.map(({ text }) => text) ?? [],
    );
    expect(problems).toEqual([]);
  }
});

test('a request that is permitted now and was not before is shown, without the names of the schema', async () => {
  const { proofs } = await withCedar(printing(DOES_NOT_HOLD));
  expect(proofOf(proofs, 'execute')).toEqual({
    kind: 'counterexample',
    example: [
      'principal: Agent::"", action: Action::"executeAfterWindow", resource: Service::""',
      'context: {actionType: ActionType::"cache.flush", riskScore: 68}',
      'entities: [',
      '  Agent::"",',
      ']',
    ].join('\n'),
  });
});

test.each([
  ['nothing', 'true'],
  ['another sentence', 'echo "VERIFIED, perhaps"'],
  ['that it is verified, and fails', `${printing(VERIFIED)}\nexit 1`],
  ['that its solver gave up', 'echo "Analysis failed: solver returned unknown" >&2; exit 1'],
  ['so much that its first words are lost', 'yes x | head -c 20000'],
])('INVARIANT 7: a program that says %s has proved nothing', async (_, script) => {
  const { proofs } = await withCedar(script);
  expect(proofOf(proofs, 'execute')?.kind).toBe('notKnown');
});

test.each([
  [
    'built without the analysis',
    'echo "Error: subcommand symcc is experimental, but this executable was not built with analyze experimental feature enabled" >&2; exit 1',
    'this cedar was built without the feature analyze',
  ],
  ['too old', `echo "error: unrecognized subcommand 'symcc'" >&2; exit 2`, 'this cedar is older than 4.11'],
  [
    'without a solver',
    'echo "Analysis failed: CVC5 solver not found or failed to start" >&2; exit 1',
    'cedar does not find its solver, cvc5',
  ],
])('a program that is %s is no prover', async (_, script, why) => {
  expect((await withCedar(script)).proofs).toEqual({ kind: 'noProver', why });
});

test('without the program nothing is proved', async () => {
  expect(await prove(compared, { PATH: '/nowhere' })).toEqual({
    kind: 'noProver',
    why: 'there is no program cedar on the PATH',
  });
});

test('the program gets none of the installation’s secrets', async () => {
  const { folder } = await withCedar(printing(VERIFIED), { PAGER_ROUTING_KEY: 'secret', CVC5: '/opt/cvc5' });
  const env = await readFile(join(folder, 'env'), 'utf8');
  expect(env).toContain('CVC5=/opt/cvc5');
  expect(env).not.toContain('secret');
});
