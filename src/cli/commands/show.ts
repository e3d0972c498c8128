import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { connected } from '../connected.ts';
import { print } from '../print.ts';
import { stateWithAftermath } from '../state-with-aftermath.ts';
import { reviewText, stateText } from '../text.ts';

const REVIEW = 'review/';

/** Shows the present state of an action or a review. */
export const show = (command: CliCommand, id: string) =>
  connected(command, async (countersign) => {
    if (id.startsWith(REVIEW)) {
      const review = await answered(countersign, () => countersign.review(id.slice(REVIEW.length)));
      print(command, { review }, () => reviewText(review));
      return;
    }
    const state = await answered(countersign, () => stateWithAftermath(countersign, id));
    print(command, { state }, () => stateText(state));
  });
