import { isJsonRecord } from '../shared/json.ts';
import { peekJws } from '../shared/jws.ts';
import { isText } from '../shared/text.ts';
import {
  AUTHENTICATIONS,
  DECISION_KINDS,
  type DecisionStatement,
  MOST_CONFIRMED,
} from './decision-statement.ts';

/** The input of `decide`, as update and as signal: one compact JWS. */
export interface Decision {
  readonly jws: string;
}

/** A test for each member of a statement. The contract's `decisionStatementSchema` makes the same checks, and a test compares the two. */
const MEMBERS: Readonly<Record<keyof DecisionStatement, (value: unknown) => boolean>> = {
  installation: matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  workflowId: (value) => typeof value === 'string' && value.length <= 300,
  runId: matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i),
  digest: matches(/^[0-9a-f]{64}$/),
  person: matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  verdict: (value) => DECISION_KINDS.some((verdict) => verdict === value),
  reason: optional((value) => isText(value, 2_000)),
  params: optional(isJsonRecord),
  incident: optional(matches(/^[A-Za-z0-9][A-Za-z0-9._:#/-]{0,199}$/)),
  confirmed: optional(
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= MOST_CONFIRMED &&
      value.every(matches(/^[0-9a-f]{64}$/)),
  ),
  decidedAt: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= 8.64e15,
  authentication: (value) => AUTHENTICATIONS.some((way) => way === value),
};

/**
 * Parses a decision without verifying its signature; null when the input is not a decision. The checks are written by hand because this
 * code runs in the workflow, where a schema library is loaded anew for every action: 6 ms and 1 MB each.
 */
export function readDecision(input: unknown): { jws: string; claimed: DecisionStatement } | null {
  if (!isRecord(input) || Object.keys(input).some((key) => key !== 'jws')) return null;
  const { jws } = input;
  if (typeof jws !== 'string' || jws.length > 16_384) return null;
  const payload = peekJws(jws);
  return isStatement(payload) ? { jws, claimed: withReasonTrimmed(payload) } : null;
}

function isStatement(payload: unknown): payload is DecisionStatement {
  return (
    isRecord(payload) &&
    Object.keys(payload).every((key) => Object.hasOwn(MEMBERS, key)) &&
    Object.entries(MEMBERS).every(([key, test]) =>
      test(Object.hasOwn(payload, key) ? payload[key] : undefined),
    ) &&
    // Other verdicts do not use these members, so a statement that has them is malformed.
    (payload.params === undefined || payload.verdict === 'edit') &&
    (payload.incident === undefined || payload.verdict === 'breakGlass') &&
    (payload.confirmed === undefined || payload.verdict === 'approve')
  );
}

function withReasonTrimmed(statement: DecisionStatement): DecisionStatement {
  return statement.reason === undefined ? statement : { ...statement, reason: statement.reason.trim() };
}

function optional(test: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || test(value);
}

function matches(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
