import { type Met, MINUTES } from './situations.ts';

/** The value of z from which a test at 0.05, on both sides, has found a difference. */
const ENOUGH = 1.96;

/**
 * After how many minutes a test of two shares first says that there are more bad requests, if it is read at every look: all minutes
 * since the action, beside as many before it. Undefined: it never does.
 */
export function zTestFinds({ first, today }: Met): number | undefined {
  const sum = (from: number, until: number) => {
    const minutes = today.slice(from - first, until - first).filter(({ isScraped }) => isScraped);
    const bad = minutes.reduce((all, minute) => all + minute.bad, 0);
    const total = minutes.reduce((all, minute) => all + minute.total, 0);
    return { bad, total };
  };
  for (let look = 1; look <= MINUTES; look++) {
    const [after, before] = [sum(0, look), sum(-look, 0)];
    const pooled = (after.bad + before.bad) / (after.total + before.total);
    const variance = pooled * (1 - pooled) * (1 / after.total + 1 / before.total);
    const z = (after.bad / after.total - before.bad / before.total) / Math.sqrt(variance);
    if (z > ENOUGH) return look;
  }
  return undefined;
}
