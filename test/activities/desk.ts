import type { ActivityDeps } from '../../src/activities/index.ts';
import type { AttentionRecords } from '../../src/activities/ports/attention-records.ts';
import type { Fact, Ledger } from '../../src/activities/ports/ledger.ts';
import { inEveryPlace } from '../../src/activities/shared/send.ts';
import type { ActivityStep } from '../../src/activities/shared/step.ts';
import { actionWorkflowId } from '../../src/contract/ids.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import type { Hold } from '../../src/domain/admission/hold.ts';
import type { AdmissionRequest } from '../../src/domain/admission/what-stops.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { chain, GENESIS_HASH, type LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { actionIdOf } from '../../src/domain/proposal/resolve-proposal.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize } from '../support/policies.ts';

/** 2026-03-02, 12:00 UTC: a Monday. */
export const NOW = Date.UTC(2026, 2, 2, 12);

const RUN = '01900000-0000-7000-8000-000000000001';

/** What stands behind the ports of activities, in memory, and the step that they are asked as. */
export interface Desk {
  readonly deps: ActivityDeps;
  /** All that was appended, in order. */
  readonly entries: readonly LedgerEntry[];
  /** What was appended about the action of the step. */
  kinds(): string[];
  /** Whoever asks for a lease. */
  readonly asked: readonly AdmissionRequest[];
  readonly placed: readonly Hold[];
  readonly opened: readonly string[];
  /** What people handed in beside the workflow. */
  readonly handed: string[];
  /** Where and when the next activity is asked for. */
  at: number;
  runId: string;
  workflowId: string;
  attempt: string;
}

/** @param changes parts that it has instead */
export function aDesk(proposal: Proposal, changes: Partial<ActivityDeps> = {}): Desk {
  const entries: LedgerEntry[] = [];
  const asked: AdmissionRequest[] = [];
  const placed: Hold[] = [];
  const opened: string[] = [];
  const handed: string[] = [];
  const holders = new Map<string, { holder: string | null; fencingToken: number }>();
  const { installation } = testInstallation();
  const ledger = inMemory(entries);
  const leaseOf = (target: string) => holders.get(target) ?? { holder: null, fencingToken: 0 };
  const desk: Desk = {
    entries,
    asked,
    placed,
    opened,
    handed,
    at: NOW,
    runId: RUN,
    attempt: 'the first',
    workflowId: actionWorkflowId(actionIdOf(proposal)),
    kinds: () =>
      entries
        .filter(({ actionId }) => actionWorkflowId(actionId) === desk.workflowId)
        .map(({ kind }) => kind),
    deps: {
      installation,
      checkParams: () => [],
      authorize: defaultAuthorize,
      reconciler: { ask: async () => ({ kind: 'none', reason: 'nobody is asked' }) },
      endedActions: { since: async () => [] },
      watchedActions: { since: async () => [] },
      step: (): ActivityStep => ({
        workflowId: desk.workflowId,
        runId: desk.runId,
        at: desk.at,
        attempt: desk.attempt,
      }),
      firstRunId: async () => desk.runId,
      now: () => desk.at,
      sealKey: new Uint8Array(32).fill(7),
      ledger,
      checkpoints: {
        sign: never,
        newest: never,
        cosigned: never,
        firstAfter: never,
        consistency: never,
        seenBy: never,
        keepCosignature: never,
      },
      witnesses: [],
      witnessesNeeded: 0,
      copies: { keepers: [], records: { last: never, kept: never } },
      logAlarms: { open: never, paged: never, over: never },
      contexts: {
        publicKey: { kty: 'EC', crv: 'P-256', x: '', y: '' },
        open: never,
        keep: never,
      },
      reports: undefined,
      histories: { endedSince: async () => [], of: async () => ({ kind: 'gone' }), sealedIn: async () => [] },
      recentActions: { since: async () => [], entriesOf: async () => [] },
      handedIn: {
        of: async () => handed,
        keep: async ({ jws }) => {
          handed.push(jws);
          return 'kept';
        },
      },
      sources: {},
      valueSources: { ask: never },
      pastActions: {
        similarTo: async () => [],
        of: async () => [],
        ranBy: async () => [],
        ranSince: async () => [],
      },
      leases: {
        acquire: async (asking, intent) => {
          asked.push(asking);
          const { fencingToken } = leaseOf(asking.action.target);
          holders.set(asking.action.target, { holder: asking.action.id, fencingToken: fencingToken + 2 });
          await ledger.append(intent);
          return { kind: 'acquired', fencingToken: fencingToken + 2 };
        },
        release: async ({ action, hold }, fact) => {
          holders.set(action.target, { ...leaseOf(action.target), holder: null });
          if (hold) placed.push(hold);
          await ledger.append(fact);
        },
        of: async ({ target }) => leaseOf(target),
        holders: async () => [],
      },
      holds: {
        place: async (hold) => {
          placed.push(hold);
        },
        lift: never,
        list: async () => placed,
      },
      alerts: { about: async () => [] },
      attention: quiet,
      reviews: {
        open: async ({ action }) => {
          opened.push(action.id);
        },
      },
      executors: inEveryPlace({ run: async () => ({ kind: 'done', summary: 'it was done' }) }),
      mail: { send: never },
      pager: { send: never, alarm: never, resolve: never },
      ...changes,
    },
  };
  return desk;
}

/** Without rules of attention nobody asks for it. */
export const never = () => Promise.reject(new Error('nothing is asked of it'));

export const quiet: AttentionRecords = {
  permit: never,
  asksSince: never,
  seenSince: never,
  alarmsOn: never,
  ranAlone: never,
};

function inMemory(entries: LedgerEntry[]): Ledger {
  return {
    append: async ({ eventId, actionId, kind, at, body }: Fact) => {
      const known = entries.find((entry) => entry.eventId === eventId);
      const json: Json = JSON.parse(JSON.stringify(body));
      if (!known)
        entries.push(
          chain(entries.at(-1) ?? { seq: 0, hash: GENESIS_HASH }, {
            eventId,
            actionId,
            kind,
            at,
            body: json,
          }),
        );
    },
    entriesOf: async (subject) => entries.filter(({ actionId }) => actionId === subject),
  };
}

/** The test installation with other rules. */
export const withRules = (rules: Partial<Installation['rules']>): Pick<ActivityDeps, 'installation'> => {
  const { installation } = testInstallation();
  return { installation: { ...installation, rules: { ...installation.rules, ...rules } } };
};
