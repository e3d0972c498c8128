import { assessReading, type Reading, valueFault } from '../domain/analysis/condition.ts';
import type { Measurement, MetricQuery, MetricSpec } from '../domain/analysis/metrics.ts';
import { hear } from '../domain/approval/count-statements.ts';
import type { EntryBodies, OnRecord } from '../domain/record/on-record.ts';
import type { Ticket } from '../domain/record/sealed-ticket.ts';
import { courseOnRecord, watchedBy } from '../domain/record/watch-on-record.ts';
import { questionOn } from '../domain/ruling/open-question.ts';
import { lookup } from '../domain/shared/lookup.ts';
import type { Sealed } from '../domain/shared/seal.ts';
import { recordOrSeal, unlessAway } from './away.ts';
import type { HandedIn } from './ports/handed-in.ts';
import type { Fact } from './ports/ledger.ts';
import type { Sources } from './ports/metric-source.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './step.ts';
import { ticketOf } from './ticket.ts';

/** Reads one number. A source that is not configured is a reading too, with the reason. */
export async function readingOf(sources: Sources, { source, query }: MetricQuery): Promise<Reading> {
  const metricSource = lookup(sources, source);
  return metricSource
    ? metricSource.read(query)
    : { kind: 'none', reason: `the metric source ${source} is not configured` };
}

interface ReadingDeps {
  readonly sources: Sources;
  readonly now: () => number;
}

export interface MeasureDeps extends ReadingDeps, StepDeps {
  readonly handedIn: HandedIn;
  readonly sealKey: Uint8Array;
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
}

export interface Measured {
  readonly measurements: readonly Measurement[];
  /** When the check counts as taken, in milliseconds since the epoch. The wait for the next check begins here. */
  readonly at: number;
  /** What people signed against the action and handed in to us (compact JWS). */
  readonly revocations: readonly string[];
  /** The sealed fact of the check, where it could not be recorded. */
  readonly unrecorded?: Sealed<Fact> | undefined;
}

/** The number of a reading, where it is one that can be judged and compared with. @param at milliseconds since the epoch */
const numberIn = (reading: Reading, at: number): number | undefined =>
  reading.kind === 'value' && valueFault(reading, at) === undefined ? reading.value : undefined;

/** Judges a reading that was taken before the action, as if nothing had changed since. */
const assessUnchanged = (spec: MetricSpec, reading: Reading, at: number): Measurement =>
  assessReading(spec, reading, numberIn(reading, at), at);

/** Reads a metric as it is before an action, for people who are about to decide. */
export async function readNow({ sources, now }: ReadingDeps, spec: MetricSpec): Promise<Measurement> {
  return assessUnchanged(spec, await readingOf(sources, spec), now());
}

/** How long to wait before a source that was away is asked again, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/** Reads a metric, and once more where it could not be read: nothing can be compared with a baseline that is missing. */
async function readTwice({ sources, now }: ReadingDeps, spec: MetricSpec): Promise<Reading> {
  const reading = await readingOf(sources, spec);
  if (numberIn(reading, now()) !== undefined) return reading;
  await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
  return readingOf(sources, spec);
}

/** Reads each metric before the action: its number, to compare with later, and how the metric stands now. */
export async function readBefore(deps: ReadingDeps, metrics: readonly MetricSpec[]): Promise<BeforeAction> {
  const readings = await Promise.all(
    metrics.map(async (spec) => ({ spec, reading: await readTwice(deps, spec) })),
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
  const { sources, now, step, handedIn, sealKey } = deps;

  const read = (metrics: readonly MetricSpec[], baseline: Baseline): Promise<Measurement[]> =>
    Promise.all(
      metrics.map(async (spec) =>
        assessReading(spec, await readingOf(sources, spec), lookup(baseline, spec.name), now()),
      ),
    );

  return {
    /**
     * Takes one check of the watch: reads its metrics now and judges each reading by its conditions. INVARIANTS 7, 13: what is
     * read, what it is compared with and when it is due are on record; the same check is taken once.
     *
     * @throws ApplicationFailure `LedgerAway` when the ledger does not answer and no ticket was given
     */
    measure: async ({ check, ticket }: MeasureInput): Promise<Measured> => {
      const ledgerAnswer = await unlessAway(async () => {
        const caseNow = await caseOf(deps);
        return { caseNow, revocations: await revocationsIn(caseNow) };
      });
      if (ledgerAnswer.kind === 'away') return checkWithoutLedger(check, ticket);
      const { caseNow, revocations } = ledgerAnswer.value;
      const { record, actionId, runId, at } = caseNow;
      const earlierCheck = record.measured.find((pastCheck) => pastCheck.check === check);
      if (earlierCheck) return { measurements: earlierCheck.measurements, at: earlierCheck.at, revocations };
      const { metrics, baseline } = dueIn(record, check, at);
      const measurements = await read(metrics, baseline);
      const unrecorded = await recordCheck({ actionId, runId, at }, { check, measurements });
      return { measurements, at, revocations, unrecorded };
    },
  };

  /** Takes a check while the ledger is away. */
  async function checkWithoutLedger(
    check: number,
    sealedTicket: Sealed<Ticket> | undefined,
  ): Promise<Measured> {
    const { workflowId, runId, at } = step();
    const ticket = ticketOf({ workflowId, runId }, sealedTicket, sealKey);
    const { watch, baseline, actionId } = ticket;
    if (!watch) throw notOnRecord('nothing is watched for this action type');
    // Only the ledger knows which metrics are due, so all are read. Readings that were not due do not count later.
    const measurements = await read(watch.metrics, baseline);
    const unrecorded = await recordCheck({ actionId, runId, at }, { check, measurements });
    return { measurements, at, revocations: [], unrecorded };
  }

  /** Records a check, or seals it where the ledger is away. */
  function recordCheck(
    { actionId, runId, at }: Pick<Case, 'actionId' | 'runId' | 'at'>,
    body: EntryBodies['measured'],
  ): Promise<Sealed<Fact> | undefined> {
    const eventId = `${actionId}/${runId}/measured/${body.check}`;
    return recordOrSeal(deps, { eventId, actionId, kind: 'measured', at, body });
  }

  /** The revocations that were handed in to us. INVARIANT 14: they stop the action even when its workflow cannot be reached. */
  async function revocationsIn({ record, workflowId, runId, at }: Case): Promise<readonly string[]> {
    const { ruled, revoked } = record;
    const question =
      ruled && !revoked && questionOn({ workflowId, runId }, ruled.ruling, { kind: 'underWay' });
    if (!question) return [];
    const statements = await handedIn.of(workflowId);
    return statements.filter((jws) => hear(question, { jws }, at).kind === 'said');
  }
}

/**
 * What a check is for. Where checks before it could not be recorded yet: all metrics, as nobody knows which are due.
 *
 * @throws ApplicationFailure `NotOnRecord` where no such check is due
 */
function dueIn(record: OnRecord, check: number, at: number) {
  const { ruled, admitted, closed } = record;
  if (!ruled || !admitted || closed) throw notOnRecord('it does not run');
  const watchPlan = watchedBy(ruled, admitted.settlement?.kind === 'brokenGlass');
  if (!watchPlan) throw notOnRecord('nothing is watched for this action type');
  const { next, dueAt, check: firstDue } = courseOnRecord(watchPlan, record);
  if (!next || dueAt === undefined) throw notOnRecord('its watch is over');
  if (at < dueAt) throw notOnRecord(`check ${firstDue} of its watch is not due yet`);
  return {
    metrics: check > firstDue ? watchPlan.watch.metrics : next.metrics,
    baseline: admitted.baseline ?? {},
  };
}
