import type { Action, Proposal } from '../action/action.ts';
import { watchLengthOf } from '../analysis/course.ts';
import type { Installation } from '../installation/installation.ts';
import type { Impact } from '../risk/impact.ts';
import type { ParameterChange } from '../risk/parameter-change.ts';
import { lookup } from '../shared/lookup.ts';
import { clausesOf } from './agent-text.ts';
import { otherEnvironments } from './another-environment.ts';
import { isAboutAnother, otherServices } from './another-service.ts';
import { otherSettings } from './another-setting.ts';
import { otherVersions } from './another-version.ts';
import { claimedApprovals } from './claimed-approval.ts';
import { oldEvidence } from './evidence-age.ts';
import { evidenceWithoutSource } from './evidence-source.ts';
import { type Finding, sorted } from './finding.ts';
import { unmentionedIncidents } from './incident.ts';
import { neverSetBefore } from './never-set-before.ts';
import { notMeasured } from './not-measured.ts';
import { notUndone } from './not-undone.ts';
import { numbersThatDiffer } from './number-differs.ts';
import { rollbackTargets } from './rollback-target.ts';
import { largeChanges, noChanges } from './size-of-change.ts';
import { subjectsOf } from './subject.ts';
import { wentWrongBefore } from './went-wrong-before.ts';
import { wrongDirections, wrongVersionDirections } from './wrong-direction.ts';

/** The most parameters that texts are compared with. */
const MOST_PARAMETERS = 50;

export interface FindingsInput {
  readonly installation: Pick<
    Installation,
    'services' | 'dependents' | 'environments' | 'people' | 'groups' | 'actionTypes'
  >;
  /** As the agent made it. */
  readonly proposal: Proposal;
  /** As it would run. A person may have edited it since. */
  readonly action: Action;
  readonly impact: Pick<Impact, 'changes' | 'similar' | 'leftBehind' | 'sameBefore'> & {
    readonly live: Pick<Impact['live'], 'incidents'>;
  };
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Compares what the agent wrote with what it asks for, the catalog, the record and the clock. Returns all contradictions, what weighs most
 * first. The rules go by words and numbers alone: they find what is plainly written, and nothing that must be understood.
 */
export function findingsOf({ installation, proposal, action, impact, at }: FindingsInput): Finding[] {
  const { target, environment } = action;
  const everything = clausesOf(proposal);
  const clauses = everything.filter(({ isConditional }) => !isConditional);
  const changes = impact.changes ?? unread(action);
  const type = lookup(installation.actionTypes, action.type);
  const isElsewhere = isAboutAnother(installation, target);
  const large = largeChanges(changes);
  return sorted([
    ...large,
    ...neverSetBefore(changes, large),
    ...noChanges(changes),
    ...subjectsOf(action, changes.slice(0, MOST_PARAMETERS)).flatMap((subject) => [
      ...numbersThatDiffer(subject, clauses, isElsewhere),
      ...wrongDirections(subject, clauses, isElsewhere),
    ]),
    ...otherVersions(changes, clauses, target),
    ...wrongVersionDirections(changes, clauses),
    ...(type ? otherSettings(action, type, clauses) : []),
    ...otherServices(installation, target, clauses),
    ...otherEnvironments(environment, Object.keys(installation.environments), clauses),
    ...claimedApprovals(installation, everything, { hasRunbook: type?.runbook !== undefined }),
    ...notUndone(action, { dataMigration: type?.dataMigration, leftBehind: impact.leftBehind }, everything),
    ...rollbackTargets(action, changes),
    ...wentWrongBefore(impact.sameBefore),
    ...unmentionedIncidents(impact.live.incidents ?? [], target, everything),
    ...oldEvidence(proposal, at, lastChangeOf(action, impact)),
    ...evidenceWithoutSource(proposal, action.watch),
    ...notMeasured(proposal, action),
  ]);
}

/** The parameters of an action of which no value was read. */
const unread = ({ params }: Action): ParameterChange[] =>
  Object.entries(params).map(([parameter, to]) => ({
    parameter,
    to,
    from: { kind: 'unknown', reason: 'nobody read it' },
  }));

/**
 * When the target was last changed by an action of this type, in milliseconds since the epoch. What ended was watched until then, so its effect
 * began that much earlier.
 */
function lastChangeOf(
  { target, environment, watch }: Action,
  { similar }: Pick<Impact, 'similar'>,
): number | undefined {
  const last = similar.last.find(
    (past) => past.target === target && past.environment === environment && CHANGED.has(past.outcome),
  );
  return last && last.at - (watch ? watchLengthOf(watch) : 0);
}

const CHANGED = new Set<string>(['succeeded', 'rolledBack', 'rollbackFailed']);
