import type { Decider } from './decider.ts';
import type { Stage } from './stage.ts';
import type { Check } from './story.ts';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Plays it, and says what was seen beside what must be. */
  play(stage: Stage, decide: Decider): Promise<Check[]>;
}
