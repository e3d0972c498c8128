import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { CommanderError } from 'commander';
import { DatabaseUnreachable, DatabaseUnusable } from '../adapters/postgres/unusable.ts';
import {
  ActionNotFound,
  AnswerRefused,
  ContextRefused,
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../contract/errors.ts';
import { ServerNotStarted } from '../dev/server-process.ts';
import { WorkerUnavailable } from './answered.ts';
import { CommandError } from './command-error.ts';
import type { EXIT_STATUSES } from './exit-statuses.ts';

/** The error when a decision reached nobody. */
export class NotHandedIn extends Error {
  override readonly name = 'NotHandedIn';

  constructor(cause: unknown) {
    super(
      'Neither a worker nor Temporal took it in time: your decision was NOT handed in. Run the command again.',
      { cause },
    );
  }
}

/** The exit status of a command for an error. */
export function exitStatusOf(error: unknown): keyof typeof EXIT_STATUSES {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CommandError) return 2;
  return isUnreachable(error) || error instanceof DatabaseUnreachable ? 3 : 1;
}

/** What went wrong, without a stack where a person can correct it. With `--json`, as an object. */
export function messageOf(error: unknown, { json, address }: { json?: boolean; address?: string }): string {
  const unreachable = isUnreachable(error);
  const text = unreachable
    ? `No Temporal server answers at ${address}. Start one with "countersign dev", or give --address.${error instanceof NotHandedIn ? ' Your decision was NOT handed in.' : ''}`
    : (ownWords(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
  if (!json) return text;
  const name = unreachable ? 'TemporalUnreachable' : error instanceof Error ? error.name : 'Error';
  const isRefusal = error instanceof ProposalRefused || error instanceof OrderRefused;
  const faults = isRefusal ? { faults: error.faults } : {};
  return JSON.stringify({ error: name, message: text, ...faults }, null, 2);
}

const OWN = [
  ActionNotFound,
  AnswerRefused,
  ContextRefused,
  CommandError,
  DecisionRefused,
  IdempotencyConflict,
  NotHandedIn,
  OrderRefused,
  ProposalRefused,
  CommanderError,
  DatabaseUnusable,
  NamespaceNotFoundError,
  ServerNotStarted,
  WorkerUnavailable,
];

/** The message of an error that a person can correct; undefined for any other error. */
function ownWords(error: unknown): string | undefined {
  if (OWN.some((errorClass) => error instanceof errorClass))
    return error instanceof Error ? error.message : undefined;
  // For example "no poller seen for task queue recently, worker may be down".
  const server = error instanceof ServiceError ? error.cause : error;
  if (!isGrpcServiceError(server)) return undefined;
  return server.code === 7 ? NOT_PERMITTED : `The Temporal server says: ${server.details}`;
}

/** What gRPC PERMISSION_DENIED means here: the server only says "Request unauthorized.". */
const NOT_PERMITTED =
  'Temporal does not permit this. Set TEMPORAL_API_KEY to a token for this namespace that has not ended: with the permission ' +
  'to read, to look at things; with the permission to write, for everything else.';

/** Whether Temporal cannot be reached: gRPC UNAVAILABLE or DEADLINE_EXCEEDED, at any depth of causes. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isGrpcServiceError(error) && (error.code === 14 || error.code === 4)) return true;
  return error.message.includes('Failed to connect before the deadline') || isUnreachable(error.cause);
}
