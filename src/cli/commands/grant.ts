import { LEVEL_NAMES, type Level } from '../../domain/action/autonomy-level.ts';
import { build } from '../../domain/autonomy/effective-level.ts';
import { sameKey } from '../../domain/autonomy/standing.ts';
import { type GrantOrder, keyOfGrant, type Unsigned } from '../../domain/orders/order.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';
import { standingText } from '../standing-text.ts';

export interface Granted extends Signing {
  readonly agent: string;
  readonly agentVersion: string;
  readonly model?: string;
  readonly promptDigest?: string;
  readonly actionType: string;
  readonly serviceTier: string;
  readonly level: string;
  readonly yes?: boolean;
}

/** Shows an agent's record, and signs the level that a person gives it. */
export async function grant(command: CliCommand, options: Granted): Promise<void> {
  const order = orderOf(options);
  if (
    !options.yes &&
    !(await confirmed(command.io, await recordOf(command, order), `Sign level ${order.level}?`))
  ) {
    command.io.exitCode = 1;
    return;
  }
  const result = await handIn(command, options.key, order);
  const { agent, actionType, serviceTier } = keyOfGrant(order);
  print(command, result, () => {
    const level = `level ${order.level} (${LEVEL_NAMES[order.level]})`;
    return `${build(agent)} has ${level} for ${actionType} on tier-${serviceTier} services.`;
  });
}

const orderOf = ({ key: _, yes: __, serviceTier, level, ...rest }: Granted): Unsigned<GrantOrder> => ({
  kind: 'grant',
  ...rest,
  serviceTier: Number(serviceTier) as GrantOrder['serviceTier'],
  level: Number(level) as Level,
});

/** The record that the signer should have seen. */
async function recordOf(command: CliCommand, order: Unsigned<GrantOrder>): Promise<string> {
  const reports = await connected(command, (countersign) =>
    answered(countersign, () => countersign.standing(order.agent)),
  );
  const key = keyOfGrant(order);
  const ownReports = reports.filter((report) => sameKey(report.key, key));
  return ownReports.length === 0
    ? `Nothing is known of ${build(key.agent)} with this.`
    : standingText(ownReports);
}
