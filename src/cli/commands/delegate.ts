import { type Command, InvalidArgumentError } from 'commander';
import { exactLine, utc } from '../../briefing/text.ts';
import { type DelegationScope, DOUBTFUL, scopeText } from '../../domain/approval/delegation.ts';
import { answered } from '../answered.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { handIn, type Signing, signing } from '../hand-in.ts';
import { print } from '../print.ts';
import { table } from '../table.ts';

interface Options extends Signing {
  readonly to: string;
  readonly actionType?: string;
  readonly service?: string;
  readonly from?: number;
  readonly until?: number;
}

/** `countersign delegate`: somebody else decides in one's place for a while; `delegate end` and `delegate list`. */
export function delegateCommand(program: Command): void {
  const delegate = signing(program.command('delegate'))
    .description(
      'let another person decide in your place for some time; they get at once what you would be asked',
    )
    .option('--to <person>', 'who decides in your place', '')
    .option('--action-type <type>', 'only on actions of this type')
    .option('--service <service>', 'only on actions on this service')
    .option('--from <time>', 'such as 2026-12-24T08:00Z; default: now', moment)
    .option('--until <time>', 'such as 2027-01-02T08:00Z', moment)
    .action(async ({ key, reason, to, from = Date.now(), until, ...scopes }: Options, command: Command) => {
      if (to === '') throw new CommandError('name who decides in your place, with --to');
      if (until === undefined) throw new CommandError('say when you are back, with --until');
      const order = { kind: 'delegate', to, scope: scopeOf(scopes), since: from, until, reason } as const;
      const done = await handIn(command, key, order);
      print(command, done, () => {
        const id = idOf(done);
        return `${to} decides in your place until ${utc(until)}. To end it: countersign delegate end ${id}`;
      });
    });

  signing(delegate.command('end'))
    .description('end a delegation: one of yours, or one by which you decide for somebody')
    .argument('<delegation>', 'its id, from "countersign delegate list"')
    .action(async (delegationId: string, _options: Signing, command: Command) => {
      // "delegate" has the same options, and Commander gives it what is written behind "end" too.
      const { key, reason } = command.optsWithGlobals<Signing>();
      const done = await handIn(command, key, { kind: 'endDelegation', delegationId, reason });
      print(
        command,
        done,
        () => `${idOf(done)} is ended. What was asked of the delegate before stays theirs.`,
      );
    });

  delegate
    .command('list')
    .description('list who decides in whose place, now or later')
    .action(async (_options: object, command: Command) => {
      const standing = await connected(command, (countersign) =>
        answered(countersign, () => countersign.delegations()),
      );
      print(command, standing, () =>
        standing.length === 0
          ? 'Nobody decides for somebody else.'
          : table([
              ['DELEGATION', 'FOR', 'DECIDES', 'ON', 'FROM', 'UNTIL', 'REASON'],
              ...standing.map(({ id, from, to, scope, since, until, reason, doubtful }) => {
                const why = doubtful ? `${DOUBTFUL} (${reason})` : reason;
                return [id, from, to, scopeText(scope), utc(since), utc(until), why].map(exactLine);
              }),
            ]),
      );
    });
}

const idOf = (done: object) => String(Reflect.get(done, 'delegationId'));

function scopeOf({ actionType, service }: Pick<Options, 'actionType' | 'service'>): DelegationScope {
  if (actionType !== undefined && service !== undefined)
    throw new CommandError('name --action-type or --service, not both');
  if (actionType !== undefined) return { kind: 'actionType', actionType };
  return service === undefined ? { kind: 'everything' } : { kind: 'service', service };
}

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write a time as 2026-12-24T08:00Z.');
  return at;
}
