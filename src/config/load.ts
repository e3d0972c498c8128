import type { Freeze } from '../domain/calendar.ts';
import type { Installation, Rules } from '../domain/installation.ts';
import type { Authorize } from '../domain/policy.ts';
import type { CheckParams } from '../domain/unfit.ts';
import { actionDigests, readActions } from './actions.ts';
import { checkApprovals, unusedDemands } from './approvals.ts';
import { checkCalendar } from './calendar.ts';
import { catalogDigest, readCatalog } from './catalog.ts';
import {
  type CheckQuery,
  checkAddresses,
  checkCommands,
  checkGovernedSystems,
  checkLive,
  checkMetrics,
} from './check.ts';
import type { Connections } from './connections.ts';
import type { Env } from './env.ts';
import type { ConfigFault } from './fault.ts';
import { isFolder, readFolder } from './folder.ts';
import { readFreezes } from './freezes.ts';
import { folderBudget } from './icalendar-budget.ts';
import { compileParams } from './params.ts';
import { type CheckedPolicy, namesFor, readPolicies } from './policies.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { checkRoutes } from './route-check.ts';
import { policyDigest, readRules } from './rules.ts';
import { completeSchedules } from './schedules.ts';
import { checkTemplates } from './templates.ts';

const DAY = 24 * 3_600_000;
/** Milliseconds: freezes that recur for ever are worked out for five years. Whoever runs so long is told to start again. */
const LOOKED_AHEAD = 5 * 365.25 * DAY;

export type Loaded =
  | {
      readonly kind: 'loaded';
      readonly installation: Installation;
      readonly connections: Connections;
      readonly checkParams: CheckParams;
      /** Answers from the installation's policies. */
      readonly authorize: Authorize;
      readonly policies: readonly CheckedPolicy[];
      /** Whether they are the installation's own, not the set that ships with Countersign. */
      readonly ownPolicies: boolean;
      /** What is sound and may still not be meant. */
      readonly notes: readonly ConfigFault[];
    }
  | { readonly kind: 'faulty'; readonly faults: readonly ConfigFault[] };

/**
 * Loads and checks an installation's folder. Every fault that can be judged is reported at once, in order of files and
 * lines; what rests on a faulty part is not judged.
 *
 * @param env where `${env.NAME}` is read from, such as `process.env`; no value of it is ever in a fault or a digest
 * @param engine what understands policies
 * @param checkQuery what is wrong with a metric's query, for those who can tell
 */
export async function loadInstallation(
  folder: string,
  env: Env,
  engine: PolicyEngine,
  checkQuery: CheckQuery = () => null,
): Promise<Loaded> {
  if (!(await isFolder(folder)))
    return faulty([{ file: folder, line: 1, problem: 'there is no such folder' }]);
  const files = await readFolder(folder);
  const catalog = readCatalog(files.catalog);
  const { actions, faults: actionFaults } = readActions(files.actions);
  const { checkParams, faults: paramsFaults } = compileParams(actions);
  const { value: rules, faults: rulesFaults } = readRules(files.rules, env, catalog);

  const policies = readPolicies(
    files.policies,
    namesFor(catalog, actionFaults.length === 0 ? actions : undefined, rules),
    engine,
  );

  const now = Date.now();
  // A day back: the clocks of others may be behind.
  const times = { since: now - DAY, horizon: now + LOOKED_AHEAD, budget: folderBudget() };
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
    ...actions.flatMap((action) => checkTemplates(action, rules?.environments)),
    ...actions.flatMap((action) => checkCommands(action, env)),
    ...actions.flatMap((action) =>
      rules ? checkMetrics(action, rules.connections.metricSources, checkQuery) : [],
    ),
    ...(rules ? checkLive(rules.source, rules.rules.live, rules.connections.metricSources, checkQuery) : []),
  ];
  if (!rules || rulesFaults.length > 0 || catalog.faults.length > 0) return faulty(faults);

  const { schedules, faults: scheduleFaults } = completeSchedules(
    rules.source,
    rules.rules.schedules,
    files.schedules,
    catalog.tables.people,
    times,
  );
  faults.push(...scheduleFaults);

  const installation: Installation = {
    ...catalog.tables,
    name: rules.name,
    environments: rules.environments,
    notProduction: rules.notProduction,
    rules: withFreezes(
      { ...rules.rules, schedules },
      calendars.flatMap(({ freezes }) => freezes),
    ),
    actionTypes: Object.fromEntries(actions.map(({ type }) => [type.name, type])),
    digests: {
      policy: policyDigest(rules, {
        policies: files.policies.texts,
        calendars: { ...files.calendars, ...files.schedules },
      }),
      catalog: catalogDigest(files.catalog.sources),
      actionTypes: actionDigests(actions),
    },
  };
  faults.push(
    ...checkAddresses(rules.source, rules.environments, actions),
    ...checkGovernedSystems(rules.source, rules.connections, rules.environments, actions),
    ...checkApprovals(rules.source, installation),
    ...checkCalendar(rules.source, installation),
    ...checkRoutes(rules.source, installation, rules.connections),
  );
  if (faults.length > 0) return faulty(faults);
  return {
    kind: 'loaded',
    installation,
    connections: rules.connections,
    checkParams,
    authorize: engine.prepare(policies.policies),
    policies: policies.policies,
    ownPolicies: files.policies.own,
    notes: [
      ...unusedDemands(rules.source, installation),
      ...policies.notes,
      ...files.notes,
      ...catalog.notes,
    ],
  };
}

const withFreezes = (rules: Rules, freezes: readonly Freeze[]): Rules => ({
  ...rules,
  calendar: { ...rules.calendar, freezes: [...rules.calendar.freezes, ...freezes] },
});

const faulty = (faults: readonly ConfigFault[]): Loaded => ({
  kind: 'faulty',
  faults: [...faults].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
});
