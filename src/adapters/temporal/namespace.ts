import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../../contract/search-attributes.ts';
import type { TemporalSettings } from '../../contract/settings.ts';

/** The oldest server version: 1.28 brought updates with start and worker deployments into general use. */
const OLDEST_SERVER = [1, 28] as const;

const INDEXED_VALUE_TYPES = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
} as const;

/** gRPC status codes: https://grpc.io/docs/guides/status-codes */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;

/** How long Temporal may take to answer before it counts as not answering. */
const ANSWER_LIMIT_MS = 2_000;

/** Why no connection was made. A token that expired, or that another key signed, is refused at this point already. */
export function notConnected(error: Error, settings: TemporalSettings): Error {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = settings;
  const reason = error.cause instanceof Error ? error.cause : error;
  // The native half of the SDK reports the status only in words.
  const isRefused = hasCode(reason, PERMISSION_DENIED) || reason.message.includes('Request unauthorized');
  const message = isRefused
    ? mayWrite(namespace)
    : `cannot reach the Temporal server at ${address}: ${reason.message}`;
  return new Error(message, { cause: error });
}

/**
 * Checks that the server has what governed actions need and that it lets us work, and registers missing search attributes. When
 * none is missing, a token with write permission in the namespace is enough.
 *
 * @throws Error naming everything that is missing at once, or the permission that the token lacks
 */
export async function prepareNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  const { workflowService } = connection;
  const { serverVersion = '' } = await workflowService.getSystemInfo({});
  const { namespaceInfo } = await workflowService
    .describeNamespace({ namespace })
    .catch(throwIfDenied(mayWrite(namespace)));
  const missingParts = [
    ...(isOld(serverVersion)
      ? [`server ${OLDEST_SERVER.join('.')} or newer (this one is ${serverVersion})`]
      : []),
    ...(namespaceInfo?.capabilities?.syncUpdate
      ? []
      : ['workflow updates (dynamic config frontend.enableUpdateWorkflowExecution)']),
  ];
  if (missingParts.length > 0)
    throw new Error(`The Temporal namespace ${namespace} lacks ${missingParts.join(' and ')}.`);
  await requireWrite(connection, namespace);
  await registerSearchAttributes(connection, namespace);
}

/**
 * Throws when the token may not write. A worker with a read-only token polls in vain, and the SDK does not report it. This call
 * needs write permission but changes nothing.
 */
async function requireWrite({ workflowService }: NativeConnection, namespace: string): Promise<void> {
  const execution = { workflowId: 'countersign-may-write' };
  await workflowService.resetStickyTaskQueue({ namespace, execution }).catch((error: Error) => {
    if (!hasCode(error, NOT_FOUND)) throwIfDenied(mayWrite(namespace))(error);
  });
}

async function registerSearchAttributes(
  { operatorService }: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const absentKeys = Object.values(searchAttributes).filter(
    ({ name }) => !Object.hasOwn(customAttributes, name),
  );
  if (absentKeys.length === 0) return;
  const names = absentKeys.map(({ name }) => name).join(', ');
  await operatorService
    .addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(
        absentKeys.map(({ name, type }) => [name, INDEXED_VALUE_TYPES[type]]),
      ),
    })
    .catch(
      throwIfDenied(
        `The Temporal namespace ${namespace} lacks the search attributes ${names}, and our token may not add them: ` +
          `start one worker, once, with a token that has the permission "${namespace}:admin"`,
      ),
    );
}

/**
 * Why a client or worker cannot use Temporal now: it does not answer, or does not accept the token.
 *
 * @returns an empty list where it can be used
 */
export async function temporalFaults(connection: Describing, namespace: string): Promise<string[]> {
  return connection
    .withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
    .then(
      () => [],
      (error: Error) => [
        hasCode(error, PERMISSION_DENIED)
          ? mayWrite(namespace)
          : `Temporal does not answer: ${error.message}`,
      ],
    );
}

type Describing = Pick<NativeConnection, 'withDeadline'> & {
  readonly workflowService: Pick<NativeConnection['workflowService'], 'describeNamespace'>;
};

const mayWrite = (namespace: string) =>
  `Temporal does not let us work in the namespace ${namespace}: TEMPORAL_API_KEY must be a token that has the permission ` +
  `"${namespace}:write" and has not ended`;

/** Explains a refusal by Temporal's authorization: says which permission is needed. Every other error is thrown unchanged. */
const throwIfDenied = (message: string) => (cause: Error) => {
  throw hasCode(cause, PERMISSION_DENIED) ? new Error(message, { cause }) : cause;
};

const hasCode = (error: Error, code: number) => 'code' in error && error.code === code;

function isOld(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
}
