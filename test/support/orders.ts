import { signOrder } from '../../src/cli/signing.ts';
import type { CarriedOut } from '../../src/client/index.ts';
import type { Level } from '../../src/domain/action/autonomy-level.ts';
import type { HoldScope } from '../../src/domain/admission/hold.ts';
import type { StandingKey } from '../../src/domain/autonomy/standing.ts';
import type { GrantOrder, Order, Unsigned } from '../../src/domain/orders/order.ts';
import type { SigningKey } from './installation.ts';
import { deploy } from './proposals.ts';
import type { World } from './world.ts';

export const aGrant = (
  { agent: { id, version, ...build }, ...work }: StandingKey,
  level: Level,
): Unsigned<GrantOrder> => ({
  kind: 'grant',
  agent: id,
  agentVersion: version,
  ...build,
  ...work,
  level,
  reason: 'a good month',
});

export const aHold = (scope: HoldScope): Unsigned => ({ kind: 'hold', scope, reason: 'errors since noon' });

/** What a person signs; `changes` bends it before, and `signer` may be somebody else. */
export function signed(
  world: World,
  person: string,
  unsigned: Unsigned,
  changes: Partial<Pick<Order, 'installation' | 'at' | 'authentication'>> = {},
  signer: SigningKey = world.keyOf(person),
): Promise<string> {
  const { name: installation } = world.installation;
  const order: Order = { ...unsigned, installation, person, at: Date.now(), ...changes };
  return signOrder(order, { person, jwk: signer.privateJwk });
}

export const orders = async (world: World, person: string, unsigned: Unsigned): Promise<CarriedOut> =>
  world.countersign.order(await signed(world, person, unsigned));

/** After three deployments that were taken back the agent may only recommend: a person gives it back what it had. */
export async function trustDeploys(world: World): Promise<void> {
  const { agent, actionType } = deploy('2.4.0');
  await orders(world, 'linus', aGrant({ agent, actionType, serviceTier: 1 }, 3));
}
