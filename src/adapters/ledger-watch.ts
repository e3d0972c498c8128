import { setTimeout as delay } from 'node:timers/promises';
import type { MetricMeter } from '@temporalio/common';
import type { Logger } from 'pino';
import { GENESIS, type Head } from '../domain/ledger/ledger.ts';
import type { Database } from './postgres/database.ts';
import { verifyLedger } from './postgres/verify.ts';

/** How often to look for new entries. */
const EACH_MS = 60_000;
/** The full check pauses so that it uses a fifth of one thread's time, and leaves room for the process's own work. */
const PAUSES_FOR_WORK = 4;

export interface LedgerWatch {
  /** Where the ledger is broken; empty while it is found intact. */
  faults(): string[];
  stop(): Promise<void>;
}

/**
 * Checks the whole ledger once. Then checks the new entries each minute, and that the last checked entry has not changed. A break
 * is reported in the log, in the metric `countersign_ledger_intact` (1 or 0), and in `faults`.
 */
export function watchLedger(
  { pool }: Pick<Database, 'pool'>,
  log: Pick<Logger, 'error' | 'warn'>,
  meter: MetricMeter,
  eachMs = EACH_MS,
): LedgerWatch {
  const intact = meter.createGauge(
    'countersign_ledger_intact',
    'int',
    '',
    '1: the chain is; 0: it is broken',
  );
  const verifiedSeq = meter.createGauge(
    'countersign_ledger_verified_seq',
    'int',
    '',
    'The last entry that was found intact',
  );
  const stopping = new AbortController();
  let head: Head = GENESIS;
  let fault: string | undefined;

  async function look(): Promise<void> {
    let began = performance.now();
    const check = await verifyLedger(pool, head, async (checkedHead) => {
      head = checkedHead;
      verifiedSeq.set(head.seq);
      await delay((performance.now() - began) * PAUSES_FOR_WORK, undefined, { signal: stopping.signal });
      began = performance.now();
    });
    if (check.kind === 'intact') {
      head = check.head;
      verifiedSeq.set(head.seq);
      fault = undefined;
    } else {
      const { seq, reason } = check;
      const newFault = `the ledger is broken at entry ${seq}: ${reason}`;
      if (newFault !== fault) log.error({ seq, reason, intactUntil: head.seq }, 'the ledger is broken');
      fault = newFault;
    }
    intact.set(fault === undefined ? 1 : 0);
  }

  async function keepLooking(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error) => {
        if (!stopping.signal.aborted) log.warn({ error }, 'the ledger could not be verified');
      });
      await delay(eachMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const looking = keepLooking();
  return {
    faults: () => (fault === undefined ? [] : [fault]),
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}
