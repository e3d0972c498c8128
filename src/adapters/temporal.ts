import type { NativeConnection } from '@temporalio/worker';
import { searchAttributes } from '../contract/search-attributes.ts';

/** Server 1.28 brought updates with start and worker deployments into general use. */
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

/**
 * Checks that the server has what governed actions need, and registers the search attributes that are missing.
 *
 * @throws Error naming everything that is missing at once
 */
export async function prepareNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  const { workflowService } = connection;
  const { serverVersion = '' } = await workflowService.getClusterInfo({});
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
  const missing = [
    ...(isOld(serverVersion)
      ? [`server ${OLDEST_SERVER.join('.')} or newer (this one is ${serverVersion})`]
      : []),
    ...(namespaceInfo?.capabilities?.syncUpdate
      ? []
      : ['workflow updates (dynamic config frontend.enableUpdateWorkflowExecution)']),
  ];
  if (missing.length > 0)
    throw new Error(`The Temporal namespace ${namespace} lacks ${missing.join(' and ')}.`);
  await registerSearchAttributes(connection, namespace);
}

async function registerSearchAttributes(
  { operatorService }: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const absent = Object.values(searchAttributes).filter(({ name }) => !Object.hasOwn(customAttributes, name));
  if (absent.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(absent.map(({ name, type }) => [name, INDEXED_VALUE_TYPES[type]])),
  });
}

function isOld(version: string | null): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
}
