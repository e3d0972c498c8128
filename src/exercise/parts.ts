import type { ActivityDeps } from '../activities/index.ts';
import { createAlerts } from '../adapters/postgres/alerts.ts';
import { createAttentionRecords } from '../adapters/postgres/attention.ts';
import { createCopyRecords } from '../adapters/postgres/checkpoint-copies.ts';
import { createCheckpoints } from '../adapters/postgres/checkpoints.ts';
import { createContexts } from '../adapters/postgres/contexts.ts';
import type { Database } from '../adapters/postgres/database.ts';
import { createEndedActions } from '../adapters/postgres/ended-actions.ts';
import { createHandedIn } from '../adapters/postgres/handed-in.ts';
import { createHolds } from '../adapters/postgres/holds.ts';
import { createLeases } from '../adapters/postgres/leases.ts';
import { createLedger } from '../adapters/postgres/ledger.ts';
import { createLogAlarms } from '../adapters/postgres/log-alarms.ts';
import { createPastActions } from '../adapters/postgres/past-actions.ts';
import { createWatchedActions } from '../adapters/postgres/watched-actions.ts';
import { temporalFirstRunId, temporalStep } from '../adapters/temporal/activity-step.ts';
import type { Loaded } from '../config/index.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { Channels } from './channels.ts';

/** What an exercise puts in the place of everything that is outside of Countersign. */
export interface StandIns
  extends Pick<ActivityDeps, 'sources' | 'executors' | 'reviews' | 'now' | 'sealKey'> {
  /** The key of the ledger's log, in the exercise's own database. */
  readonly logKey: Uint8Array;
  /** The key of the contexts of agents, in the same database. */
  readonly contextKey: Uint8Array;
  readonly channels: Channels;
  /** Whether the folder names these channels. */
  readonly has: { readonly slack: boolean; readonly webhook: boolean };
}

/**
 * What stands behind the activities of an exercise. The records are as in production, in the exercise's own database. Everything that could
 * reach the outside is a stand-in: no address and no secret of the folder is an argument here, so none can be used.
 */
export function createParts(
  installation: Installation,
  { checkParams, authorize }: Pick<Extract<Loaded, { kind: 'loaded' }>, 'checkParams' | 'authorize'>,
  database: Database,
  { channels, has, logKey, contextKey, ...standIns }: StandIns,
): ActivityDeps {
  const unknown = { kind: 'none', reason: 'an exercise asks no system' } as const;
  return {
    ...standIns,
    installation,
    checkParams,
    authorize,
    step: () => ({ ...temporalStep(), at: standIns.now() }),
    firstRunId: temporalFirstRunId,
    handedIn: createHandedIn(database),
    ledger: createLedger(database),
    checkpoints: createCheckpoints(database, logKey),
    contexts: createContexts(database, contextKey),
    witnesses: [],
    witnessesNeeded: 0,
    copies: { keepers: [], records: createCopyRecords(database) },
    logAlarms: createLogAlarms(database),
    reports: undefined,
    // An exercise is over before anybody reconciles it, and none of its workflows is lost.
    histories: { endedSince: async () => [], of: async () => ({ kind: 'gone' }), sealedIn: async () => [] },
    recentActions: { since: async () => [], entriesOf: async () => [] },
    leases: createLeases(database),
    pastActions: createPastActions(database),
    endedActions: createEndedActions(database),
    watchedActions: createWatchedActions(database),
    holds: createHolds(database),
    alerts: createAlerts(database),
    attention: createAttentionRecords(database),
    reconciler: { ask: async () => unknown },
    valueSources: { ask: async () => unknown },
    detector: undefined,
    mail: channels.mail,
    pager: channels.pager,
    slack: has.slack ? channels.slack : undefined,
    webhook: has.webhook ? channels.webhook : undefined,
  };
}
