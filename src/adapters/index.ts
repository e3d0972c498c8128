import type { ActivityDeps } from '../activities/index.ts';
import type { MetricSource, Sources } from '../activities/ports/metric-source.ts';
import type { CheckQuery, Connections, Loaded } from '../config/index.ts';
import { membersOf } from '../domain/installation/directory.ts';
import { createFileCopies, createMailCopies } from './checkpoint-copies.ts';
import { createCloudWatch } from './cloudwatch.ts';
import { dataQueriesIn } from './cloudwatch-query.ts';
import { createCommandExecutor } from './command-executor.ts';
import { createDatadog } from './datadog.ts';
import { createDetector } from './detector.ts';
import { createFlagExecutor } from './flag/flag-executor.ts';
import { createGithubExecutor } from './github/github-executor.ts';
import { createHttpExecutor } from './http-executor.ts';
import { createJobExecutor } from './job-executor.ts';
import { createJsonMetrics } from './json-metrics.ts';
import { createReportMail } from './mail/report-mail.ts';
import { createMail } from './mail/smtp.ts';
import { createMcpExecutor } from './mcp/mcp-executor.ts';
import { createMinting } from './minting/minting.ts';
import { createOpenMetrics, parseSelector } from './openmetrics.ts';
import { createPager } from './pagerduty.ts';
import { createAlerts } from './postgres/alerts.ts';
import { createAttentionRecords } from './postgres/attention.ts';
import { createCopyRecords } from './postgres/checkpoint-copies.ts';
import { createCheckpoints } from './postgres/checkpoints.ts';
import { createContexts } from './postgres/contexts.ts';
import type { Database } from './postgres/database.ts';
import { createEndedActions } from './postgres/ended-actions.ts';
import { createHandedIn } from './postgres/handed-in.ts';
import { createHolds } from './postgres/holds.ts';
import { createLeases } from './postgres/leases.ts';
import { createLedger } from './postgres/ledger.ts';
import { createLogAlarms } from './postgres/log-alarms.ts';
import { createPastActions } from './postgres/past-actions.ts';
import { createRecentActions } from './postgres/recent-actions.ts';
import { createReportLedger, createReportRecords } from './postgres/reports.ts';
import { createWatchedActions } from './postgres/watched-actions.ts';
import { createPrometheus } from './prometheus.ts';
import { createReconciler } from './reconciler.ts';
import { writeReportFiles } from './report-files.ts';
import { createSlack } from './slack/slack.ts';
import { createSqlExecutor } from './sql/sql-executor.ts';
import { temporalFirstRunId, temporalStep } from './temporal/activity-step.ts';
import { temporalHistories } from './temporal/histories.ts';
import { temporalReviews } from './temporal/reviews.ts';
import { createTerraformExecutor } from './terraform/terraform-executor.ts';
import { createValueSources } from './value-sources.ts';
import { createWebhook } from './webhook.ts';
import { createWitness } from './witness/witness.ts';

/** What all workers of an installation share: the keys for sealing tickets, for signing checkpoints and for encrypting contexts. */
interface Keys {
  readonly sealKey: Uint8Array;
  readonly logKey: Uint8Array;
  readonly contextKey: Uint8Array;
}

/**
 * Builds the real implementation of every port of the activities.
 *
 * @param folder the installation's folder
 */
export function createAdapters(
  {
    installation,
    connections,
    checkParams,
    authorize,
    reports,
  }: Pick<
    Extract<Loaded, { kind: 'loaded' }>,
    'installation' | 'connections' | 'checkParams' | 'authorize' | 'reports'
  >,
  database: Database,
  { sealKey, logKey, contextKey }: Keys,
  folder: string,
): ActivityDeps {
  const { people, rules } = installation;
  const { mail, pager, slack, webhook, detector, uiUrl, metricSources, governedSystems, databases } =
    connections;
  const { witnesses, witnessesNeeded, checkpointCopies } = connections;
  const minting = createMinting(connections.credentialSources, Date.now);
  const pages = { uiUrl, gatewayUrl: rules.gateway?.url };
  return {
    installation,
    checkParams,
    authorize,
    now: Date.now,
    step: temporalStep,
    firstRunId: temporalFirstRunId,
    sealKey,
    handedIn: createHandedIn(database),
    ledger: createLedger(database),
    checkpoints: createCheckpoints(database, logKey),
    contexts: createContexts(database, contextKey),
    witnesses: witnesses.map(createWitness),
    witnessesNeeded,
    copies: {
      keepers: checkpointCopies.map((one) =>
        'file' in one
          ? createFileCopies(one.file)
          : createMailCopies({ ...mail, people }, installation.name, {
              to: one.mail,
              people: membersOf(installation, one.mail),
              everyMs: one.everyMs,
            }),
      ),
      records: createCopyRecords(database),
    },
    logAlarms: createLogAlarms(database),
    reports: reports && {
      settings: reports,
      records: createReportRecords(database),
      ledger: createReportLedger(database.pool),
      mail: createReportMail({ ...mail, people }),
      file: writeReportFiles,
    },
    leases: createLeases(database),
    reviews: temporalReviews,
    histories: temporalHistories,
    recentActions: createRecentActions(database),
    pastActions: createPastActions(database),
    endedActions: createEndedActions(database),
    watchedActions: createWatchedActions(database),
    holds: createHolds(database),
    alerts: createAlerts(database),
    attention: createAttentionRecords(database),
    executors: {
      http: createHttpExecutor(governedSystems, minting),
      job: createJobExecutor(governedSystems, Date.now, minting),
      command: createCommandExecutor(folder, () => performance.now(), minting),
      sql: createSqlExecutor(databases),
      flag: createFlagExecutor(governedSystems, () => performance.now()),
      github: createGithubExecutor(governedSystems, () => performance.now()),
      mcp: createMcpExecutor(governedSystems, () => performance.now(), minting),
      terraform: createTerraformExecutor(sealKey, () => performance.now()),
    },
    reconciler: createReconciler(governedSystems),
    valueSources: createValueSources(governedSystems),
    sources: createSources(metricSources),
    detector: detector && createDetector(detector),
    mail: createMail({ ...mail, ...pages, people }),
    pager: createPager({ ...pager, ...pages, people }),
    slack: slack && createSlack(slack, pages),
    webhook: webhook && createWebhook({ ...webhook, ...pages }),
  };
}

/** What is wrong with a query, as far as this can be told without its source; null when nothing is. */
export const queryFault: CheckQuery = (kind, query) => {
  const parsed =
    kind === 'openmetrics' ? parseSelector(query) : kind === 'cloudwatch' ? dataQueriesIn(query) : null;
  return typeof parsed === 'string' ? parsed : null;
};

/** Builds the sources of metrics alone. */
export const createSources = (metricSources: Connections['metricSources']): Sources =>
  Object.fromEntries(Object.entries(metricSources).map(([name, source]) => [name, sourceOf(source)]));

function sourceOf(source: Connections['metricSources'][string]): MetricSource {
  switch (source.kind) {
    case 'prometheus':
      return createPrometheus(source);
    case 'openmetrics':
      return createOpenMetrics(source);
    case 'http':
      return createJsonMetrics(source);
    case 'datadog':
      return createDatadog(source);
    case 'cloudwatch':
      return createCloudWatch(source);
  }
}
