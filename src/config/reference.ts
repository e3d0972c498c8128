import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/**
 * The fault of a `kind:name` that is not in the catalog, if it is not.
 *
 * @param written every entity of the catalog, or undefined when that is not known
 */
export function unknownReference(
  source: Source,
  path: Path,
  ref: string,
  written: readonly string[] | undefined,
): ConfigFault[] {
  if (written === undefined || written.includes(ref)) return [];
  const [kind] = ref.split(':');
  const sameKind = written.filter((other) => other.split(':')[0] === kind);
  return [source.fault(path, `${ref} is not in the catalog; ${hint(ref, sameKind)}`)];
}
