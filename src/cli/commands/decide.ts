import { Argument, type Command } from 'commander';
import { visible } from '../../adapters/briefing/text.ts';
import { answered } from '../answered.ts';
import { CommandError } from '../command-error.ts';
import { confirmed } from '../confirmed.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { questionOf } from '../question.ts';
import { readKey, signDecision } from '../signing.ts';

type Verdict = 'approve' | 'deny';

interface Options {
  readonly key: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

/** `countersign decide`: shows what would run, and signs the person's decision on exactly that. */
export function decideCommand(program: Command): void {
  program
    .command('decide')
    .description('sign a decision on an action, or on a review ("review/<action>")')
    .argument('<action>', 'action id')
    .addArgument(new Argument('<verdict>').choices(['approve', 'deny']))
    .option(
      '--key <file>',
      'your key file, made by "countersign keys" (COUNTERSIGN_KEY)',
      process.env.COUNTERSIGN_KEY ?? '',
    )
    .option('--reason <text>', 'why; needed to deny')
    .option('--yes', 'do not ask again')
    .action(async (id: string, verdict: Verdict, options: Options, command: Command) => {
      const key = await readKey(options.key);
      if (verdict === 'deny' && !options.reason)
        throw new CommandError('a denial needs --reason, for the agent and the owners');
      await connected(command, async (countersign) => {
        const question = await questionOf(countersign, id);
        if (!options.yes && !(await confirmed(question.text, `Sign "${verdict}" on this?`))) {
          process.exitCode = 1;
          return;
        }
        const jws = await signDecision(
          {
            ...{ workflowId: question.workflowId, runId: question.runId, digest: question.digest },
            ...{ person: key.person, verdict, decidedAt: Date.now(), authentication: 'signing-key' },
            ...(options.reason === undefined ? {} : { reason: options.reason }),
          },
          key,
        );
        const answer = await answered(countersign, () => countersign.decide(question.workflowId, jws));
        const { title, digest } = question;
        print(command, { id, verdict, person: key.person, digest, ...answer }, () => {
          const { needed } = answer;
          const rest = needed === undefined ? 'that decides it' : `still needed: ${needed}`;
          return `${key.person}: ${verdict} recorded for "${visible(title)}"; ${rest}.`;
        });
      });
    });
}
