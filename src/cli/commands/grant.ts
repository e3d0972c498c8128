import { type Command, Option } from 'commander';
import { LEVEL_NAMES, type Level } from '../../domain/action/autonomy-level.ts';
import { build } from '../../domain/autonomy/effective-level.ts';
import { sameKey } from '../../domain/autonomy/standing.ts';
import { type GrantOrder, keyOfGrant, type Unsigned } from '../../domain/orders/order.ts';
import { answered } from '../answered.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { handIn, type Signing, signing } from '../hand-in.ts';
import { print } from '../print.ts';
import { standingText } from '../standing-text.ts';

interface Options extends Signing {
  readonly agent: string;
  readonly agentVersion: string;
  readonly model?: string;
  readonly promptDigest?: string;
  readonly actionType: string;
  readonly serviceTier: string;
  readonly level: string;
  readonly yes?: boolean;
}

/** `countersign grant`: shows an agent's record, and signs the level that a person gives it. */
export function grantCommand(program: Command): void {
  signing(program.command('grant'))
    .description('give an agent a level for one action type on services of one tier')
    .requiredOption('--agent <agent>', 'its name in the catalog')
    .requiredOption('--agent-version <version>', 'the version in its proposals')
    .option('--model <model>', 'the model, if its proposals name one')
    .option('--prompt-digest <sha256>', 'the digest of its prompt, if its proposals name one')
    .requiredOption('--action-type <type>', 'such as cache.flush')
    .addOption(
      new Option('--service-tier <tier>', '1 is the most critical')
        .choices(['1', '2', '3', '4'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--level <level>', 'recommend only, approval always, a window, at once')
        .choices(['0', '1', '2', '3'])
        .makeOptionMandatory(),
    )
    .option('--yes', 'do not ask again')
    .action(async (options: Options, command: Command) => {
      const order = orderOf(options);
      if (!options.yes && !(await confirmed(await recordOf(command, order), `Sign level ${order.level}?`))) {
        process.exitCode = 1;
        return;
      }
      const done = await handIn(command, options.key, order);
      const { agent, actionType, serviceTier } = keyOfGrant(order);
      print(command, done, () => {
        const level = `level ${order.level} (${LEVEL_NAMES[order.level]})`;
        return `${build(agent)} has ${level} for ${actionType} on tier-${serviceTier} services.`;
      });
    });
}

const orderOf = ({ key: _, yes: __, serviceTier, level, ...rest }: Options): Unsigned<GrantOrder> => ({
  kind: 'grant',
  ...rest,
  serviceTier: Number(serviceTier) as GrantOrder['serviceTier'],
  level: Number(level) as Level,
});

/** What the person who signs should have seen. */
async function recordOf(command: Command, order: Unsigned<GrantOrder>): Promise<string> {
  const reports = await connected(command, (countersign) =>
    answered(countersign, () => countersign.standing(order.agent)),
  );
  const key = keyOfGrant(order);
  const own = reports.filter((report) => sameKey(report.key, key));
  return own.length === 0 ? `Nothing is known of ${build(key.agent)} with this.` : standingText(own);
}
