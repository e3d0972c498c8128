import { hasShape } from '../domain/shared/shape.ts';
import type { AnswerMode } from '../domain/simulation/answer.ts';
import type { Case } from '../domain/simulation/case.ts';
import type { Effects, Verdict } from '../domain/simulation/effects.ts';
import { CommandError } from './command-error.ts';

/** The result of a simulation, as `--json` prints it. Times in milliseconds since the epoch. */
export interface Simulation {
  /** The form of this file. */
  readonly simulation: 1;
  /** Whether past actions were ruled on again now, or a candidate was asked beside each ruling. */
  readonly source: 'ledger' | 'shadow';
  readonly madeAt: number;
  readonly since: number;
  readonly mode?: AnswerMode | undefined;
  readonly verdict: Verdict;
  /** One digest of all that each folder says. */
  readonly digests: { readonly active: string; readonly candidate: string };
  /** Answers of earlier candidates in the shadow, which are left out. */
  readonly ofEarlierCandidates?: number | undefined;
  readonly effects: Effects;
  /** The actions that are not ruled on as before, by the candidate or by the folder in force. */
  readonly cases: readonly Case[];
}

/** Reads a result from a file. @throws CommandError when it is none */
export function simulationIn(file: string, value: unknown): Simulation {
  const isOurs = hasShape(value, {
    simulation: 'number',
    source: 'text',
    madeAt: 'number',
    since: 'number',
    verdict: 'text',
    digests: { active: 'text', candidate: 'text' },
    effects: {
      coverage: { notReplayable: 'list' },
      classes: {},
      today: {},
      wouldHaveRun: 'list',
      wouldHaveWaited: 'list',
      asks: { all: {}, people: 'list', hours: 'list' },
      waiting: {},
    },
    cases: 'list',
  });
  if (isOurs) return value as Simulation;
  throw new CommandError(`${file}: is no result of "countersign simulate --json"`);
}
