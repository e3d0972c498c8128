import { confirm, isCancel } from '@clack/prompts';
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

/** You, at the terminal, with the key of the person named. */
export const atTheTerminal: Decider = async (stage, action, person) => {
  await stage.until(action, 'waiting');
  const { text } = await questionOf(stage.countersign, action.actionId);
  process.stdout.write(`\n${text}\n\n`);
  const answer = await confirm({
    message: `You are ${person}. Approve?`,
    active: 'approve',
    inactive: 'deny',
  });
  if (isCancel(answer)) throw new Error('ended at the terminal');
  const verdict = answer ? 'approve' : 'deny';
  await stage.decide(action, person, verdict);
  return verdict;
};
