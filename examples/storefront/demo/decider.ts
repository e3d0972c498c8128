import { isCancel, select } from '@clack/prompts';
import type { ActionHandle } from 'countersign';
import { questionOf } from '../../../src/cli/question.ts';
import type { Stage } from './stage.ts';

/** Lets a person decide on an action, hands the decision in, and says what it was. */
export type Decider = (stage: Stage, action: ActionHandle, person: string) => Promise<'approve' | 'deny'>;

/** The scripted approver: approves what it is asked. */
export const scripted: Decider = async (stage, action, person) => {
  await stage.decide(action, person, 'approve');
  return 'approve';
};

/** You: at the terminal with the key of the person named, or in the inbox, signed in as whoever you choose. */
export const atTheTerminal: Decider = async (stage, action, person) => {
  await stage.until(action, 'waiting');
  const { text } = await questionOf(stage.countersign, action.actionId);
  process.stdout.write(`\n${text}\n\n`);
  const page = `${stage.inboxUrl}/actions/${action.actionId}`;
  const answer = await select({
    message: `You are ${person}. What do you decide?`,
    options: [
      { value: 'approve', label: 'approve' },
      { value: 'deny', label: 'deny' },
      { value: 'inbox', label: 'decide in the inbox', hint: page },
    ],
  });
  if (isCancel(answer)) throw new Error('ended at the terminal');
  if (answer === 'approve' || answer === 'deny') {
    await stage.decide(action, person, answer);
    return answer;
  }
  process.stdout.write(`Waiting for you at ${page}\n`);
  return (await stage.settled(action)) === 'denied' ? 'deny' : 'approve';
};
