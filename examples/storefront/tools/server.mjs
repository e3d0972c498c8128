// The MCP server of the shop's prices, as a team may have one long before it has Countersign. It keeps them in a file.
import { readFileSync, writeFileSync } from 'node:fs';
import { Server } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';

const [, , file = 'prices.json'] = process.argv;
const prices = () => JSON.parse(readFileSync(file, 'utf8'));
const input = (properties) => ({ type: 'object', properties, required: Object.keys(properties) });
const text = (words) => ({ content: [{ type: 'text', text: words }] });

serveStdio(() => {
  const server = new Server({ name: 'prices', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({
    tools: [
      {
        name: 'get_price',
        description: 'Says what an article costs.',
        inputSchema: input({ sku: { type: 'string' } }),
      },
      {
        name: 'set_price',
        description: 'Sets what an article costs.',
        inputSchema: input({ sku: { type: 'string' }, price: { type: 'number', minimum: 0 } }),
      },
    ],
  }));
  server.setRequestHandler('tools/call', ({ params: { name, arguments: args } }) => {
    if (name === 'set_price') writeFileSync(file, JSON.stringify({ ...prices(), [args.sku]: args.price }));
    return text(`${args.sku} costs ${prices()[args.sku]}`);
  });
  return server;
});
