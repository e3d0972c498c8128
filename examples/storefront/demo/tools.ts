import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { newKey } from '../../../src/cli/signing.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { check } from './story.ts';

const SERVER = fileURLToPath(new URL('../tools/server.mjs', import.meta.url));
const COUNTERSIGN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const AGENT = 'price-agent';
const SKU = 'mug-blue';

const inCatalog = (x: string) => `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${AGENT}
  description: Corrects prices with the tools of the shop's MCP server
  annotations:
    countersign.dev/autonomy: "2"
    countersign.dev/signing-keys: ${x}
spec:
  type: ai-agent
  lifecycle: production
  owner: user:samira
`;

/** Where the tools of the shop keep their prices, and the key of the agent that uses them. */
const pricesIn = (installation: string) => join(installation, '..', 'prices.json');
const keyIn = (installation: string) => join(installation, '..', 'price-agent.json');

/**
 * Has an MCP server governed, as operators do: `suggest` writes the strictest files, and whoever knows the server then lets the one tool
 * through that only reads, and says how bad the other can be. Until then, every tool waits for people and counts as the worst.
 */
export async function governTools(
  installation: string,
  countersign: (args: readonly string[]) => Promise<void>,
): Promise<void> {
  const key = newKey(AGENT);
  await writeFile(keyIn(installation), JSON.stringify(key));
  await appendFile(join(installation, 'catalog', 'agents.yaml'), inCatalog(key.jwk.x));
  await writeFile(pricesIn(installation), JSON.stringify({ [SKU]: 119 }));
  const named = [
    '--name',
    'shop',
    '--target',
    'catalog',
    '--environment',
    'production',
    '--into',
    installation,
  ];
  await countersign([
    'mcp-proxy',
    'suggest',
    ...named,
    '--',
    process.execPath,
    SERVER,
    pricesIn(installation),
  ]);
  const mapping = join(installation, 'mcp', 'shop.yaml');
  const strict = await readFile(mapping, 'utf8');
  await writeFile(
    mapping,
    strict.replace(
      /(get_price:\n {4}digest: \w+)\n.*\n.*\n/,
      (_, digest) => `${digest}\n    readOnly: true\n`,
    ),
  );
  const actions = join(installation, 'actions', 'mcp-shop.yaml');
  const documents = (await readFile(actions, 'utf8')).split('---\n');
  await writeFile(
    actions,
    documents
      .filter((document) => !document.startsWith('name: mcp.shop.get_price\n'))
      .map((document) =>
        document.replace(/severity:\n(?: {2}\w+: 4\n)+/, 'severity: { serviceDisruption: 1 }\n'),
      )
      .join('---\n'),
  );
}

/** An MCP client, as agents have one, that reaches the shop's tools through the proxy. */
async function clientOf({ inboxUrl, installation }: Stage): Promise<Client> {
  const client = new Client({ name: AGENT, version: '1.0.0' });
  const from = ['--installation', installation, '--server', 'shop', '--gateway', inboxUrl];
  const args = [COUNTERSIGN, 'mcp-proxy', ...from, '--key', keyIn(installation)];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  return client;
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<string> {
  const { content, structuredContent } = await client.callTool({ name, arguments: args });
  const { result } = Object(structuredContent);
  if (typeof result === 'string') return result;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
}

const why = {
  rationale: {
    summary: `${SKU} costs 119 since the import of 03:41, and 11.90 in the price list: a decimal point was lost.`,
    confidence: 0.92,
    alternatives: [{ option: 'wait for the next import', confidence: 0.3, whyNot: 'it comes in six hours' }],
  },
  evidence: [{ title: 'price list', detail: `${SKU}: 11.90 EUR` }],
  successCriteria: ['nobody pays 119 for a mug'],
  idempotencyKey: 'price-of-mug-blue',
};

/** An agent that never heard of Countersign: it uses the tools of its MCP server. */
export const tools: readonly Scenario[] = [
  {
    name: 'mcp-tool',
    title: 'MCP: an agent calls a tool, a person approves the call, and the tool answers the agent',
    async play(stage, decide) {
      const price = async () => JSON.parse(await readFile(pricesIn(stage.installation), 'utf8'))[SKU];
      const client = await clientOf(stage);
      try {
        const read = await call(client, 'get_price', { sku: SKU });
        stage.story.line(AGENT, `get_price, which only reads: ${read}`);
        const calling = call(client, 'set_price', { sku: SKU, price: 11.9, why });
        stage.story.line(AGENT, `set_price of ${SKU} to 11.9`);
        const action = stage.countersign.action(`${AGENT}.${why.idempotencyKey}`);
        await stage.untilProposed(action);
        const before = await price();
        const approved = (await decide(stage, action, 'mei')) === 'approve';
        const answer = await calling;
        stage.story.line('to the agent', answer);
        return [
          check('a tool that only reads answers at once', `${SKU} costs 119`, read),
          check('the price while people decide', 119, before),
          check('outcome', approved ? 'succeeded' : 'deniedByPerson', await stage.outcomeOf(action)),
          check('the price', approved ? 11.9 : 119, await price()),
          check('the agent is told what the tool answered', approved, answer.includes(`${SKU} costs 11.9`)),
        ];
      } finally {
        await client.close();
      }
    },
  },
];
