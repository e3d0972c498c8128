import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Effect, EffectLog } from './effect-log.ts';
import { Problem } from './problem.ts';
import type { Facts, Service } from './services.ts';
import { release } from './versions.ts';

/** A change as a client asked for it, checked for form but not yet for whether it may happen. */
export interface ChangeRequest {
  method: string;
  path: string;
  operation: string;
  idempotencyKey: string;
  fencingToken: number;
  body: unknown;
}

/** What a change will make true, and the operation that it takes back if it is an undo. */
export interface Plan {
  after: Facts;
  undoes?: string;
}

export interface Answer {
  replayed: boolean;
  response: Effect['response'];
}

/**
 * Makes one change, once per idempotency key, and returns after it is on disk.
 * Throws Problem 422 for a key that belongs to another request, 409 for a stale fencing token, and what `plan` throws.
 */
export function change(
  log: EffectLog,
  service: Service,
  request: ChangeRequest,
  plan: () => Plan,
  at: Date,
): Answer {
  const { method, path, operation, idempotencyKey, fencingToken, body } = request;
  const requestDigest = createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(body)}`)
    .digest('hex');

  // The record comes before the fence. Fencing keeps late writes out, and a replay writes nothing; a client whose
  // answer was lost would be told "refused" about a change that was made, and might make it again under a new key.
  const recorded = log.byKey(idempotencyKey);
  if (recorded) return { replayed: true, response: replay(recorded, requestDigest) };

  // Only changes that were made raise the fence; refused requests are not in the log and could not survive a restart.
  const newest = log.newestToken(service.name);
  if (fencingToken < newest) {
    throw new Problem(
      'stale-fencing-token',
      `Fencing token ${fencingToken} is older than ${newest}, the newest that changed ${service.name}`,
    );
  }

  const { after, ...undo } = plan();
  refuseOlderData(service, after);
  const made = {
    seq: log.effects.length + 1,
    service: service.name,
    operation,
    before: service.pick(after),
    after,
  };
  const response = { status: 200, body: made } as const;
  log.append({
    ...made,
    ...undo,
    at: at.toISOString(),
    idempotencyKey,
    fencingToken,
    requestDigest,
    response,
  });
  service.apply(after);
  return { replayed: false, response };
}

/** The change that was made under `idempotencyKey`. Throws Problem 404 when there is none. */
export function findOperation(log: EffectLog, service: Service, idempotencyKey: string): Effect {
  const effect = log.byKey(idempotencyKey);
  if (effect?.service === service.name) return effect;
  throw new Problem('unknown-operation', `No operation on ${service.name} had the key ${idempotencyKey}`);
}

/**
 * Plans to take back the operation that was made under `idempotencyKey`, and nothing else.
 * Throws Problem 404 when there is none, 409 when it was undone or when a later operation changed the same facts.
 */
export function planUndo(log: EffectLog, service: Service, idempotencyKey: string): Plan {
  const effect = findOperation(log, service, idempotencyKey);
  if (log.effects.some(({ undoes }) => undoes === idempotencyKey)) {
    throw new Problem('already-undone', `Operation ${idempotencyKey} has been undone already`);
  }
  const { cachedProducts: cachedAfter, ...after } = effect.after;
  const { cachedProducts: cachedBefore, ...before } = effect.before;
  const present = service.pick(after);
  if (!isDeepStrictEqual(present, after)) {
    throw new Problem(
      'changed-since',
      `Operation ${idempotencyKey} left ${JSON.stringify(after)}, but it is ${JSON.stringify(present)} by now; ` +
        'undo the later operation first',
    );
  }
  if (!cachedAfter || !cachedBefore) return { after: before, undoes: idempotencyKey };

  // Traffic fills a cache all the time, so its undo is a difference: back what was dropped, out what was added.
  const { cachedProducts: cached = [] } = service.pick(effect.after);
  const kept = cached.filter((id) => cachedBefore.includes(id) || !cachedAfter.includes(id));
  const back = cachedBefore.filter((id) => !cachedAfter.includes(id));
  return { after: { cachedProducts: [...new Set([...kept, ...back])] }, undoes: idempotencyKey };
}

function replay(recorded: Effect, requestDigest: string): Effect['response'] {
  if (recorded.requestDigest === requestDigest) return recorded.response;
  throw new Problem(
    'idempotency-key-reused',
    `Key ${recorded.idempotencyKey} was used for ${recorded.operation} on ${recorded.service} with other content; ` +
      'use a new key for a new request',
  );
}

function refuseOlderData(service: Service, after: Facts): void {
  const current = service.state().version;
  const wanted = after.version ?? current;
  const { dataLayout } = release(service.name, current);
  const readable = release(service.name, wanted).dataLayout;
  if (readable < dataLayout) {
    throw new Problem(
      'irreversible-migration',
      `${current} runs on data layout ${dataLayout}, to which ${service.name}'s data was migrated; ` +
        `${wanted} reads layout ${readable} only. Deploy a newer version instead`,
    );
  }
}
