import { afterEach, expect, test, vi } from 'vitest';
import { type ServerCommand, startServer } from '../../src/dev/server-process.ts';

afterEach(() => void vi.restoreAllMocks());

const node = (script: string): ServerCommand => ({
  name: 'the server',
  command: process.execPath,
  args: ['-e', script],
  stopSignal: 'SIGTERM',
  answers: async () => undefined,
});

function heard() {
  const lines: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  return lines;
}

test('a server that dies by itself is told of, with its last words', async () => {
  const lines = heard();
  await startServer(node(`setTimeout(() => { console.error('the heap is full'); process.abort(); }, 100)`));
  await vi.waitFor(() => expect(lines.join('')).toContain('the server ended with SIGABRT'), {
    timeout: 30_000,
  });
  expect(lines.join('')).toContain('the heap is full');
});

test('a server that is stopped ends without a word', async () => {
  const lines = heard();
  const server = await startServer(node(`setInterval(() => undefined, 1_000)`));
  await server.stop();
  expect(lines).toEqual([]);
});
