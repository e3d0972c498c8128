import { z } from 'zod';
import type { AgentBuild, AlternativeAction, Proposal } from '../domain/action/action.ts';
import { LAST_TIME } from '../domain/ledger/ledger.ts';
import type { ProposalNames } from '../domain/proposal/check-proposal.ts';
import type { Fault } from '../domain/shared/json.ts';
import { exactRecord, identifier, jsonRecord, sha256, text, zodFaultsOf } from './json.ts';
import { plainly } from './zod-messages.ts';

const confidence = z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1');

/** A version, also with what SemVer 2.0.0 calls build metadata: `1.2.3+build.7`. */
export const agentVersion = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/,
    'must be 1 to 100 letters, digits, ".", "_", "-" or "+", starting with a letter or digit',
  );

/** The build of the agent that proposes. A level is held by the build, including its model and prompt. */
export const agentBuild = z.strictObject({
  id: identifier,
  version: agentVersion,
  model: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}$/, 'must be 1 to 200 letters, digits or ._:/@-')
    .optional(),
  promptDigest: sha256.optional(),
}) satisfies z.ZodType<AgentBuild>;

/** Only its shape is checked. What names nothing here refuses no proposal: people are told of it. */
const alternativeAction = z.strictObject({
  type: identifier,
  params: exactRecord.optional(),
  target: identifier.optional(),
}) satisfies z.ZodType<AlternativeAction>;

/** INVARIANT 11: an agent that cannot explain an action is refused, so every part of the explanation is required. */
export const proposalSchema = z.strictObject({
  actionType: identifier,
  target: identifier,
  environment: identifier,
  params: exactRecord,
  agent: agentBuild,
  rationale: z.strictObject({
    summary: text(4_000),
    confidence,
    alternatives: z
      .array(
        z.strictObject({
          option: text(500),
          confidence,
          whyNot: text(1_000),
          action: alternativeAction.optional(),
        }),
      )
      .min(1, 'needs at least one alternative that was considered')
      .max(20),
  }),
  evidence: z
    .array(z.strictObject({ title: text(200), detail: text(2_000) }))
    .min(1, 'needs at least one piece of evidence')
    .max(20),
  successCriteria: z.array(text(500)).min(1, 'needs at least one success criterion').max(20),
  idempotencyKey: identifier,
  declaredTier: z.literal([1, 2, 3, 4], 'must be 1, 2, 3 or 4').optional(),
  installation: identifier.optional(),
  expiresAt: z.number().int().positive().max(LAST_TIME).optional(),
  contextDigest: sha256.optional(),
  signature: z
    .string()
    .regex(/^[\w-]{1,1000}\.\.[\w-]{1,200}$/, 'must be a JWS with detached content: header..signature')
    .optional(),
  authenticated: z.literal(false, 'can only be false: who signs proves it').optional(),
  takesBack: z
    .strictObject({ actionId: text(500), attempt: z.number().int().positive(), jws: z.string().max(16_384) })
    .optional(),
}) satisfies z.ZodType<Proposal>;

/** The largest proposal, in bytes of JSON. A larger one is refused, because a payload is copied into the history, the ledger and the mail. */
export const MAX_PROPOSAL_BYTES = 64 * 1024;

/** The most faults in an answer. More would not help, and 64 KB can contain more than a message may. */
const MAX_FAULTS = 100;

export type ParsedProposal =
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | {
      readonly kind: 'refused';
      readonly faults: readonly Fault[];
      /** The parts that can still be looked up. Empty when the proposal is too large. */
      readonly readable: ProposalNames;
    };

/** Checks the shape of a proposal and returns every fault at once. The names are checked later, against the catalog. */
export function parseProposal(input: unknown): ParsedProposal {
  // The size is checked first: a proposal that is too large can have more faults than a message, or the stack, can hold.
  const problem = sizeProblem(input);
  if (problem !== undefined)
    return { kind: 'refused', faults: [{ where: 'the whole', problem }], readable: {} };
  const parsed = proposalSchema.safeParse(input, { error: plainly });
  if (parsed.success) return { kind: 'proposal', proposal: parsed.data };
  const faults = zodFaultsOf(parsed.error).slice(0, MAX_FAULTS);
  return { kind: 'refused', faults, readable: readableIn(input) };
}

/** Returns the valid parts of a faulty proposal, so that the faults of their values are reported together with the others. */
function readableIn(input: unknown): ProposalNames {
  const { actionType, target, environment, params, agent } = membersOf.catch({}).parse(input);
  return {
    ...memberNamed('actionType', identifier.safeParse(actionType)),
    ...memberNamed('target', identifier.safeParse(target)),
    ...memberNamed('environment', identifier.safeParse(environment)),
    ...memberNamed('agent', identifier.safeParse(membersOf.catch({}).parse(agent).id)),
    ...memberNamed('params', jsonRecord.safeParse(params)),
  };
}

const membersOf = z.record(z.string(), z.unknown());
const memberNamed = <T>(name: keyof ProposalNames, { data }: { readonly data?: T }) =>
  data === undefined ? {} : { [name]: data };

function sizeProblem(input: unknown): string | undefined {
  try {
    const size = new TextEncoder().encode(JSON.stringify(input) ?? '').length;
    return size > MAX_PROPOSAL_BYTES
      ? `has ${size} bytes, at most ${MAX_PROPOSAL_BYTES} are taken`
      : undefined;
  } catch {
    return 'cannot be written as JSON: it is nested too deeply, holds itself, or holds what JSON cannot carry';
  }
}
