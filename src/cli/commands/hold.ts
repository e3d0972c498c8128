import { table } from '../../briefing/table.ts';
import { exactLine, utc } from '../../briefing/text.ts';
import { type HoldScope, heldBy } from '../../domain/admission/hold.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

export interface Scopes {
  readonly everything?: boolean;
  readonly agent?: string;
  readonly actionType?: string;
  readonly service?: string;
  readonly environment?: string;
}

/** Places a hold, which stops what agents do at once. */
export async function hold(command: CliCommand, { key, reason, ...scopes }: Scopes & Signing): Promise<void> {
  const result = await handIn(command, key, { kind: 'hold', scope: scopeOf(scopes), reason });
  print(command, result, () => `${idOf(result)} stands. To end it: countersign hold lift ${idOf(result)}`);
}

/** Ends a hold. */
export async function liftHold(command: CliCommand, holdId: string, { key, reason }: Signing): Promise<void> {
  const result = await handIn(command, key, { kind: 'lift', holdId, reason });
  print(command, result, () => `${idOf(result)} is lifted.`);
}

/** Lists the holds, oldest first. */
export async function listHolds(command: CliCommand): Promise<void> {
  const holds = await connected(command, (countersign) => answered(countersign, () => countersign.holds()));
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
}

const idOf = (result: object) => String(Reflect.get(result, 'holdId'));

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
