import { table } from '../../briefing/table.ts';
import { exactLine, utc } from '../../briefing/text.ts';
import { type DelegationScope, DOUBTFUL, scopeText } from '../../domain/approval/delegation.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

export interface Delegated extends Signing {
  readonly to: string;
  readonly actionType?: string;
  readonly service?: string;
  readonly from?: number;
  readonly until?: number;
}

/** Lets another person decide in one's place for a while. */
export async function delegate(
  command: CliCommand,
  { key, reason, to, from = Date.now(), until, ...scopes }: Delegated,
): Promise<void> {
  if (to === '') throw new CommandError('name who decides in your place, with --to');
  if (until === undefined) throw new CommandError('say when you are back, with --until');
  const order = { kind: 'delegate', to, scope: scopeOf(scopes), since: from, until, reason } as const;
  const result = await handIn(command, key, order);
  print(command, result, () => {
    const id = idOf(result);
    return `${to} decides in your place until ${utc(until)}. To end it: countersign delegate end ${id}`;
  });
}

/** Ends a delegation. */
export async function endDelegation(
  command: CliCommand,
  delegationId: string,
  { key, reason }: Signing,
): Promise<void> {
  const result = await handIn(command, key, { kind: 'endDelegation', delegationId, reason });
  print(
    command,
    result,
    () => `${idOf(result)} is ended. What was asked of the delegate before stays theirs.`,
  );
}

/** Lists the delegations that hold now or later. */
export async function listDelegations(command: CliCommand): Promise<void> {
  const delegations = await connected(command, (countersign) =>
    answered(countersign, () => countersign.delegations()),
  );
  print(command, delegations, () =>
    delegations.length === 0
      ? 'Nobody decides for somebody else.'
      : table([
          ['DELEGATION', 'FOR', 'DECIDES', 'ON', 'FROM', 'UNTIL', 'REASON'],
          ...delegations.map(({ id, from, to, scope, since, until, reason, doubtful }) => {
            const why = doubtful ? `${DOUBTFUL} (${reason})` : reason;
            return [id, from, to, scopeText(scope), utc(since), utc(until), why].map(exactLine);
          }),
        ]),
  );
}

const idOf = (result: object) => String(Reflect.get(result, 'delegationId'));

function scopeOf({ actionType, service }: Pick<Delegated, 'actionType' | 'service'>): DelegationScope {
  if (actionType !== undefined && service !== undefined)
    throw new CommandError('name --action-type or --service, not both');
  if (actionType !== undefined) return { kind: 'actionType', actionType };
  return service === undefined ? { kind: 'everything' } : { kind: 'service', service };
}
