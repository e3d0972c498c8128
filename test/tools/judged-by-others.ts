import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** All that a stranger needs of a checkpoint. Bytes are in base64. */
export interface Case {
  readonly note: string;
  readonly log: string;
  readonly witnesses: readonly string[];
  readonly inclusions: readonly {
    readonly index: number;
    readonly leaf: string;
    readonly hashes: readonly string[];
  }[];
  readonly consistency: readonly {
    readonly old: number;
    readonly root: string;
    readonly hashes: readonly string[];
  }[];
  /** What is to be proved from the tiles that are served below a prefix; it ends in a slash. */
  readonly tiles?: {
    readonly prefix: string;
    readonly leaves: readonly { readonly index: number; readonly leaf: string }[];
    /** The sizes of older trees. */
    readonly older: readonly number[];
  };
}

/** What golang.org/x/mod and transparency-dev find in each: `good`, or what is wrong. */
export async function judgedByOthers(cases: readonly Case[]): Promise<string[]> {
  const go = spawn('go', ['run', '.'], {
    cwd: fileURLToPath(new URL('foreign/', import.meta.url)),
    env: { ...process.env, GOWORK: 'off' },
  });
  go.stdin.end(JSON.stringify(cases));
  const [found, complaint] = await Promise.all([text(go.stdout), text(go.stderr)]);
  expect(found, complaint).not.toBe('');
  return JSON.parse(found);
}
