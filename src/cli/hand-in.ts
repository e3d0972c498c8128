import type { Command } from 'commander';
import type { CarriedOut } from '../client/index.ts';
import type { Unsigned } from '../domain/orders/order.ts';
import { answered } from './answered.ts';
import { CommandError } from './command-error.ts';
import { connected } from './connected.ts';
import { readKey, signOrder } from './signing.ts';

export interface Signing {
  readonly key: string;
  readonly reason: string;
}

/** Adds the options of every command that signs an order. */
export const signing = (command: Command): Command =>
  command
    .option(
      '--key <file>',
      'your key file, made by "countersign keys" (COUNTERSIGN_KEY)',
      process.env.COUNTERSIGN_KEY ?? '',
    )
    .option('--reason <text>', 'why; the ledger keeps it', '');

/** The installation that a person says they sign for; empty when they say none. */
export const signsFor = (command: Command): string => command.optsWithGlobals<{ for: string }>().for;

/** Signs an order with a person's key, and waits until it is carried out. */
export async function handIn(command: Command, file: string, unsigned: Unsigned): Promise<CarriedOut> {
  const key = await readKey(file);
  if (unsigned.reason === '') throw new CommandError('say why, with --reason');
  const installation = signsFor(command);
  if (installation === '')
    throw new CommandError(
      'say which installation it is for, with --for or COUNTERSIGN_FOR: as "name" in its countersign.yaml says',
    );
  const order = { ...unsigned, installation, person: key.person, at: Date.now() };
  const jws = await signOrder(order, key);
  return connected(command, (countersign) => answered(countersign, () => countersign.order(jws)));
}
