import type { ActionState } from '../../domain/record/action-state.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';
import { type ReadAction, readAction } from './read-action.ts';

/** The longest time that a request may wait, in seconds: many clients and proxies give up after a minute. */
export const LONGEST_WAIT_S = 50;

/** How many requests may wait at once: of all, and about one action. */
const MOST = 1_000;
const MOST_OF_ONE = 10;

/** How long a request waits at most before it looks again by itself, in milliseconds: an entry may be told before its workflow is done. */
const LOOK_MS = 5_000;

/** Reads actions for those who wait for news of them. */
export function createWaiting(deps: GatewayDeps) {
  const waiting = new Map<string, number>();
  const total = () => [...waiting.values()].reduce((sum, count) => sum + count, 0);
  const count = (actionId: string, by: 1 | -1) => {
    const left = (waiting.get(actionId) ?? 0) + by;
    if (left === 0) waiting.delete(actionId);
    else waiting.set(actionId, left);
  };

  /**
   * Waits until an action is over, or until people wait for an answer of its agent, and reads it. After so many seconds it reads it anyhow.
   *
   * @throws Problem when too many wait already
   */
  return async (read: ReadAction, actionId: string, seconds: number): Promise<ReadAction> => {
    if (seconds === 0 || isNews(read.state)) return read;
    if (total() >= MOST || (waiting.get(actionId) ?? 0) >= MOST_OF_ONE)
      throw new Problem('locked', 'too many requests wait at once', { retryAfter: 10 });
    const until = Date.now() + seconds * 1_000;
    count(actionId, 1);
    let hasChanged = false;
    let wake = () => {};
    const unsubscribe = deps.changes.subscribe((changed) => {
      if (changed !== actionId && changed !== '*') return;
      hasChanged = true;
      wake();
    });
    try {
      let latest = await readAction(deps, actionId);
      while (!isNews(latest.state) && Date.now() < until) {
        if (!hasChanged) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, Math.min(LOOK_MS, until - Date.now()));
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
        hasChanged = false;
        latest = await readAction(deps, actionId);
      }
      return latest;
    } finally {
      unsubscribe();
      count(actionId, -1);
    }
  };
}

const isNews = ({ status, questions }: ActionState) =>
  status === 'closed' || status === 'lost' || questions.some(({ answer }) => answer === undefined);
