import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/** The names that may be used. */
export interface WrittenNames {
  /** `kind:name` of every entity that may be named. Undefined when some entities could not be read at all. */
  readonly written: ReadonlySet<string> | undefined;
  /** The entities of the catalog that may not be named, with the reason. */
  readonly unusable: ReadonlyMap<string, string>;
}

/**
 * Returns the fault of a `kind:name` that is not in the catalog; empty when it is.
 *
 * @param withHint whether the known names are searched for one that was probably meant
 */
export function unknownReference(
  source: Source,
  path: Path,
  ref: string,
  { written, unusable }: WrittenNames,
  withHint = true,
): ConfigFault[] {
  if (written === undefined || written.has(ref)) return [];
  const why = unusable.get(ref);
  if (why !== undefined) return [source.fault(path, `${ref} ${why}`)];
  if (!withHint) return [source.fault(path, `${ref} is not in the catalog`)];
  const [kind] = ref.split(':');
  const sameKind = [...written].filter((candidate) => candidate.split(':')[0] === kind);
  return [source.fault(path, `${ref} is not in the catalog; ${hint(ref, sameKind)}`)];
}
