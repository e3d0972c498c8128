import { z } from 'zod';
import { identifier, sha256 } from '../../contract/json.ts';
import type { McpServer } from '../../domain/action/action.ts';
import { mcpServerShape } from '../action-types/plans.ts';
import type { ConfigFault } from '../source/fault.ts';
import { checkShape, key, refuseValue, strict } from '../source/schema.ts';
import { parseYaml } from '../source/yaml-files.ts';

/** What becomes of a call of one tool. */
export type ToolRule =
  | { readonly kind: 'readOnly'; readonly digest: string }
  | {
      readonly kind: 'governed';
      readonly digest: string;
      readonly actionType: string;
      readonly target: ToolTarget;
    };

/** The service that a call acts on: always the same, or the one that an argument names. */
export type ToolTarget = { readonly service: string } | { readonly argument: string };

/** How the tools of one MCP server are governed: a file of `mcp/`. */
export interface McpMapping {
  readonly server: McpServer;
  readonly environment: string;
  readonly tools: Readonly<Record<string, ToolRule>>;
  /** What becomes of a call of a tool that no rule names. Absent: it is refused. */
  readonly unknown?: { readonly actionType: string; readonly target: string } | undefined;
}

const rule = strict({
  digest: key(sha256, 'What the server says of the tool. A tool that changed is refused.'),
  readOnly: key(
    z.literal(true, 'must be true, or be left out').optional(),
    'It changes nothing, as operators know: calls go through. What the server says of itself does not count.',
    'true',
  ),
  actionType: key(identifier.optional(), 'The action type that a call becomes. Or `readOnly`.', 'prices.set'),
  target: key(identifier.optional(), 'The service that it acts on.', 'catalog'),
  targetFrom: key(
    z.string().min(1).optional(),
    'The argument that names the service. Or `target`.',
    'service',
  ),
}).transform(({ digest, readOnly, actionType, target, targetFrom }, context): ToolRule => {
  if (readOnly && actionType === undefined && target === undefined && targetFrom === undefined)
    return { kind: 'readOnly', digest };
  if (readOnly || actionType === undefined || (target === undefined) === (targetFrom === undefined))
    return refuseValue(context, 'needs readOnly alone, or actionType with exactly one of target, targetFrom');
  return {
    kind: 'governed',
    digest,
    actionType,
    target: target === undefined ? { argument: targetFrom ?? '' } : { service: target },
  };
});

/** One file of mcp/*.yaml. */
const mappingSchema = strict({
  ...mcpServerShape,
  environment: key(identifier, 'The environment that its tools act in.', 'production'),
  tools: key(z.record(z.string(), rule), 'What becomes of a call of each tool, by its name.'),
  unknown: key(
    strict({ actionType: identifier, target: identifier }).optional(),
    'The action type that a call of any other tool becomes. Without it, such calls are refused.',
  ),
}).transform(({ url, command, environment, tools, unknown }, context): McpMapping => {
  if ((url === undefined) === (command === undefined))
    return refuseValue(context, 'needs exactly one of url, command');
  return { server: command ?? { url: url ?? '' }, environment, tools, ...(unknown ? { unknown } : {}) };
});

/** Reads a file of `mcp/`, with every fault. */
export function readMapping(
  file: string,
  text: string,
): { readonly mapping?: McpMapping; readonly faults: readonly ConfigFault[] } {
  const { sources, faults } = parseYaml(file, text);
  const [source, second] = sources;
  if (faults.length > 0) return { faults };
  if (!source || second)
    return { faults: [{ file, line: 1, problem: 'must hold one document: one MCP server' }] };
  const { value, faults: shapeFaults } = checkShape(mappingSchema, source);
  return value ? { mapping: value, faults: [] } : { faults: shapeFaults };
}
