import { stringify } from 'yaml';
import type { McpServer } from '../../domain/action/action.ts';
import { isJsonRecord, type Json } from '../../domain/shared/json.ts';

/** A tool as its server says it. */
export interface SaidTool {
  readonly name: string;
  readonly inputSchema: unknown;
  readonly digest: string;
}

export interface Suggesting {
  /** The name of the files, and a part of the names of the action types. */
  readonly name: string;
  readonly server: McpServer;
  readonly environment: string;
  readonly target: string;
}

/** Every tool waits for people on each service, and counts as the worst: operators make it milder where they know better. */
const STRICTEST = {
  tier: { 1: 3, 2: 3, 3: 3, 4: 3 },
  severity: { performance: 4, security: 4, dataAccess: 4, serviceDisruption: 4 },
};
const TIMEOUT = '30s';

const HEAD = `# Every tool waits for people, also one whose server says that it only reads. Where you know that a tool changes nothing,
# write { digest: ..., readOnly: true } for it here, and take its action type out of actions/.
`;

/**
 * Writes the files with which the tools of a server are governed, strictest first: every tool waits for people, and so does every tool that
 * the server gets later.
 *
 * @returns the text of each file, by its path in the installation
 */
export function suggestMapping(
  { name, server, environment, target }: Suggesting,
  tools: readonly SaidTool[],
): Readonly<Record<string, string>> {
  const place = 'url' in server ? { url: server.url } : { command: server };
  const typeOf = (tool: string) => `mcp.${name}.${tool.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`.slice(0, 100);
  const unknown = typeOf('any-other');
  const mapping = {
    ...place,
    environment,
    tools: Object.fromEntries(
      tools.map((tool) => [tool.name, { digest: tool.digest, actionType: typeOf(tool.name), target }]),
    ),
    unknown: { actionType: unknown, target },
  };
  const types = [
    ...tools.map((tool) => ({
      name: typeOf(tool.name),
      title: `call the tool ${tool.name.replaceAll('$', '')} of ${name} for ${TARGET}`,
      parameters: closed(tool.inputSchema),
      ...STRICTEST,
      execute: { mcp: { ...place, tool: tool.name, digest: tool.digest, timeout: TIMEOUT } },
    })),
    {
      name: unknown,
      title: `call the tool ${param('tool')} of ${name}, which nobody has looked at, for ${TARGET}`,
      parameters: {
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'digest', 'arguments'],
        properties: {
          tool: { type: 'string', maxLength: 300 },
          digest: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          arguments: { type: 'object' },
        },
      },
      ...STRICTEST,
      execute: {
        mcp: {
          ...place,
          tool: param('tool'),
          digest: param('digest'),
          arguments: param('arguments'),
          timeout: TIMEOUT,
        },
      },
    },
  ];
  return {
    [`mcp/${name}.yaml`]: `${HEAD}${stringify(mapping)}`,
    [`actions/mcp-${name}.yaml`]: types.map((type) => stringify(type)).join('---\n'),
  };
}

const param = (name: string) => `\${params.${name}}`;
const TARGET = `\${target}`;

/** The schema of a tool's arguments as that of parameters: what is not declared is refused. */
function closed(schema: unknown): { [name: string]: Json } {
  const { $schema: _, ...rest } = isJsonRecord(schema) ? schema : {};
  return { ...rest, type: 'object', additionalProperties: false };
}
