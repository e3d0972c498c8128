import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import {
  ActionNotFound,
  AnswerRefused,
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../../contract/errors.ts';
import { type Fault, faultsText } from '../../domain/shared/json.ts';

/** The names of problems, each with its status and the title that never changes (RFC 9457). Clients match on the name. */
const PROBLEMS = {
  malformed: [400, 'The request is faulty'],
  'not-signed-in': [401, 'Nobody is signed in'],
  'not-proved': [401, 'What was sent does not prove who sends it'],
  forbidden: [403, 'This is not yours to do'],
  'foreign-origin': [403, 'The request did not come from a page of ours'],
  'step-up-needed': [403, 'This needs a second proof of who you are'],
  'step-up-refused': [403, 'The second proof does not hold'],
  'sign-in-refused': [403, 'The sign-in did not succeed'],
  'not-found': [404, 'There is no such thing'],
  conflict: [409, 'This is taken'],
  changed: [409, 'What was shown is not what would run any more'],
  'not-yet': [409, 'It is not there yet'],
  'not-open': [409, 'Nothing waits for a decision here'],
  'too-large': [413, 'The request is too large'],
  'misdirected-request': [421, 'The request names another host'],
  unconfirmed: [422, 'An approval must confirm what was found'],
  refused: [422, 'This is refused'],
  locked: [429, 'Too many attempts'],
  internal: [500, 'Something went wrong here'],
  unavailable: [503, 'A part that this needs does not answer'],
} as const satisfies Readonly<Record<string, readonly [ContentfulStatusCode, string]>>;
export type ProblemName = keyof typeof PROBLEMS;

interface More {
  /** Every fault, where there can be several. */
  readonly faults?: readonly Fault[];
  /** The name of the workflow's refusal. */
  readonly refusal?: string;
  /** The whole seconds after which another try may help. */
  readonly retryAfter?: number;
}

/** The error that a client is told. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly problem: ProblemName;
  readonly more: More;
  constructor(problem: ProblemName, detail: string, more: More = {}) {
    super(detail);
    this.problem = problem;
    this.more = more;
  }

  get status(): ContentfulStatusCode {
    return PROBLEMS[this.problem][0];
  }

  get title(): string {
    return PROBLEMS[this.problem][1];
  }
}

/** The problem as `application/problem+json` (RFC 9457). */
export function problemJson(c: Context, problem: Problem): Response {
  const { faults, refusal, retryAfter } = problem.more;
  if (retryAfter !== undefined) c.header('Retry-After', String(retryAfter));
  const body = {
    type: `urn:countersign:problem:${problem.problem}`,
    title: problem.title,
    status: problem.status,
    detail: problem.message,
    ...(refusal === undefined ? {} : { refusal }),
    ...(faults === undefined ? {} : { errors: faults }),
  };
  return c.body(JSON.stringify(body), problem.status, { 'Content-Type': 'application/problem+json' });
}

/** The problem for people, with every fault. */
export const problemText = ({ message, more: { faults = [] } }: Problem): string =>
  faults.length === 0 ? message : `${message}; ${faultsText(faults)}`;

/** The problem that an error means to the client; undefined for an error of our own that we must repair. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof ProposalRefused)
    return new Problem('refused', 'the proposal is refused; nothing of it is governed', {
      faults: error.faults,
    });
  if (error instanceof OrderRefused)
    return new Problem('refused', 'the order is refused; nothing was changed', { faults: error.faults });
  if (error instanceof AnswerRefused) return new Problem('conflict', error.message);
  if (error instanceof IdempotencyConflict) return new Problem('conflict', error.message);
  if (error instanceof ActionNotFound) return new Problem('not-found', error.message);
  if (error instanceof DecisionRefused)
    return new Problem(REFUSED[error.refusal] ?? 'refused', error.message, { refusal: error.refusal });
  return isUnavailable(error)
    ? new Problem('unavailable', 'the Temporal server, or every worker, is away: try again soon')
    : undefined;
}

/** Refusals of the workflow that mean more than "refused". */
const REFUSED: Readonly<Record<string, ProblemName>> = {
  notOpen: 'not-open',
  otherDigest: 'changed',
  otherRun: 'changed',
  notEntitled: 'forbidden',
  requesterSide: 'forbidden',
  stepUpNeeded: 'step-up-needed',
};

/**
 * Whether Temporal is unavailable: gRPC UNAVAILABLE (14), DEADLINE_EXCEEDED (4) or FAILED_PRECONDITION (9: no worker polls), at any
 * depth of causes.
 */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return code === 14 || code === 4 || code === 9 || isUnavailable(error.cause);
}
