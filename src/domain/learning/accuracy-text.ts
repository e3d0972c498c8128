import { inWords } from '../shared/in-words.ts';
import type { Accuracy } from './accuracy.ts';

/** How right the watch and the risk score of an action type were, as one line. */
export function accuracyText({
  actionType,
  ran,
  watched,
  found,
  medianDetectionMs,
  missed,
  falseRollbacks,
  byRisk,
}: Accuracy): string {
  const detection =
    medianDetectionMs === undefined ? '' : `, half of them within ${inWords(medianDetectionMs)}`;
  const bands = byRisk.map(({ from, to, ran: ranIn, wrong }) => `${from} to ${to}: ${wrong} of ${ranIn}`);
  return [
    `${actionType} ran ${ran === 1 ? 'once' : `${ran} times`}, ${watched} watched.`,
    `Regressions found: ${found}${detection}; missed: ${missed.length}; false rollbacks: ${falseRollbacks.length}.`,
    `Went wrong by risk score: ${bands.join(', ')}.`,
  ].join(' ');
}
