import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/**
 * The fault of a `kind:name` that is not in the catalog, if it is not.
 *
 * @param written every entity of the catalog, or undefined when that is not known
 * @param searched whether the names that are known are searched for one that was meant
 */
export function unknownReference(
  source: Source,
  path: Path,
  ref: string,
  written: ReadonlySet<string> | undefined,
  searched = true,
): ConfigFault[] {
  if (written === undefined || written.has(ref)) return [];
  if (!searched) return [source.fault(path, `${ref} is not in the catalog`)];
  const [kind] = ref.split(':');
  const sameKind = [...written].filter((other) => other.split(':')[0] === kind);
  return [source.fault(path, `${ref} is not in the catalog; ${hint(ref, sameKind)}`)];
}
