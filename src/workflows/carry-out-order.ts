import type { CarriedOut } from '../domain/orders/order.ts';
import { carryOut } from './activities.ts';

/**
 * Carries out what a person signed: a grant, a hold, or the end of one. One workflow per order, id `order/<digest of its
 * JWS>`, so that the same order twice is one. It fails only with `OrderRefused`, and then nothing was changed.
 */
export function carryOutOrder(jws: string): Promise<CarriedOut> {
  return carryOut(jws);
}
