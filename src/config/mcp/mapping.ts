import { z } from 'zod';
import { identifier, sha256 } from '../../contract/json.ts';
import type { McpServer } from '../../domain/action/action.ts';
import { type Installation, targetsIn } from '../../domain/installation/installation.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { mcpServerShape } from '../action-types/plans.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { checkShape, key, refuseValue, strict } from '../source/schema.ts';
import { type Path, parseYaml, type Source } from '../source/yaml-files.ts';

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

interface ReadMapping {
  /** Absent when there are faults. */
  readonly mapping?: McpMapping;
  readonly faults: readonly ConfigFault[];
}

/** Reads a file of `mcp/`, with every fault. */
export function readMapping(file: string, text: string): ReadMapping {
  const { mapping, faults } = read(file, text);
  return mapping ? { mapping, faults } : { faults };
}

function read(file: string, text: string): ReadMapping & { readonly source?: Source } {
  const { sources, faults } = parseYaml(file, text);
  const [source, second] = sources;
  if (faults.length > 0) return { faults };
  if (!source || second)
    return { faults: [{ file, line: 1, problem: 'must hold one document: one MCP server' }] };
  const { value, faults: shapeFaults } = checkShape(mappingSchema, source);
  return value ? { mapping: value, source, faults: [] } : { faults: shapeFaults };
}

/**
 * Checks a file of `mcp/` beside its installation: what it names has to be there, and what it pins has to be what the action type calls.
 * A proxy has no catalog at hand, so it finds this out at a call only.
 */
export function checkMapping(file: string, text: string, installation: Installation): readonly ConfigFault[] {
  const { mapping, source, faults } = read(file, text);
  if (!mapping || !source) return faults;
  const { environment, tools, unknown } = mapping;
  const { actionTypes, environments } = installation;
  const targets = targetsIn(installation).map(({ name }) => name);
  const known = (path: Path, name: string, names: readonly string[]): ConfigFault[] =>
    names.includes(name)
      ? []
      : [source.fault(path, `${name} is not in this installation; ${hint(name, names)}`)];
  const types = Object.keys(actionTypes);
  return [
    ...known(['environment'], environment, Object.keys(environments)),
    ...Object.entries(tools).flatMap(([tool, rule]): ConfigFault[] => {
      if (rule.kind === 'readOnly') return [];
      const path = ['tools', tool];
      const execute = lookup(actionTypes, rule.actionType)?.execute;
      const isOther =
        execute?.executor === 'mcp' && (execute.tool !== tool || execute.toolDigest !== rule.digest);
      return [
        ...known([...path, 'actionType'], rule.actionType, types),
        ...('service' in rule.target ? known([...path, 'target'], rule.target.service, targets) : []),
        ...(isOther
          ? [
              source.fault(
                [...path, 'digest'],
                `the action type ${rule.actionType} calls ${execute.tool} with the digest ${execute.toolDigest}: it must be the same tool as here`,
              ),
            ]
          : []),
      ];
    }),
    ...(unknown
      ? [
          ...known(['unknown', 'actionType'], unknown.actionType, types),
          ...known(['unknown', 'target'], unknown.target, targets),
        ]
      : []),
  ];
}
