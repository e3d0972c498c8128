import type { CarriedOut } from '../domain/orders/order.ts';
import { carryOut } from './activities.ts';

/**
 * Carries out an order that a person signed: a grant, a hold or the end of one, a delegation or the end of one, or what becomes of
 * a lost action. There is one workflow per order, with the id `order/<digest of its JWS>`, so the same order sent twice is carried
 * out once. The workflow fails only with `OrderRefused`, and then nothing was changed.
 */
export function carryOutOrder(jws: string): Promise<CarriedOut> {
  return carryOut(jws);
}
