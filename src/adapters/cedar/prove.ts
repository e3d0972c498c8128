import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Vocabulary } from '../../config/index.ts';
import {
  CONTEXT,
  GLASS_CONTEXT,
  GRANT_CONTEXT,
  MODES,
  POLICY_ACTIONS,
  type PolicyAction,
} from '../../domain/policy/policy.ts';
import { type Ended, runProgram } from '../run-program.ts';
import { schemaOf } from './schema.ts';

/** What the Cedar CLI says of one action: whether each request that the new policies permit was permitted by the old ones. */
export type Proof =
  | { readonly kind: 'proved' }
  /** A request that the new policies permit and the old ones did not, as the Cedar CLI prints it. */
  | { readonly kind: 'counterexample'; readonly example: string }
  | { readonly kind: 'notKnown'; readonly why: string };

export type Proofs =
  /** There is nothing here that could prove it. */
  | { readonly kind: 'noProver'; readonly why: string }
  | { readonly kind: 'asked'; readonly proofs: Readonly<Record<PolicyAction, Proof>> };

/** The texts of two sets of policies, and the names that either of them may use. */
export interface Compared {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly vocabulary: Vocabulary;
}

/** The time for one action, in milliseconds. The Cedar CLI gives its solver a minute for each question. */
const PATIENCE_MS = 150_000;

/**
 * Asks the Cedar CLI (cedar-policy-cli 4.11 or newer, built with the feature `analyze`, and cvc5) to prove that the policies after permit nothing
 * that those before did not: `cedar symcc ... implies`. Policies alone are compared, for every request that there can be and every hierarchy
 * of groups.
 *
 * @param env PATH says where `cedar` and `cvc5` are; CVC5 may name the solver
 */
export async function prove(
  { before, after, vocabulary }: Compared,
  env: NodeJS.ProcessEnv,
): Promise<Proofs> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-proof-'));
  try {
    const fileOf = async (name: string, content: string) => {
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    };
    const schema = await fileOf('schema.json', JSON.stringify(schemaOf(vocabulary)));
    const proofs: [PolicyAction, Proof][] = [];
    for (const action of POLICY_ACTIONS) {
      const possible = onlyPossible(action);
      const now = await fileOf('after.cedar', [...after, possible].join('\n'));
      const then = await fileOf('before.cedar', [...before, possible].join('\n'));
      const args = [
        ...['--principal-type', principalOf(action), '--action', `Action::"${action}"`],
        ...['--resource-type', action === 'grant' ? 'Agent' : 'Service'],
        ...['--schema', schema, '--schema-format', 'json'],
        ...['implies', '--policies1', now, '--policies2', then],
      ];
      const ended = await runProgram(['cedar', 'symcc', ...args], proverEnv(env), PATIENCE_MS);
      const missing = whyNoProver(ended);
      if (missing !== undefined) return { kind: 'noProver', why: missing };
      proofs.push([action, proofIn(ended)]);
    }
    return { kind: 'asked', proofs: Object.fromEntries(proofs) as Record<PolicyAction, Proof> };
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Attribute = keyof typeof CONTEXT;

/** The least and the most of a number. A schema cannot say it, and without it a counterexample is a request that there never is. */
const RANGES: Readonly<Record<NumberAttribute, readonly [number, number]>> = {
  serviceTier: [1, 4],
  performance: [0, 4],
  security: [0, 4],
  dataAccess: [0, 4],
  serviceDisruption: [0, 4],
  riskScore: [0, 100],
  rollbackDifficulty: [0, 4],
  directDependents: [0, Number.MAX_SAFE_INTEGER],
  transitiveDependents: [0, Number.MAX_SAFE_INTEGER],
  mostCriticalDependent: [1, 4],
  level: [0, 3],
  declaredTier: [1, 4],
  confidence: [0, 100],
  margin: [-100, 100],
  anomalyScore: [0, 100],
  costOfWaiting: [0, Number.MAX_SAFE_INTEGER],
  costOfBeingWrong: [0, Number.MAX_SAFE_INTEGER],
  errorBudgetAtRisk: [0, Number.MAX_SAFE_INTEGER],
  hour: [0, 23],
  minute: [0, 59],
  weekday: [1, 7],
};

type NumberAttribute = {
  [K in Attribute]: (typeof CONTEXT)[K]['type'] extends 'Long' ? K : never;
}[Attribute];

/** A policy that forbids what there never is. It stands in both sets, so it decides nothing else. */
function onlyPossible(action: PolicyAction): string {
  const inRange = Object.entries(RANGES)
    .filter(([name]) => isIn(action, name))
    .map(([name, [least, most]]) => {
      const range = `context.${name} >= ${least} && context.${name} <= ${most}`;
      const isOptional = 'optional' in (CONTEXT[name as NumberAttribute] ?? {});
      return isOptional ? `(if context has ${name} then ${range} else true)` : `(${range})`;
    });
  return `forbid (principal, action == Action::"${action}", resource) unless {\n${inRange.join(' &&\n')}\n};`;
}

const isIn = (action: PolicyAction, name: string): boolean =>
  action === 'grant'
    ? GRANT_CONTEXT.some((each) => each === name)
    : action === 'breakGlass' || GLASS_CONTEXT.every((each) => each !== name);

const principalOf = (action: PolicyAction) => (MODES.some((mode) => mode === action) ? 'Agent' : 'User');

/** The prover gets what it needs, and none of the installation's secrets. */
const proverEnv = ({ PATH, HOME, CVC5 }: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH,
  HOME,
  ...(CVC5 === undefined ? {} : { CVC5 }),
});

function whyNoProver(ended: Ended): string | undefined {
  if (ended.kind === 'notStarted') return 'there is no program cedar on the PATH';
  if (ended.kind !== 'exited' || ended.status === 0) return undefined;
  if (/not built with `?analyze/.test(ended.errors))
    return 'this cedar was built without the feature analyze';
  if (/unrecognized subcommand/.test(ended.errors)) return 'this cedar is older than 4.11';
  return /CVC5 solver not found/.test(ended.errors) ? 'cedar does not find its solver, cvc5' : undefined;
}

/** INVARIANT 7: anything but the sentence that it is verified, in full, is no proof. */
function proofIn(ended: Ended): Proof {
  if (ended.kind !== 'exited') return { kind: 'notKnown', why: `cedar did not end: ${ended.kind}` };
  const { status, output, complete, errors } = ended;
  const [line = '', ...rest] = output.trim().split('\n');
  if (status === 0 && complete && line.endsWith(': VERIFIED')) return { kind: 'proved' };
  if (status === 0 && line.endsWith(': DOES NOT HOLD'))
    return { kind: 'counterexample', example: exampleIn(rest) };
  const [why = `cedar ended with status ${status}`] = `${errors}\n${output}`
    .split('\n')
    .filter((each) => each.trim());
  return { kind: 'notKnown', why };
}

/** The request, and the entities that are in others. The rest of what is printed is the schema again. */
const exampleIn = (lines: readonly string[]): string =>
  lines
    .filter((line) => !/^\s*(Counterexample found:|(Action|ActionType|Environment)::"[^"]*",)$/.test(line))
    .join('\n');
