import type { CarriedOut } from '../client/index.ts';
import type { Unsigned } from '../domain/orders/order.ts';
import { answered } from './answered.ts';
import type { CliCommand } from './cli-command.ts';
import { CommandError } from './command-error.ts';
import { connected } from './connected.ts';
import { readKey, signOrder } from './signing.ts';
import { signsFor } from './signing-options.ts';

/** Signs an order with a person's key, and waits until it is carried out. */
export async function handIn(command: CliCommand, file: string, unsigned: Unsigned): Promise<CarriedOut> {
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
