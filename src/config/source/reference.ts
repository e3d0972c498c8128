import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/** What may be named. */
export interface WrittenNames {
  /** `kind:name` of every entity that can be. Undefined when some could not be read at all. */
  readonly written: ReadonlySet<string> | undefined;
  /** Of those that are in the catalog and cannot, why not. */
  readonly unusable: ReadonlyMap<string, string>;
}

/**
 * The fault of a `kind:name` that is not in the catalog, if it is not.
 *
 * @param searched whether the names that are known are searched for one that was meant
 */
export function unknownReference(
  source: Source,
  path: Path,
  ref: string,
  { written, unusable }: WrittenNames,
  searched = true,
): ConfigFault[] {
  if (written === undefined || written.has(ref)) return [];
  const why = unusable.get(ref);
  if (why !== undefined) return [source.fault(path, `${ref} ${why}`)];
  if (!searched) return [source.fault(path, `${ref} is not in the catalog`)];
  const [kind] = ref.split(':');
  const sameKind = [...written].filter((other) => other.split(':')[0] === kind);
  return [source.fault(path, `${ref} is not in the catalog; ${hint(ref, sameKind)}`)];
}
