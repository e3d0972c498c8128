import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const reasoned = (reason: string, ...scenarios: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(scenarios.map((scenario) => [scenario, reason]));

/** Scenarios that do not apply to a server that is not the suite's own example, with the reason. */
export const NEEDS_ITS_TOOLS = reasoned(
  "it calls a tool of the suite's example server, such as test_simple_text",
  'json-schema-2020-12',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-error',
  'tools-call-image',
  'tools-call-mixed-content',
  'tools-call-simple-text',
  'tools-call-with-progress',
);

/** Scenarios about optional parts of the protocol that our servers do not declare, with the reason. */
export const OTHER_FEATURES: Readonly<Record<string, string>> = {
  ...reasoned('it declares no completions', 'completion-complete'),
  ...reasoned(
    'it declares no logging: revision 2026-07-28 deprecates it',
    'logging-set-level',
    'tools-call-with-logging',
  ),
  ...reasoned('it never asks the model of a client for text', 'tools-call-sampling'),
  ...reasoned(
    'it asks for nothing in a form: a form in the client of an agent could be taken for an approval',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
  ),
  ...reasoned(
    'it declares no prompts',
    'prompts-list',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-embedded-resource',
    'prompts-get-with-image',
  ),
  ...reasoned(
    'it declares no resources',
    'resources-list',
    'resources-read-text',
    'resources-read-binary',
    'resources-templates-read',
    'resources-subscribe',
    'resources-unsubscribe',
  ),
};

/** The suite is written for Node 22, of which it takes one function that no scenario of a server calls. */
const FOR_NODE_20 = `
import { register } from 'node:module';
const fs = 'data:text/javascript,' + encodeURIComponent("export * from 'node:fs'; export { default } from 'node:fs'; export const globSync = () => [];");
register('data:text/javascript,' + encodeURIComponent("export const resolve = (name, context, next) => name === 'fs' && context.parentURL?.includes('conformance') ? { url: " + JSON.stringify(fs) + ", shortCircuit: true } : next(name, context);"));
`;

const SUITE = join(
  dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist/index.js',
);

/**
 * Runs the conformance suite of the protocol (the package @modelcontextprotocol/conformance) against a server.
 *
 * @param token the suite has none, so it goes through a small relay that adds this one; all else arrives as the suite sent it
 * @returns by scenario, whether it passed
 */
export async function conformanceOf(
  url: string,
  token?: string,
): Promise<ReadonlyMap<string, 'passed' | 'failed'>> {
  const relay = createServer((asked, answer) => {
    const headers = {
      ...asked.headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const onward = request(url, { method: asked.method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        `--import=data:text/javascript,${encodeURIComponent(FOR_NODE_20)}`,
        SUITE,
        'server',
        '--suite',
        'all',
        '--url',
        `http://localhost:${(relay.address() as AddressInfo).port}/mcp`,
      ],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
    ).catch((error: { stdout: string; stderr: string }) => {
      if (!error.stdout.includes('=== SUMMARY ==='))
        throw new Error(`the suite did not run: ${error.stderr}`);
      return error;
    });
    const summary = stdout.slice(stdout.indexOf('=== SUMMARY ==='));
    return new Map(
      [...summary.matchAll(/^(✓|✗) ([\w-]+):/gm)].map(([, mark, name]) => [
        String(name),
        mark === '✓' ? ('passed' as const) : ('failed' as const),
      ]),
    );
  } finally {
    relay.closeAllConnections();
    await new Promise((resolve) => relay.close(resolve));
    await rm(folder, { recursive: true });
  }
}
