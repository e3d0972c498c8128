import type { Embedded } from '../dev/embedded.ts';
import type { DevGateway } from './dev-gateway.ts';

/** What `dev` sets by itself. Fit to check an installation with; nothing is ever sent there. */
const STAND_INS: Readonly<Record<keyof (Embedded['env'] & DevGateway['env']), string>> = {
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  TEMPORAL_NAMESPACE: 'default',
  TEMPORAL_TLS: 'false',
  TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
  SMTP_URL: 'smtp://127.0.0.1:1025',
  PAGER_URL: 'http://127.0.0.1:8235/v2/enqueue',
  PAGER_ROUTING_KEY: 'dev',
  COUNTERSIGN_GATEWAY_URL: 'http://localhost:8234',
  // The key of RFC 8037, appendix A: everybody has the other half of it, and nothing is verified here.
  COUNTERSIGN_GATEWAY_PUBLIC_KEY: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  COUNTERSIGN_GATEWAY_KEY: 'gateway-key.json',
};

export interface StandingIn {
  /** The caller's environment, and a stand-in for what it does not set of what `dev` would. */
  readonly env: NodeJS.ProcessEnv;
  /** The names of those that were read. */
  taken(): readonly string[];
}

/** An environment to check an installation in. */
export function standInsFor(own: NodeJS.ProcessEnv): StandingIn {
  const taken = new Set<string>();
  const env: NodeJS.ProcessEnv = { ...own };
  for (const [name, value] of Object.entries(STAND_INS)) {
    if (own[name]) continue;
    Object.defineProperty(env, name, {
      enumerable: true,
      get: () => {
        taken.add(name);
        return value;
      },
    });
  }
  return { env, taken: () => [...taken].sort() };
}

/** One line for whoever is to know that something else counts where it is used. Empty: nothing stood in. */
export const standInLine = (taken: readonly string[]): string[] =>
  taken.length === 0
    ? []
    : [`Not set here, so the values of "countersign dev" stand in for them: ${taken.join(', ')}.`];
