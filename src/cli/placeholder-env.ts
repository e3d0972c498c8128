import type { Embedded } from '../dev/embedded.ts';
import type { DevGateway } from './dev-gateway.ts';

/** Stand-ins for the settings that `dev` makes. They are enough to check an installation with; nothing is ever sent there. */
const STAND_INS: Readonly<Record<keyof (Embedded['env'] & DevGateway['env']), string>> = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'default',
  TEMPORAL_TLS: 'false',
  TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  SMTP_URL: 'smtp://127.0.0.1:1025',
  PAGER_URL: 'http://127.0.0.1:8235/v2/enqueue',
  PAGER_ROUTING_KEY: 'dev',
  COUNTERSIGN_GATEWAY_URL: 'http://localhost:8234',
  // The key of RFC 8037, appendix A. Its private half is public, and nothing is verified here.
  COUNTERSIGN_GATEWAY_PUBLIC_KEY: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  COUNTERSIGN_GATEWAY_KEY: 'gateway-key.json',
};

export interface StandingIn {
  /** The caller's environment, with stand-ins for settings of `dev` that the caller does not set. */
  readonly env: NodeJS.ProcessEnv;
  /** The names of the stand-ins that were read. */
  taken(): readonly string[];
}

/** An environment for checking an installation. */
export function standInsFor(processEnv: NodeJS.ProcessEnv): StandingIn {
  const takenNames = new Set<string>();
  const env: NodeJS.ProcessEnv = { ...processEnv };
  for (const [name, value] of Object.entries(STAND_INS)) {
    if (processEnv[name]) continue;
    Object.defineProperty(env, name, {
      enumerable: true,
      get: () => {
        takenNames.add(name);
        return value;
      },
    });
  }
  return { env, taken: () => [...takenNames].sort() };
}

/** One line that warns that other values count where the installation runs. Empty: no stand-in was read. */
export const standInLine = (names: readonly string[]): string[] =>
  names.length === 0
    ? []
    : [`Not set here, so the values of "countersign dev" stand in for them: ${names.join(', ')}.`];
