import { base64 } from '@scure/base';
import { type Checkpoint, hashIn, parseCheckpoint, sizeIn } from './checkpoint.ts';
import { EMPTY_ROOT, type Hash, provesConsistency, type TreeHead } from './merkle.ts';
import { type SignedNote, signedBy, type VerifierKey } from './signed-note.ts';

/** The most lines of a proof (C2SP tlog-witness). */
const MOST_PROOF_LINES = 63;

/** The body of a request to a witness (C2SP tlog-witness, add-checkpoint). @param old how many entries the witness saw before */
export const addCheckpointBody = (old: number, proof: readonly Hash[], note: string): string =>
  [`old ${old}`, ...proof.map((hash) => base64.encode(hash)), '', note].join('\n');

/** What a witness finds about a checkpoint that it is asked to cosign. */
export type WitnessFinding =
  | { readonly kind: 'malformed'; readonly reason: string }
  /** It knows no log of this name. */
  | { readonly kind: 'unknownLog'; readonly origin: string }
  /** No key of that log signed it. */
  | { readonly kind: 'notSigned'; readonly origin: string }
  /** It saw another checkpoint last than the request begins at, or one of the same size with another root. */
  | { readonly kind: 'conflict'; readonly size: number; readonly isSplit: boolean }
  /** The log does not go on from what it saw. */
  | { readonly kind: 'notConsistent' }
  | { readonly kind: 'goesOn'; readonly checkpoint: Checkpoint; readonly note: SignedNote };

/**
 * Judges a request to a witness. What it saw last must be read, and the answer recorded, before another request about the same log is judged.
 *
 * @param logs the keys of the logs that it watches
 * @param seen the newest checkpoint that it cosigned, by the name of the log; undefined: none yet
 */
export function judgeCheckpoint(
  body: string,
  logs: readonly VerifierKey[],
  seen: (origin: string) => TreeHead | undefined,
): WitnessFinding {
  const request = parseRequest(body);
  if (request.kind === 'malformed') return request;
  const read = parseCheckpoint(request.note);
  if (read.kind === 'malformed')
    return { kind: 'malformed', reason: `the checkpoint cannot be read: ${read.reason}` };
  const { checkpoint, note } = read;
  const { origin, size, root } = checkpoint;
  const keys = logs.filter(({ name }) => name === origin);
  if (keys.length === 0) return { kind: 'unknownLog', origin };
  if (!keys.some((key) => signedBy(note, key) === 'signed')) return { kind: 'notSigned', origin };
  if (request.old > size)
    return {
      kind: 'malformed',
      reason: `the old size ${request.old} is larger than the checkpoint's, ${size}`,
    };
  const last = seen(origin) ?? { size: 0, root: EMPTY_ROOT };
  if (request.old !== last.size) return { kind: 'conflict', size: last.size, isSplit: false };
  if (size === last.size && size > 0 && !provesConsistency(last, { size, root }, []))
    return { kind: 'conflict', size, isSplit: true };
  if (!provesConsistency(last, { size, root }, request.proof)) return { kind: 'notConsistent' };
  return { kind: 'goesOn', checkpoint, note };
}

type Request =
  | { readonly kind: 'request'; readonly old: number; readonly proof: readonly Hash[]; readonly note: string }
  | { readonly kind: 'malformed'; readonly reason: string };

function parseRequest(body: string): Request {
  const malformed = (reason: string): Request => ({ kind: 'malformed', reason });
  const end = body.indexOf('\n\n');
  if (end < 0) return malformed('it has no empty line before the checkpoint');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const old = first.startsWith('old ') ? sizeIn(first.slice('old '.length)) : undefined;
  if (old === undefined) return malformed('its first line is not "old" and a number of entries');
  if (lines.length > MOST_PROOF_LINES) return malformed(`the proof has more than ${MOST_PROOF_LINES} lines`);
  const proof = lines.map(hashIn);
  const bad = proof.indexOf(undefined);
  if (bad >= 0) return malformed(`line ${bad + 1} of the proof is not a SHA-256 hash in base64`);
  return {
    kind: 'request',
    old,
    proof: proof.filter((hash) => hash !== undefined),
    note: body.slice(end + 2),
  };
}
