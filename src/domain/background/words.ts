import { alternativeText } from './alternatives.ts';
import type { Background } from './background.ts';
import { calibrationText } from './calibration.ts';

/** A sentence of the machine without the final period, and what of the agent's words it is about. */
interface BesideWords {
  readonly label: string;
  readonly text: string;
}

/** What was found beside what the agent says of itself: of its confidence, and of each alternative by its place in the agent's list. */
export const besideWords = ({ calibration, alternatives = [] }: Background): BesideWords[] => [
  ...(calibration ? [{ label: 'Its confidence', text: calibrationText(calibration) }] : []),
  ...alternatives.map((facts) => ({ label: `Alternative ${facts.place + 1}`, text: alternativeText(facts) })),
];
