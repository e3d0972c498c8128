import { z } from 'zod';
import { REPORTED } from '../domain/action/reported.ts';
import type { HoldScope } from '../domain/admission/hold.ts';
import { AUTHENTICATIONS } from '../domain/approval/decision-statement.ts';
import { LAST_TIME } from '../domain/ledger/ledger.ts';
import type { LegalHoldScope } from '../domain/ledger/legal-hold.ts';
import type { Order, Unsigned } from '../domain/orders/order.ts';
import { type Fault, refusalAt } from '../domain/shared/json.ts';
import { peekJws } from '../domain/shared/jws.ts';
import { delegationScopeSchema } from './delegation.ts';
import { identifier, sha256, text, zodFaultsOf } from './json.ts';
import { agentBuild, agentVersion } from './proposal.ts';
import { levelSchema, standingKeySchema } from './standing.ts';
import { plainly } from './zod-messages.ts';

export const holdScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('agent'), agent: identifier }),
  z.strictObject({ kind: z.literal('actionType'), actionType: identifier }),
  z.strictObject({
    kind: z.literal('service'),
    service: identifier,
    environment: identifier.optional(),
  }),
]) satisfies z.ZodType<HoldScope>;

export const legalHoldScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everything') }),
  z.strictObject({ kind: z.literal('subject'), subject: text(500) }),
]) satisfies z.ZodType<LegalHoldScope>;

/** How many entries one order can erase. */
const MOST_ERASED = 1_000;

const time = z.number().int().positive().max(LAST_TIME);

const signedMembers = {
  installation: identifier,
  person: identifier,
  reason: text(2_000),
  at: time,
  authentication: z.enum(AUTHENTICATIONS).optional(),
};

/** The payload of an order's JWS. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('grant'),
    agent: identifier,
    agentVersion,
    model: agentBuild.shape.model,
    promptDigest: agentBuild.shape.promptDigest,
    actionType: identifier,
    serviceTier: standingKeySchema.shape.serviceTier,
    level: levelSchema,
    ...signedMembers,
  }),
  z.strictObject({
    kind: z.literal('scoreCard'),
    agent: identifier,
    agentVersion,
    model: agentBuild.shape.model,
    promptDigest: agentBuild.shape.promptDigest,
    build: text(200),
    cases: z.number().int().min(0),
    wrong: z.number().int().min(0),
    digest: sha256,
    ...signedMembers,
  }),
  z.strictObject({ kind: z.literal('hold'), scope: holdScopeSchema, ...signedMembers }),
  // The id of a hold that a failed rollback placed contains the id of the action.
  z.strictObject({ kind: z.literal('lift'), holdId: text(500), ...signedMembers }),
  z.strictObject({ kind: z.literal('takeBack'), actionId: text(500), ...signedMembers }),
  z.strictObject({ kind: z.literal('release'), actionId: text(500), ...signedMembers }),
  z.strictObject({
    kind: z.literal('report'),
    actionId: text(500),
    found: z.enum(REPORTED),
    ...signedMembers,
  }),
  z.strictObject({
    kind: z.literal('rollback'),
    actionId: text(500),
    digest: sha256,
    ...signedMembers,
  }),
  z.strictObject({
    kind: z.literal('delegate'),
    to: identifier,
    scope: delegationScopeSchema,
    since: time,
    until: time,
    ...signedMembers,
  }),
  z.strictObject({ kind: z.literal('endDelegation'), delegationId: text(500), ...signedMembers }),
  z.strictObject({
    kind: z.literal('erase'),
    subject: text(500),
    entries: z.array(z.number().int().positive()).min(1, 'names no entry').max(MOST_ERASED),
    ...signedMembers,
  }),
  z.strictObject({ kind: z.literal('placeLegalHold'), scope: legalHoldScopeSchema, ...signedMembers }),
  z.strictObject({ kind: z.literal('endLegalHold'), legalHoldId: text(500), ...signedMembers }),
]) satisfies z.ZodType<Order>;

const [
  grant,
  scoreCard,
  hold,
  lift,
  takeBack,
  release,
  report,
  rollback,
  delegate,
  endDelegation,
  erase,
  placeLegalHold,
  endLegalHold,
] = orderSchema.options;
const bySigner = { installation: true, person: true, at: true, authentication: true } as const;

/** An order as a person writes it. Signing adds the person, the time, the installation and how they proved who they are. */
export const unsignedOrderSchema = z.discriminatedUnion('kind', [
  grant.omit(bySigner),
  scoreCard.omit(bySigner),
  hold.omit(bySigner),
  lift.omit(bySigner),
  takeBack.omit(bySigner),
  release.omit(bySigner),
  report.omit(bySigner),
  rollback.omit(bySigner),
  delegate.omit(bySigner),
  endDelegation.omit(bySigner),
  erase.omit(bySigner),
  placeLegalHold.omit(bySigner),
  endLegalHold.omit(bySigner),
]) satisfies z.ZodType<Unsigned>;

export type ReadOrder =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** Parses the payload of a token, without verifying it. */
export function readOrder(jws: unknown): ReadOrder {
  const payload = typeof jws === 'string' ? peekJws(jws) : undefined;
  if (payload === undefined) return refusalAt('the whole', 'must be a compact JWS');
  const parsed = orderSchema.safeParse(payload, { error: plainly });
  return parsed.success
    ? { kind: 'order', order: parsed.data }
    : { kind: 'refused', faults: zodFaultsOf(parsed.error) };
}
