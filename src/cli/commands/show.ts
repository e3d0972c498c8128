import type { Command } from 'commander';
import { answered } from '../answered.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { reviewText, stateText } from '../text.ts';

const REVIEW = 'review/';

/** `countersign show`: where an action or a review stands now. Why it does, `countersign explain` says. */
export function showCommand(program: Command): void {
  program
    .command('show')
    .description('show what an action, or a review ("review/<action>"), is and where it stands')
    .argument('<action>', 'action id')
    .action(async (id: string, _options: object, command: Command) =>
      connected(command, async (countersign) => {
        if (id.startsWith(REVIEW)) {
          const review = await answered(countersign, () => countersign.review(id.slice(REVIEW.length)));
          print(command, { review }, () => reviewText(review));
          return;
        }
        const state = await answered(countersign, () => countersign.action(id).state());
        print(command, { state }, () => stateText(state));
      }),
    );
}
