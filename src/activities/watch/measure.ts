import { assessReading, type Reading, valueFault } from '../../domain/analysis/condition.ts';
import { isAtEnd } from '../../domain/analysis/course.ts';
import { circumstancesOf, type LookedAt } from '../../domain/analysis/look.ts';
import { judgedBetween, measurementOf, readUntil } from '../../domain/analysis/measurement-of.ts';
import {
  type ComparedMetric,
  isCompared,
  isMeasured,
  looksAt,
  type MeasuredMetric,
  type Measurement,
  type MetricSpec,
  type Watch,
} from '../../domain/analysis/metrics.ts';
import { hear } from '../../domain/approval/count-statements.ts';
import { timeZoneOf } from '../../domain/calendar/calendar.ts';
import { daysBefore } from '../../domain/calendar/local-time.ts';
import type { EntryBodies, OnRecord } from '../../domain/record/on-record.ts';
import type { Ticket } from '../../domain/record/sealed-ticket.ts';
import {
  baselineFaultOf,
  courseOnRecord,
  recoveryCourseOnRecord,
  watchedRun,
} from '../../domain/record/watch-on-record.ts';
import { questionOn } from '../../domain/ruling/open-question.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Sealed } from '../../domain/shared/seal.ts';
import type { HandedIn } from '../ports/handed-in.ts';
import type { Fact } from '../ports/ledger.ts';
import type { Sources } from '../ports/metric-source.ts';
import { recordOrSeal, unlessAway } from '../shared/away.ts';
import { complete } from '../shared/complete.ts';
import { type Case, notOnRecord } from '../shared/step.ts';
import { ticketOf } from '../shared/ticket.ts';
import { lookAt } from './look.ts';
import { endedFromOutside, type OutsideDeps } from './outside.ts';
import { readBetween, readingOf } from './read-metrics.ts';

/** What a check is for. Times in milliseconds since the epoch. */
interface Due {
  readonly watch: Watch;
  readonly metrics: readonly MetricSpec[];
  readonly baseline: Baseline;
  readonly target: string;
  readonly admittedAt: number;
  readonly executedAt: number;
  /** Up to when a metric was read before. */
  readonly readUntil: (spec: MetricSpec) => number;
  /** The measurements of the checks before. */
  readonly earlier: readonly Measurement[];
  /** The names of the metrics whose last check this is. */
  readonly ending: readonly string[];
  /** Why the time before the action is no baseline. Undefined: it is one. */
  readonly baselineFault?: string | undefined;
  /** How often people had the watch go on. */
  readonly extensions: number;
}

interface ReadingDeps {
  readonly sources: Sources;
  readonly now: () => number;
}

export interface MeasureDeps extends ReadingDeps, OutsideDeps {
  readonly handedIn: HandedIn;
}

/** Values before the action, by metric name. A metric that could not be read is absent. */
export type Baseline = Readonly<Record<string, number>>;

export interface BeforeAction {
  readonly baseline: Baseline;
  readonly measurements: readonly Measurement[];
}

export interface MeasureInput {
  /** Which check of the watch, counted from 0. */
  readonly check: number;
  /** What to go by without the ledger, when the ledger did not answer the first time. */
  readonly ticket?: Sealed<Ticket> | undefined;
  /** The sealed facts that could not be recorded so far. They are recorded first. */
  readonly unrecorded?: readonly Sealed<Fact>[] | undefined;
}

export interface Measured {
  readonly measurements: readonly Measurement[];
  /** When the check counts as taken, in milliseconds since the epoch. The wait for the next check begins here. */
  readonly at: number;
  /** What people signed against the action and handed in to us (compact JWS). */
  readonly revocations: readonly string[];
  /** Whether what could not be recorded before is recorded now. */
  readonly completed?: true | undefined;
  /** Why something from outside ended the watch. Then nothing was measured. */
  readonly ended?: string | undefined;
  /** The sealed fact of the check, where it could not be recorded. */
  readonly unrecorded?: Sealed<Fact> | undefined;
}

/** The number of a reading, where it is one that can be judged and compared with. @param at milliseconds since the epoch */
const numberIn = (reading: Reading, at: number): number | undefined =>
  reading.kind === 'value' && valueFault(reading, at) === undefined ? reading.value : undefined;

/** Judges a reading that was taken before the action, as if nothing had changed since. */
const assessUnchanged = (spec: MeasuredMetric, reading: Reading, at: number): Measurement =>
  assessReading(spec, reading, numberIn(reading, at), at);

/** Reads a metric as it is before an action, for people who are about to decide. */
export async function readNow({ sources, now }: ReadingDeps, spec: MeasuredMetric): Promise<Measurement> {
  return assessUnchanged(spec, await readingOf(sources, spec), now());
}

/** How long to wait before a source that was away is asked again, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/** Reads a metric, and once more where it could not be read: nothing can be compared with a baseline that is missing. */
async function readTwice({ sources, now }: ReadingDeps, spec: MeasuredMetric): Promise<Reading> {
  const reading = await readingOf(sources, spec);
  if (numberIn(reading, now()) !== undefined) return reading;
  await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  return readingOf(sources, spec);
}

/** Reads each metric before the action: its number, to compare with later, and how the metric stands now. */
export async function readBefore(deps: ReadingDeps, metrics: readonly MetricSpec[]): Promise<BeforeAction> {
  const readings = await Promise.all(
    metrics.filter(isMeasured).map(async (spec) => ({ spec, reading: await readTwice(deps, spec) })),
  );
  const at = deps.now();
  const baselineEntries = readings.flatMap(({ spec, reading }) => {
    const number = numberIn(reading, at);
    return number === undefined ? [] : [[spec.name, number] as const];
  });
  return {
    baseline: Object.fromEntries(baselineEntries),
    measurements: readings.map(({ spec, reading }) => assessUnchanged(spec, reading, at)),
  };
}

export function createMeasure(deps: MeasureDeps) {
  const { sources, now, step, handedIn, sealKey, installation } = deps;

  /** Takes the measurements of one metric that are due. */
  async function measurementsOf(spec: MetricSpec, due: Due): Promise<Measurement[]> {
    const [measured, look] = await Promise.all([
      isMeasured(spec) ? measuredNow(spec, due) : undefined,
      isCompared(spec) ? lookAt(sources, spec, lookedAtIn(due, spec), now()) : undefined,
    ]);
    const { at, between } = measured ?? { at: undefined, between: [] };
    const measurement = measurementOf(spec, at, look, now());
    return measurement ? [...between, measurement] : between;
  }

  /** Reads a metric now, and what it was since its last reading where that was long ago. Each value is judged by the conditions. */
  async function measuredNow(spec: MeasuredMetric, due: Due) {
    const baseline = lookup(due.baseline, spec.name);
    const [between, reading] = await Promise.all([
      readBetween(sources, spec, due.readUntil(spec), now()),
      readingOf(sources, spec),
    ]);
    return {
      between: judgedBetween(spec, between, baseline),
      at: assessReading(spec, reading, baseline, now()),
    };
  }

  const lookedAtIn = (due: Due, spec: ComparedMetric): LookedAt => ({
    admittedAt: due.admittedAt,
    executedAt: due.executedAt,
    looks: looksAt(due.earlier, spec.name),
    longestMs: due.watch.extendToMs ?? 0,
    daysBefore: (at, days) => daysBefore(at, days, timeZoneOf(installation, due.target)),
    circumstances: circumstancesOf(due.watch, spec, {
      isEnd: due.ending.includes(spec.name),
      baselineFault: due.baselineFault,
      extensions: due.extensions,
    }),
  });

  const readAll = async (due: Due): Promise<Measurement[]> =>
    (await Promise.all(due.metrics.map((spec) => measurementsOf(spec, due)))).flat();

  return {
    /**
     * Takes one check of the watch: reads its metrics now and judges each reading by its conditions, and weighs what is compared. Once the
     * action was taken back, it is a check of whether its metrics are back: the baseline is still that from before the action.
     * Before, it looks whether something from outside ended the watch.
     * INVARIANTS 7, 13: what is read, what it is compared with and when it is due are on record; the same check is taken once.
     *
     * @throws ApplicationFailure `LedgerAway` when the ledger does not answer and no ticket was given
     */
    measure: async ({ check, ticket, unrecorded = [] }: MeasureInput): Promise<Measured> => {
      const ledgerAnswer = await unlessAway(async () => {
        const caseNow = await complete(deps, unrecorded);
        const takenBackAt = takenBackIn(caseNow);
        const ended = takenBackAt === undefined ? await endedFromOutside(deps, caseNow) : undefined;
        return { caseNow, takenBackAt, ended, revocations: await revocationsIn(caseNow) };
      });
      if (ledgerAnswer.kind === 'away') return checkWithoutLedger(check, ticket);
      const { caseNow, takenBackAt, ended, revocations } = ledgerAnswer.value;
      const { record, actionId, runId, at } = caseNow;
      const ofLedger = { revocations, ...(unrecorded.length === 0 ? {} : { completed: true as const }) };
      if (ended) return { measurements: [], at, ...ofLedger, ended: ended.why, unrecorded: ended.unrecorded };
      const checks = takenBackAt === undefined ? record.measured : record.measuredBack;
      const earlierCheck = checks.find((pastCheck) => pastCheck.check === check);
      if (earlierCheck) return { measurements: earlierCheck.measurements, at: earlierCheck.at, ...ofLedger };
      const measurements = await readAll(dueIn(record, check, at, takenBackAt));
      const kind = kindOf(takenBackAt);
      const sealedCheck = await recordCheck({ actionId, runId, at }, kind, { check, measurements });
      return { measurements, at, ...ofLedger, unrecorded: sealedCheck };
    },
  };

  /** Takes a check while the ledger is away. */
  async function checkWithoutLedger(
    check: number,
    sealedTicket: Sealed<Ticket> | undefined,
  ): Promise<Measured> {
    const { workflowId, runId, at } = step();
    const ticket = ticketOf({ workflowId, runId }, sealedTicket, sealKey);
    const { watch, baseline, actionId, target = '', admittedAt = at, baselineFault, takenBackAt } = ticket;
    if (!watch) throw notOnRecord('nothing is watched for this action type');
    // Only the ledger knows which metrics are due and what was read before. So all are read, and compared from the begin of the watch.
    // Readings that were not due do not count later.
    const measurements = await readAll({
      watch,
      metrics: watch.metrics,
      baseline,
      target,
      admittedAt,
      executedAt: takenBackAt ?? admittedAt,
      readUntil: () => at,
      earlier: [],
      ending: [],
      baselineFault,
      extensions: 0,
    });
    const kind = kindOf(takenBackAt);
    const unrecorded = await recordCheck({ actionId, runId, at }, kind, { check, measurements });
    return { measurements, at, revocations: [], unrecorded };
  }

  /** Records a check, or seals it where the ledger is away. */
  function recordCheck(
    { actionId, runId, at }: Pick<Case, 'actionId' | 'runId' | 'at'>,
    kind: CheckKind,
    body: EntryBodies[CheckKind],
  ): Promise<Sealed<Fact> | undefined> {
    const eventId = `${actionId}/${runId}/${kind}/${body.check}`;
    return recordOrSeal(deps, { eventId, actionId, kind, at, body });
  }

  /** The revocations that were handed in to us. INVARIANT 14: they stop the action even when its workflow cannot be reached. */
  async function revocationsIn({ record, workflowId, runId, at }: Case): Promise<readonly string[]> {
    const { ruled, revoked, takenBack } = record;
    const question =
      ruled &&
      !revoked &&
      takenBack?.kind !== 'done' &&
      questionOn({ workflowId, runId }, ruled.ruling, { kind: 'underWay' });
    if (!question) return [];
    const statements = await handedIn.of(workflowId);
    return statements.filter((jws) => hear(question, { jws }, at).kind === 'said');
  }
}

/** When the action was taken back. Undefined: it was not. */
const takenBackIn = ({ record: { takenBack } }: Case): number | undefined =>
  takenBack?.kind === 'done' ? takenBack.at : undefined;

type CheckKind = 'measured' | 'measuredBack';

const kindOf = (takenBackAt: number | undefined): CheckKind =>
  takenBackAt === undefined ? 'measured' : 'measuredBack';

/**
 * What a check is for. Where checks before it could not be recorded yet: all metrics, as nobody knows which are due.
 *
 * @throws ApplicationFailure `NotOnRecord` where no such check is due
 */
function dueIn(record: OnRecord, check: number, at: number, takenBackAt: number | undefined): Due {
  const { ruled, admitted, executed, closed } = record;
  if (!ruled || !admitted || closed) throw notOnRecord('it does not run');
  const watchPlan = watchedRun({ ruled, admitted });
  if (!watchPlan) throw notOnRecord('nothing is watched for this action type');
  const course =
    takenBackAt === undefined
      ? courseOnRecord(watchPlan, record)
      : recoveryCourseOnRecord(watchPlan, record, takenBackAt);
  const checks = takenBackAt === undefined ? record.measured : record.measuredBack;
  const { next, dueAt, check: firstDue } = course;
  if (!next || dueAt === undefined) throw notOnRecord('its watch is over');
  if (at < dueAt) throw notOnRecord(`check ${firstDue} of its watch is not due yet`);
  const metrics = check > firstDue ? watchPlan.watch.metrics : next.metrics;
  const executedAt = takenBackAt ?? executed?.at ?? admitted.at;
  const earlier = checks.flatMap(({ measurements }) => measurements);
  return {
    watch: watchPlan.watch,
    metrics,
    baseline: admitted.baseline ?? {},
    target: ruled.action.target,
    admittedAt: admitted.at,
    executedAt,
    readUntil: (spec) => readUntil(spec, executedAt, earlier),
    earlier,
    ending: metrics.map(({ name }) => name).filter((name) => isAtEnd(course, name)),
    baselineFault: baselineFaultOf(ruled),
    extensions: record.extended.length,
  };
}
