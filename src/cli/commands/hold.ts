import type { Command } from 'commander';
import { exactLine, utc } from '../../briefing/text.ts';
import { type HoldScope, heldBy } from '../../domain/admission/hold.ts';
import { answered } from '../answered.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { handIn, type Signing, signing } from '../hand-in.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

interface Scopes {
  readonly everything?: boolean;
  readonly agent?: string;
  readonly actionType?: string;
  readonly service?: string;
  readonly environment?: string;
}

/** `countersign hold`: stops what agents do, at once; `hold lift` and `hold list`. */
export function holdCommand(program: Command): void {
  const hold = signing(program.command('hold'))
    .description('stop actions, also approved ones, until a person with the right lifts the hold')
    .option('--everything', 'all actions')
    .option('--agent <agent>', 'actions of this agent')
    .option('--action-type <type>', 'actions of this type')
    .option('--service <service>', 'actions on this service')
    .option('--environment <environment>', 'with --service: only in this environment')
    .action(async ({ key, reason, ...scopes }: Scopes & Signing, command: Command) => {
      const done = await handIn(command, key, { kind: 'hold', scope: scopeOf(scopes), reason });
      print(command, done, () => `${idOf(done)} stands. To end it: countersign hold lift ${idOf(done)}`);
    });

  signing(hold.command('lift'))
    .description('end a hold')
    .argument('<hold>', 'its id, from "countersign hold list"')
    .action(async (holdId: string, _options: Signing, command: Command) => {
      // "hold" has the same options, and Commander gives it what is written behind "lift" too.
      const { key, reason } = command.optsWithGlobals<Signing>();
      const done = await handIn(command, key, { kind: 'lift', holdId, reason });
      print(command, done, () => `${idOf(done)} is lifted.`);
    });

  hold
    .command('list')
    .description('list what is on hold, oldest first')
    .action(async (_options: object, command: Command) => {
      const holds = await connected(command, (countersign) =>
        answered(countersign, () => countersign.holds()),
      );
      print(command, holds, () =>
        holds.length === 0
          ? 'Nothing is on hold.'
          : table([
              ['HOLD', 'WHAT', 'SINCE', 'PLACED BY', 'REASON'],
              ...holds.map((hold) =>
                [hold.id, heldBy(hold), utc(hold.at), hold.placedBy, hold.reason].map(exactLine),
              ),
            ]),
      );
    });
}

const idOf = (done: object) => String(Reflect.get(done, 'holdId'));

function scopeOf({ everything, agent, actionType, service, environment }: Scopes): HoldScope {
  const scopes: HoldScope[] = [
    ...(everything ? [{ kind: 'everything' } as const] : []),
    ...(agent === undefined ? [] : [{ kind: 'agent', agent } as const]),
    ...(actionType === undefined ? [] : [{ kind: 'actionType', actionType } as const]),
    ...(service === undefined
      ? []
      : [{ kind: 'service', service, ...(environment === undefined ? {} : { environment }) } as const]),
  ];
  const [scope] = scopes;
  if (!scope || scopes.length > 1)
    throw new CommandError('name one of --everything, --agent, --action-type and --service');
  if (environment !== undefined && service === undefined)
    throw new CommandError('--environment goes with --service: name the service too');
  return scope;
}
