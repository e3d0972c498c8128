import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';

export const finish = defineSignal('finish');

/** Sleeps a day, and says how long that took on its own clock. */
export async function sleepADay(): Promise<number> {
  const began = Date.now();
  await sleep('24 hours');
  return Date.now() - began;
}

/** Checks every five minutes whether it may finish, and counts the checks. */
export async function checkUntilFinished(): Promise<number> {
  let finished = false;
  let checks = 0;
  setHandler(finish, () => {
    finished = true;
  });
  while (!(await condition(() => finished, '5 minutes'))) checks += 1;
  return checks;
}
