import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
} from 'node:fs';
import { z } from 'zod';
import { factsSchema } from './services.ts';
import { SERVICE_NAMES, type ServiceName } from './versions.ts';

const changeSchema = z.strictObject({
  seq: z.int().positive(),
  service: z.enum(SERVICE_NAMES),
  operation: z.string(),
  before: factsSchema,
  after: factsSchema,
});

const effectSchema = z.strictObject({
  ...changeSchema.shape,
  at: z.iso.datetime(),
  /** For an undo: the idempotency key of the operation that it took back. */
  undoes: z.string().exactOptional(),
  idempotencyKey: z.string(),
  fencingToken: z.int().positive(),
  /** Lower-case hex sha-256 of method, path and body. */
  requestDigest: z.string(),
  response: z.strictObject({ status: z.literal(200), body: changeSchema }),
});

/** One change that was made: what it changed, on whose word, and what the client was answered. */
export type Effect = z.infer<typeof effectSchema>;

/**
 * The append-only record of changes, one JSON line each. It is the only thing that outlives the process: state,
 * answers to repeated keys and the newest fencing tokens are all derived from it.
 */
export class EffectLog {
  readonly effects: Effect[];
  readonly #fd: number;

  /** Opens or creates the log. Throws when a whole line in it cannot be read. */
  constructor(file: string) {
    this.effects = existsSync(file) ? read(file) : [];
    this.#fd = openSync(file, 'a');
  }

  /** Returns once the effect is on disk. */
  append(effect: Effect): void {
    // Synchronous on purpose: no other request can come between the checks of a change and its record.
    appendFileSync(this.#fd, `${JSON.stringify(effect)}\n`);
    fsyncSync(this.#fd);
    this.effects.push(effect);
  }

  byKey(idempotencyKey: string): Effect | undefined {
    return this.effects.find((effect) => effect.idempotencyKey === idempotencyKey);
  }

  /** The highest fencing token under which the service was changed, 0 when it never was. */
  newestToken(service: ServiceName): number {
    const tokens = this.effects
      .filter((effect) => effect.service === service)
      .map((effect) => effect.fencingToken);
    return Math.max(0, ...tokens);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

function read(file: string): Effect[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // A last line without its end was being written when the process died, so nobody was answered: it never happened.
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const lines = whole.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return effectSchema.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`${file}:${index + 1} is not an effect; restore the file from a backup`, { cause });
    }
  });
}
