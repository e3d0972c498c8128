import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DecisionStatement } from '../domain/approval/decision-statement.ts';
import type { Order } from '../domain/orders/order.ts';
import { newPrivateJwk, privateJwkSchema, signerWith } from '../keys/ed25519.ts';
import { CommandError } from './command-error.ts';

/** A person's private key as stored in their key file, with the person's name. */
const keyFileSchema = z.strictObject({ person: z.string(), jwk: privateJwkSchema });
export type KeyFile = z.infer<typeof keyFileSchema>;

/** A new Ed25519 key. `jwk.x` goes into the catalog; the rest never leaves the person. */
export const newKey = (person: string): KeyFile => ({ person, jwk: newPrivateJwk() });

/** Signs a decision as a compact JWS. */
export const signDecision = (statement: DecisionStatement, key: KeyFile) => sign(statement, key);

/** Signs an order in the same way. */
export const signOrder = (order: Order, key: KeyFile) => sign(order, key);

const sign = async (payload: object, { jwk }: KeyFile) => (await signerWith(jwk))(payload);

/** Reads a key file that "countersign keys" made. */
export async function readKey(file: string): Promise<KeyFile> {
  if (file === '') throw new CommandError('name your key file with --key (make one with "countersign keys")');
  try {
    return keyFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
    throw new CommandError(`${file} is not a key file: ${reason}`);
  }
}
