import { type ExerciseReport, reportOf } from '../domain/exercise/report.ts';
import type { Scenario } from '../domain/exercise/scenario.ts';
import type { Played } from './exercise.ts';

/** The report on an exercise: what was played, beside what the scenario expects. */
export const reportOn = (
  { title, begins, expect }: Scenario,
  { actions, sightings, ended }: Played,
): ExerciseReport =>
  reportOf({
    title,
    begins,
    ended,
    expect,
    actions: actions.map(({ proposal, actionId, entries }) => ({
      name: proposal.name,
      is: proposal.is,
      expect: proposal.expect,
      actionId,
      entries,
      sightings: sightings.filter((sighting) => sighting.actionId === actionId),
    })),
  });
