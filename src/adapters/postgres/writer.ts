import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Fact } from '../../activities/ports/ledger.ts';
import { isTime, type NewEntry } from '../../domain/ledger/ledger.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import type { Json } from '../../domain/shared/json.ts';
import { createBatcher } from './batcher.ts';
import { commitAll, FactRefused, type Write } from './transaction.ts';

const MAX_BATCH = 100;
/** As many as make a guess of a body hopeless, however short the body is. */
const SALT_BYTES = 16;
/** Matches what may be a key. PostgreSQL indexes up to 2704 bytes, and a character takes up to 4. Control characters include NUL. */
const KEY = /^[^\p{Control}\p{Surrogate}]{1,500}$/u;

/**
 * Writes a fact, and resolves once the write is durable. Throws `FactRefused` when it can never be written. After any other error
 * repeating it is safe, whether or not it was committed.
 */
export type Writer = <Result>(write: Unchecked<Write<Result>>) => Promise<Result>;

type Unchecked<W> = Omit<W, 'fact' | 'salt'> & { readonly fact: Fact };

/** Gathers the writes of this process into transactions, one after the other. */
export function createWriter(pool: Pool): Writer {
  const enqueue = createBatcher(MAX_BATCH, (writes: readonly Write<unknown>[]) => commitAll(pool, writes));
  return async <Result>({ fact, ...rest }: Unchecked<Write<Result>>) => {
    const write = { ...rest, fact: check(fact, rest.targets), salt: randomBytes(SALT_BYTES).toString('hex') };
    // Each write is answered with what its own `decide` returned.
    return enqueue(write) as Promise<Result>;
  };
}

/** Refuses what PostgreSQL or the chain cannot take. Otherwise one such write would fail all others of its batch. */
function check({ eventId, actionId, kind, at, body }: Fact, targets: readonly string[] = []): NewEntry {
  const keys = [['eventId', eventId] as const, ['actionId', actionId] as const];
  const problems = [...keys, ...targets.map((target) => ['target', target] as const)]
    .filter(([, key]) => !KEY.test(key))
    .map(([name]) => `${name} must be 1 to 500 characters without control characters or lone surrogates`);
  if (!isTime(at)) problems.push('at must be a whole number of milliseconds that a date can have');
  let json: Json = null;
  try {
    json = JSON.parse(canonicalJson(body));
  } catch (error) {
    problems.push(`body must be JSON (${error instanceof Error ? error.message : error})`);
  }
  if (problems.length > 0)
    throw new FactRefused(`${JSON.stringify(eventId)} cannot be recorded: ${problems.join('; ')}`);
  return { eventId, actionId, kind, at, body: json };
}
