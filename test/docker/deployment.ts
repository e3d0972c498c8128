import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Service {
  readonly image: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly volumes?: readonly (string | Mount)[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
}

export const REPOSITORY = join(import.meta.dirname, '../..');

/** Text of a file, named from the root of the repository. */
export function text(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** A YAML file as data, its `<<` merges done as Docker Compose does them. */
export function yaml(path: string): unknown {
  return parse(text(path), { merge: true });
}

/** Every service by name; the worker as the first machine runs it, with what compose.yaml adds to worker.yaml. */
export function services(): Record<string, Service> {
  const first = (yaml('temporal-docker/compose.yaml') as ComposeFile).services;
  const alone = (yaml('temporal-docker/worker.yaml') as ComposeFile).services;
  return Object.fromEntries(
    Object.entries({ ...alone, ...first }).map(([name, service]) => [
      name,
      {
        ...alone[name],
        ...service,
        environment: { ...alone[name]?.environment, ...service.environment },
      },
    ]),
  );
}
