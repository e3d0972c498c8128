import type { ConfigFault } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{env\.([^}]*)\}/g;

/**
 * The members that may use environment variables: only those for connections and addresses, so that no rule, and no digest of a rule,
 * depends on the environment.
 */
const MAY_USE_ENV = [
  'environments',
  'channels',
  'findings',
  'metricSources',
  'governedSystems',
  'credentialSources',
  'databases',
  'uiUrl',
  'gateway',
  'alerts',
  'reports',
];

/**
 * Returns a copy of the document in which every `${env.NAME}` is replaced. Faults name variables, never their values.
 *
 * @param isWanted whether a member of the document is needed: other members stay as written, and no variable is read for them
 */
export function withEnv(
  source: Source,
  env: Env,
  isWanted: (member: string) => boolean = () => true,
): { source: Source; faults: ConfigFault[] } {
  const faults: ConfigFault[] = [];

  function fillIn(text: string, path: Path): string {
    return text.replace(VARIABLE, (asWritten, name: string) => {
      const member = String(path[0]);
      if (MAY_USE_ENV.includes(member) && !isWanted(member)) return asWritten;
      if (!MAY_USE_ENV.includes(member)) {
        faults.push(
          source.fault(
            path,
            `${asWritten} may stand in ${MAY_USE_ENV.join(', ')} only: write the value here`,
          ),
        );
      } else if (!env[name]) {
        faults.push(
          source.fault(path, `the environment variable ${name} is not set: set it, or write the value here`),
        );
      }
      return env[name] ?? '';
    });
  }

  return { source: { ...source, value: mapTexts(source.value, fillIn) }, faults };
}

/** Returns a copy of plain data with each of its texts replaced. */
function mapTexts(value: unknown, change: (text: string, path: Path) => string, path: Path = []): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item, i) => mapTexts(item, change, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapTexts(item, change, [...path, key])]),
  );
}
