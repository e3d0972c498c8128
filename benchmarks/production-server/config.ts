import { DYNAMIC_CONFIG } from '../../src/dev/temporal-server.ts';

export const SHARDS = 4;
export const DATABASES = { main: 'temporal', visibility: 'temporal_visibility' } as const;

const HOST = '127.0.0.1';
const SERVICES = ['frontend', 'matching', 'history', 'worker'] as const;
/** Each service takes two: one for calls, one on which the services find each other. */
export const PORTS_NEEDED = SERVICES.length * 2;

export interface ServerSettings {
  /** As many as `PORTS_NEEDED`. The first is the frontend's. */
  readonly ports: readonly number[];
  /** URL of the superuser of the PostgreSQL. */
  readonly postgres: string;
  /** The path of the file with the dynamic configuration. */
  readonly dynamicConfig: string;
}

/** The server's configuration: what its module's `config/development-postgres12.yaml` says, without archives and metrics. */
export function configOf({ ports, postgres, dynamicConfig }: ServerSettings): object {
  return {
    log: { stdout: true, level: 'error' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: SHARDS,
      datastores: {
        main: { sql: storeIn(postgres, DATABASES.main, 20) },
        visibility: { sql: storeIn(postgres, DATABASES.visibility, 2) },
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: HOST } },
    services: Object.fromEntries(
      SERVICES.map((name, n) => {
        const [grpcPort, membershipPort] = ports.slice(n * 2);
        return [name, { rpc: { grpcPort, membershipPort, bindOnIP: HOST } }];
      }),
    ),
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `${HOST}:${ports[0]}`,
        },
      },
    },
    dynamicConfigClient: { filepath: dynamicConfig, pollInterval: '10s' },
  };
}

/** `most`: connections of each of the four services. */
function storeIn(postgres: string, databaseName: string, most: number) {
  const { host, username, password } = new URL(postgres);
  return {
    pluginName: 'postgres12',
    databaseName,
    connectAddr: host,
    connectProtocol: 'tcp',
    user: username,
    password,
    maxConns: most,
    maxIdleConns: most,
    maxConnLifetime: '1h',
  };
}

/** The dynamic configuration of the development server, as a file has it. */
export const dynamicConfigFile = () =>
  Object.fromEntries(Object.entries(DYNAMIC_CONFIG).map(([key, value]) => [key, [{ value }]]));
