import { actionWorkflowId } from '../../../src/contract/ids.ts';
import { recordedState } from '../../../src/contract/recorded-state.ts';
import { standingIn } from '../../../src/contract/standing.ts';
import type { Proposal } from '../../../src/domain/action/action.ts';
import type { Settlement } from '../../../src/domain/approval/settlement.ts';
import {
  chain,
  type EntryKind,
  GENESIS,
  type LedgerEntry,
  type ReadEntry,
} from '../../../src/domain/ledger/ledger.ts';
import type { EntryBodies } from '../../../src/domain/record/on-record.ts';
import { lastPeriod } from '../../../src/domain/reports/period.ts';
import type { AuditReaders } from '../../../src/domain/reports/weekly.ts';
import { testInstallation } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { folderWith, recordedBy } from '../simulation/support.ts';
import { jwsOf } from '../support.ts';

/** Thursday, 2026-11-26, 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 26, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const THAT_WEEK = lastPeriod('weekly', NOON + 7 * DAY, 'UTC');
export const THAT_MONTH = lastPeriod('monthly', NOON + 7 * DAY, 'UTC');

export const readers: AuditReaders = {
  stateOf: recordedState,
  workflowIdOf: actionWorkflowId,
  standingIn: (entry) => standingIn([entry])[0],
};

const RUN = '01900000-0000-7000-8000-000000000001';
const { keys } = testInstallation();

/** A ledger in memory, written step by step. */
export class Book {
  readonly entries: ReadEntry[] = [];
  #head = GENESIS;

  write(kind: EntryKind, actionId: string, at: number, body: object): LedgerEntry {
    const eventId = `${actionId}/${RUN}/${kind}/${this.entries.length}`;
    const entry = chain(
      this.#head,
      { eventId, actionId, kind, at, body: JSON.parse(JSON.stringify(body)) },
      '00'.repeat(16),
    );
    this.entries.push(entry);
    this.#head = { seq: entry.seq, hash: entry.hash };
    return entry;
  }

  /** Erases what the entries of this kind said. */
  erase(kind: EntryKind): this {
    for (const [i, entry] of this.entries.entries()) {
      if (entry.kind !== kind) continue;
      const { salt: _, commitment = '', ...rest } = entry as LedgerEntry;
      this.entries[i] = { ...rest, commitment, kind: 'erased', was: kind, body: { reason: 'it was erased' } };
    }
    return this;
  }
}

/** One action, as the activities record it. */
export class Recorded {
  readonly id: string;
  readonly #book: Book;
  readonly #ruled: ReturnType<typeof recordedBy>;
  #at: number;
  #settled: EntryBodies['settled'] | undefined;

  constructor(book: Book, given: Partial<Proposal> = {}, at = NOON) {
    this.#book = book;
    this.#at = at;
    this.#ruled = recordedBy(folderWith(), { given: proposal(given) });
    this.id = this.#ruled.actionId;
  }

  get digest(): string {
    return this.#ruled.ruling.digest;
  }

  #write(kind: EntryKind, body: object): this {
    this.#book.write(kind, this.id, this.#at, body);
    this.#at += 60_000;
    return this;
  }

  ruled(): this {
    const { proposal, action, impact, ruling } = this.#ruled;
    return this.#write('ruled', { proposal, action, impact, ruling });
  }

  /** A person decides, with a signature of theirs unless somebody else's key is named. */
  decided(person: string, verdict: 'approve' | 'deny', signer = person): this {
    const key = keys[signer];
    if (!key) throw new Error(`${signer} has no key`);
    const decidedAt = this.#at;
    const jws = jwsOf(key, {
      installation: 'storefront',
      workflowId: actionWorkflowId(this.id),
      runId: RUN,
      digest: this.digest,
      person,
      verdict,
      decidedAt,
      authentication: 'signing-key',
      reason: `${verdict} by ${person}`,
    });
    const vote = { person, verdict, decidedAt, jws, authentication: 'signing-key' as const };
    const settlement: Settlement =
      verdict === 'approve'
        ? { kind: 'approved', by: [person] }
        : { kind: 'denied', by: person, reason: 'not now' };
    return this.settled(settlement, [vote]);
  }

  settled(settlement: Settlement, votes: EntryBodies['settled']['votes'] = []): this {
    this.#settled = { digest: this.digest, settlement, votes, since: this.#at };
    return this.#write('settled', this.#settled);
  }

  told(delivery: Partial<EntryBodies['told']['deliveries'][number]>): this {
    const usual = {
      step: 'route-1',
      by: 'page',
      whom: 'on-call',
      people: ['linus'],
      delivered: true,
      detail: 'taken',
    };
    return this.#write('told', { deliveries: [{ ...usual, ...delivery }] });
  }

  admitted(digest = this.digest): this {
    return this.#write('admitted', {
      digest,
      settlement: this.#settled?.settlement ?? null,
      votes: this.#settled?.votes ?? [],
      execute: this.#ruled.action.execute,
    });
  }

  executed(changes: Partial<EntryBodies['executed']> = {}): this {
    return this.#write('executed', { digest: this.digest, kind: 'done', summary: '200 OK', ...changes });
  }

  lost(): this {
    return this.#write('lost', { digest: this.digest, reason: 'its workflow was terminated' });
  }

  closed(kind: string, reason = 'because', changes: Partial<EntryBodies['closed']> = {}): this {
    const record = { settlement: this.#settled?.settlement, votes: this.#settled?.votes ?? [] };
    return this.#write('closed', {
      outcome: { kind, reason },
      hold: false,
      record,
      review: null,
      ...changes,
    });
  }

  reviewed(result: object): this {
    return this.#write('reviewed', { result, votes: [] });
  }

  /** Everything that follows happens so much later. */
  later(ms: number): this {
    this.#at += ms;
    return this;
  }
}

/** One that people approved, that ran, and that ended well. */
export const approvedAndDone = (book: Book, given: Partial<Proposal> = DEPLOY): Recorded =>
  new Recorded(book, given)
    .ruled()
    .decided('grace', 'approve')
    .admitted()
    .executed()
    .closed('succeeded', '6 measurements within their limits');

/** What people must approve. */
export const DEPLOY: Partial<Proposal> = {
  actionType: 'version.deploy',
  target: 'checkout',
  params: { version: '2.4.0' },
  agent: { id: 'deploy-agent', version: '2.0.1' },
  idempotencyKey: 'deploy-2.4.0',
};
