import type { Requirement } from '../approval/requirement.ts';
import type { Json } from '../shared/json.ts';
import { countAt, listAt, nameAt, partOf } from '../shared/json-reader.ts';

/** How deep a requirement is read. Operators may not nest one as deep; the limit ends the reading of a malformed record. */
const DEPTH = 20;

/**
 * Parses a recorded requirement without the approvers' keys: lists do not judge decisions. Undefined when the input is not a requirement.
 */
export function readRequirement(json: Json | undefined, depth = DEPTH): Requirement | undefined {
  if (depth === 0) return undefined;
  const group = nameAt(json, 'group');
  const atLeast = countAt(json, 'atLeast');
  const approvers = listAt(json, 'approvers');
  if (group !== undefined && atLeast !== undefined && approvers) {
    const people = approvers.flatMap((approver) => nameAt(approver, 'person') ?? []);
    return { atLeast, group, approvers: people.map((person) => ({ person, keys: [] })), excluded: [] };
  }
  const parts = (name: 'allOf' | 'anyOf') => {
    const requirements = listAt(json, name)?.map((part) => readRequirement(part, depth - 1));
    return requirements?.every((part) => part !== undefined) && requirements.length > 0
      ? requirements
      : undefined;
  };
  const allOf = partOf(json, 'allOf') === undefined ? undefined : parts('allOf');
  if (allOf) return { allOf };
  const anyOf = parts('anyOf');
  return anyOf ? { anyOf } : undefined;
}
