import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { onTestFinished } from 'vitest';
import { DIST } from '../e2e/command.ts';
import type { SigningKey } from '../support/installation.ts';

export interface Called {
  readonly text: string;
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of the protocol, as agents have one. `modern`: it speaks the revision of 2026-07-28; otherwise that of 2025. */
export class McpClient {
  readonly client: Client;

  constructor(options: { readonly modern?: boolean; readonly opened?: string[] } = {}) {
    const { modern = false, opened } = options;
    this.client = new Client(
      { name: 'a-test', version: '1' },
      {
        capabilities: opened ? { elicitation: { url: {} } } : {},
        ...(modern ? { versionNegotiation: { mode: { pin: '2026-07-28' } } } : {}),
      },
    );
    if (opened)
      this.client.setRequestHandler('elicitation/create', async ({ params }) => {
        opened.push('url' in params ? params.url : '');
        return { action: 'accept' };
      });
    onTestFinished(() => this.client.close());
  }

  async over(transport: StdioClientTransport | StreamableHTTPClientTransport): Promise<this> {
    await this.client.connect(transport);
    return this;
  }

  async call(name: string, args: Record<string, unknown> = {}): Promise<Called> {
    const { content, structuredContent, isError } = await this.client.callTool({ name, arguments: args });
    const texts = content.map((part) => (part.type === 'text' ? part.text : ''));
    return { text: texts.join('\n'), isError: isError === true, data: Object(structuredContent) };
  }
}

export const overHttp = (url: string, token: string) =>
  new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });

/** The built command as a client starts it. */
export const overStdio = (args: readonly string[]) =>
  new StdioClientTransport({ command: process.execPath, args: [join(DIST, 'cli/main.js'), ...args] });

/** A file with a key, as `countersign keys` makes it, until the test is over. */
export async function keyFile(
  person: string,
  { privateJwk }: SigningKey,
): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-key-'));
  const path = join(folder, 'key.json');
  await writeFile(path, JSON.stringify({ person, jwk: privateJwk }));
  return { path, remove: () => rm(folder, { recursive: true }) };
}
