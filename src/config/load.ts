import type { Installation } from '../domain/installation/installation.ts';
import type { Authorize } from '../domain/policy/policy.ts';
import type { CheckParams } from '../domain/proposal/check-proposal.ts';
import type { ReportSettings } from '../domain/reports/settings.ts';
import { actionDigests, readActions, type WrittenAction } from './action-types/actions.ts';
import { checkCurrent, incomparable } from './action-types/check-current.ts';
import { compileParams } from './action-types/params.ts';
import { checkTemplates } from './action-types/templates.ts';
import { checkCalendar } from './calendars/calendar.ts';
import { folderBudget } from './calendars/icalendar-budget.ts';
import { catalogDigest, readCatalog } from './catalog/catalog.ts';
import { checkApprovals, unusedDemands } from './checks/approvals.ts';
import { checkBlocks } from './checks/check-blocks.ts';
import { checkCredentialSources } from './checks/check-credential-sources.ts';
import {
  type CheckQuery,
  checkAddresses,
  checkCommands,
  checkDatabases,
  checkGovernedSystems,
  checkLive,
  checkMetrics,
} from './checks/check-metrics.ts';
import { checkRoutes } from './checks/route-check.ts';
import { type CheckedPolicy, namesFor, readPolicies } from './policies/policies.ts';
import type { PolicyEngine } from './policies/policy-engine.ts';
import { type AlertReceivers, unknownPlaces, withoutReceiver } from './rules/alerts.ts';
import { readBusyTimes } from './rules/busy-times.ts';
import type { Connections } from './rules/connections.ts';
import { readFreezes } from './rules/freezes.ts';
import { mailedToNobody } from './rules/reports.ts';
import { policyDigest, type RulesFile, readRules } from './rules/rules.ts';
import { completeSchedules } from './rules/schedules.ts';
import type { Env } from './source/env.ts';
import type { ConfigFault } from './source/fault.ts';
import { isFolder, readFolder } from './source/folder.ts';

const DAY = 24 * 3_600_000;
/**
 * How far ahead freezes that recur for ever are worked out, in milliseconds: five years. A process that runs longer reports that it must
 * be restarted.
 */
const LOOKED_AHEAD = 5 * 365.25 * DAY;

export type Loaded =
  | {
      readonly kind: 'loaded';
      readonly installation: Installation;
      readonly connections: Connections;
      /** Absent: none are sent. */
      readonly reports?: ReportSettings | undefined;
      readonly checkParams: CheckParams;
      /** Answers from the installation's policies. */
      readonly authorize: Authorize;
      readonly policies: readonly CheckedPolicy[];
      /** The text of every file that it follows from, by its path in the folder. */
      readonly texts: Readonly<Record<string, string>>;
      /** Whether the policies are the installation's own, and not the set that ships with Countersign. */
      readonly ownPolicies: boolean;
      /** Notes on parts that are valid but may not be meant so. */
      readonly notes: readonly ConfigFault[];
    }
  | { readonly kind: 'faulty'; readonly faults: readonly ConfigFault[] };

export type LoadedForGateway =
  | {
      readonly kind: 'loaded';
      readonly installation: Installation;
      readonly uiUrl?: string | undefined;
      readonly alerts: AlertReceivers;
    }
  | Extract<Loaded, { kind: 'faulty' }>;

/**
 * Loads and checks an installation's folder. Every fault that can be judged is reported at once, in order of files and lines. Parts that
 * depend on a faulty part are not judged.
 *
 * @param env the variables for `${env.NAME}`, for example `process.env`; no value of them is ever in a fault or a digest
 * @param engine the implementation of the policy language
 * @param checkQuery returns what is wrong with a metric's query, for callers that can tell
 * @param since from when on calendars are read, in milliseconds since the epoch, for callers that rule on the past
 */
export async function loadInstallation(
  folder: string,
  env: Env,
  engine: PolicyEngine,
  checkQuery: CheckQuery = () => null,
  since = Date.now(),
): Promise<Loaded> {
  const { connections, reports, loaded } = await load(folder, env, engine, {
    reader: 'worker',
    checkQuery,
    since,
  });
  if (loaded.kind === 'faulty') return loaded;
  if (!connections) throw new Error('a worker is told how the world is reached');
  return { ...loaded, connections, ...(reports ? { reports } : {}) };
}

/**
 * Loads the same for a gateway, which connects to no governed system. It reads only the environment variables that `gateway`, `alerts` and
 * `uiUrl` name, so that the workers' secrets need not be on its machine. Checks that depend on other variables are skipped.
 */
export async function loadForGateway(
  folder: string,
  env: Env,
  engine: PolicyEngine,
): Promise<LoadedForGateway> {
  const { uiUrl, alerts = {}, loaded } = await load(folder, env, engine, { reader: 'gateway' });
  return loaded.kind === 'faulty'
    ? loaded
    : { kind: 'loaded', installation: loaded.installation, uiUrl, alerts };
}

type WithoutConnections =
  | Omit<Extract<Loaded, { kind: 'loaded' }>, 'connections' | 'reports'>
  | Extract<Loaded, { kind: 'faulty' }>;

interface Read extends Partial<Pick<RulesFile, 'connections' | 'reports' | 'uiUrl' | 'alerts'>> {
  readonly loaded: WithoutConnections;
}

async function load(
  folder: string,
  env: Env,
  engine: PolicyEngine,
  reading:
    | { readonly reader: 'worker'; readonly checkQuery: CheckQuery; readonly since: number }
    | { readonly reader: 'gateway' },
): Promise<Read> {
  if (!(await isFolder(folder)))
    return { loaded: faulty([{ file: folder, line: 1, problem: 'there is no such folder' }]) };
  const files = await readFolder(folder);
  const catalog = readCatalog(files.catalog);
  const { actions, faults: actionFaults } = readActions(files.actions);
  const { checkParams, faults: paramsFaults } = compileParams(actions);
  const { value: rules, faults: rulesFaults } = readRules(files.rules, env, catalog, reading.reader);

  const policies = readPolicies(
    files.policies,
    namesFor(catalog, actionFaults.length === 0 ? actions : undefined, rules),
    engine,
  );

  const now = Date.now();
  // One day back, because the clocks of others may be behind.
  const since = reading.reader === 'worker' ? reading.since : now;
  const times = { since: since - DAY, horizon: now + LOOKED_AHEAD, budget: folderBudget() };
  const { timeZone = 'UTC' } = rules?.rules.calendar ?? {};
  const calendars = Object.entries(files.calendars).map(([file, text]) =>
    readFreezes(file, text, { timeZone, ...times }),
  );

  const faults = [
    ...files.strays,
    ...calendars.flatMap((calendar) => calendar.faults),
    ...catalog.faults,
    ...actionFaults,
    ...paramsFaults,
    ...rulesFaults,
    ...policies.faults,
    ...actions.flatMap(checkCurrent),
    ...actions.flatMap((action) => checkTemplates(action, rules?.environments)),
    ...(reading.reader === 'worker' ? actions.flatMap((action) => checkCommands(action, env)) : []),
    ...(reading.reader === 'worker' && rules ? metricFaults(rules, actions, reading.checkQuery) : []),
  ];
  if (!rules || rulesFaults.length > 0 || catalog.faults.length > 0) return { loaded: faulty(faults) };

  const { schedules, faults: scheduleFaults } = completeSchedules(
    rules.source,
    rules.rules.schedules,
    files.schedules,
    catalog.tables.people,
    times,
  );
  const written = rules.rules.calendar;
  const { busy, faults: busyFaults } = readBusyTimes(rules.source, written, files.busy, times);
  faults.push(...scheduleFaults, ...busyFaults);
  const freezes = [...written.freezes, ...calendars.flatMap((calendar) => calendar.freezes)];

  const installation: Installation = {
    ...catalog.tables,
    name: rules.name,
    environments: rules.environments,
    notProduction: rules.notProduction,
    rules: { ...rules.rules, schedules, calendar: { ...written, freezes, busy } },
    actionTypes: Object.fromEntries(actions.map(({ type }) => [type.name, type])),
    digests: {
      policy: policyDigest(rules, {
        policies: files.policies.texts,
        calendars: { ...files.calendars, ...files.schedules, ...files.busy },
      }),
      catalog: catalogDigest(files.catalog.sources),
      actionTypes: actionDigests(actions),
    },
  };
  faults.push(
    ...checkApprovals(rules.source, installation),
    ...checkCalendar(rules.source, installation, written),
    ...unknownPlaces(rules.source, rules.alerts, installation),
    ...withoutReceiver(rules.alerts, actions),
    ...(rules.connections ? reachFaults(rules, rules.connections, installation, actions) : []),
  );
  if (faults.length > 0) return { loaded: faulty(faults) };
  const loaded: WithoutConnections = {
    kind: 'loaded',
    installation,
    checkParams,
    authorize: engine.prepare(policies.policies),
    policies: policies.policies,
    texts: files.texts,
    ownPolicies: files.policies.own,
    notes: [
      ...actions.flatMap(incomparable),
      ...unusedDemands(rules.source, installation),
      ...mailedToNobody(rules.source, rules.reports, installation),
      ...policies.notes,
      ...files.notes,
      ...catalog.notes,
    ],
  };
  const { connections, reports, uiUrl, alerts } = rules;
  return { loaded, connections, reports, uiUrl, alerts };
}

/** Returns the faults of metric sources and queries. */
function metricFaults(
  { source, rules, connections }: RulesFile,
  actions: readonly WrittenAction[],
  checkQuery: CheckQuery,
): ConfigFault[] {
  if (!connections) return [];
  const { metricSources } = connections;
  return [
    ...actions.flatMap((action) => [
      ...checkMetrics(action, metricSources, checkQuery),
      ...checkBlocks(action, metricSources),
    ]),
    ...checkLive(source, rules.live, metricSources, checkQuery),
  ];
}

/** Returns the faults of addresses, governed systems and routes. */
const reachFaults = (
  { source, environments }: RulesFile,
  connections: Connections,
  installation: Installation,
  actions: readonly WrittenAction[],
): ConfigFault[] => [
  ...checkAddresses(source, environments, actions),
  ...checkGovernedSystems(source, connections, environments, actions),
  ...checkDatabases(connections, environments, actions),
  ...checkCredentialSources(source, connections, environments, actions),
  ...checkRoutes(source, installation, connections),
];

const faulty = (faults: readonly ConfigFault[]): Extract<Loaded, { kind: 'faulty' }> => ({
  kind: 'faulty',
  faults: [...faults].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
});
