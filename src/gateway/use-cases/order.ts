import type { CarriedOut, Order, Unsigned } from '../../domain/orders/order.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { type Proof, proveAgain } from '../auth/step-up.ts';
import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';

/** What an assertion proves: exactly this order, and nothing else. */
export const aboutOrder = (order: Unsigned): string => JSON.stringify(['order', digestOf(order)]);

/**
 * Signs what a person orders, and hands it in. An order is for more than one action, so a session alone is never enough. Whether
 * the person may give the order is judged where it is carried out.
 *
 * @throws Problem when a second proof is missing or wrong
 * @throws OrderRefused with everything that speaks against the order
 */
export async function order(
  deps: GatewayDeps,
  signedIn: SignedIn,
  unsignedOrder: Unsigned,
  proof: Proof | undefined,
): Promise<CarriedOut> {
  if (!proof) {
    throw new Problem(
      'step-up-needed',
      'an order needs your passkey, or a code of your authenticator app: add one at /account',
    );
  }
  const authentication = await proveAgain(deps, signedIn, proof, aboutOrder(unsignedOrder));
  const { name: installation } = deps.installation();
  const completeOrder: Order = {
    ...unsignedOrder,
    installation,
    person: signedIn.person,
    at: deps.now(),
    authentication,
  };
  return deps.countersign.order(await deps.keys.sign(completeOrder));
}
