import { abilitiesOf } from '../action/abilities.ts';
import type {
  Action,
  CommandPlan,
  Inquiry,
  JobPlan,
  Plan,
  Proposal,
  TerraformPlan,
  Wish,
} from '../action/action.ts';
import { shareTargeting } from '../action/flag.ts';
import { fillQuery } from '../action/query-template.ts';
import { fillJson, fillText, type Scope } from '../action/template.ts';
import { withQueries } from '../analysis/queries.ts';
import type {
  ActionType,
  FlagTemplate,
  GithubTemplate,
  Installation,
  PlanTemplate,
  RollbackTemplate,
} from '../installation/installation.ts';
import type { ValueSource } from '../installation/parameter-rule.ts';
import { valueSourcesIn } from '../installation/parameter-schema.ts';
import { digestOf } from '../shared/digest.ts';
import { type Fault, isJsonRecord, type Json } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';
import { type CheckParams, unfit } from './check-proposal.ts';
import { whyUnsigned } from './signed-proposal.ts';
import { titleOf } from './title.ts';
import { unsafeValues } from './unsafe-values.ts';

export type Resolved =
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  | {
      readonly kind: 'resolved';
      /** The proposal as the agent made it. */
      readonly proposal: Proposal;
      readonly action: Action;
      readonly type: ActionType;
    };

/**
 * Resolves a proposal into the action that would run. Every name must be known and every parameter must fit its schema; all faults are
 * returned at once.
 *
 * @param signedProposal the proposal as the agent made and signed it, if a person has edited it since
 */
export function resolve(
  installation: Installation,
  proposal: Proposal,
  checkParams: CheckParams,
  signedProposal = proposal,
): Resolved {
  const type = lookup(installation.actionTypes, proposal.actionType);
  const service = lookup(installation.services, proposal.target);
  const environment = lookup(installation.environments, proposal.environment);
  const agent = lookup(installation.agents, proposal.agent.id);
  const faults = unfit(installation, { ...proposal, agent: proposal.agent.id }, checkParams);
  if (!type || !service || !environment || !agent || faults.length > 0) return { kind: 'refused', faults };

  const id = actionIdOf(proposal);
  const scope = scopeOf(installation, { ...proposal, id });
  const unsafe = unsafeValues(type, scope);
  if (unsafe.length > 0) return { kind: 'refused', faults: unsafe };
  const unsigned = whyUnsigned(signedProposal, agent.keys);
  const action: Action = {
    id,
    type: type.name,
    title: titleOf(type, scope),
    target: proposal.target,
    serviceTier: service.serviceTier,
    environment: proposal.environment,
    params: proposal.params,
    agent: { ...proposal.agent, owner: agent.owner, ...(unsigned === undefined ? {} : { unsigned }) },
    execute: planOf(type.execute, scope),
    ...(type.rollback ? { rollback: rollbackOf(type, type.rollback, scope) } : {}),
    ...reconcileOf(type, scope),
    ...(type.watch ? { watch: watchOf(type.watch, scope) } : {}),
  };
  return { kind: 'resolved', proposal: signedProposal, action, type };
}

/** How the effect is looked up: as operators wrote, else by its executor. A request may be under way for as long as it may take. */
function reconcileOf({ reconcile, execute }: ActionType, scope: Scope): Pick<Action, 'reconcile'> {
  if (reconcile) return { reconcile: { ...reconcile, ask: filledInquiry(reconcile.ask, scope) } };
  return abilitiesOf(execute).looksUp ? { reconcile: { by: 'executor', settleMs: SETTLE_MS } } : {};
}

/** How long an effect may still come after the time of its plan is over, where its executor looks it up, in milliseconds. */
const SETTLE_MS = 30_000;

/** Returns where the value now of each parameter that the action sets is read, by parameter. One that nobody declared is absent. */
export function valueSourcesOf(
  installation: Installation,
  type: ActionType,
  action: Action,
): Readonly<Record<string, ValueSource>> {
  const scope = scopeOf(installation, action);
  return Object.fromEntries(
    Object.entries(valueSourcesIn(type)).flatMap(([parameter, source]) =>
      Object.hasOwn(action.params, parameter) ? [[parameter, filledSource(source, scope)]] : [],
    ),
  );
}

const filledSource = (source: ValueSource, scope: Scope): ValueSource =>
  source.by === 'metric'
    ? { ...source, query: fillQuery(source.query, scope) }
    : filledInquiry(source, scope);

const filledInquiry = <Asked extends Inquiry>(inquiry: Asked, scope: Scope): Asked =>
  inquiry.by === 'http'
    ? { ...inquiry, url: fillText(inquiry.url, scope, encodeSegment) }
    : { ...inquiry, argv: inquiry.argv.map((argument) => fillText(argument, scope)) };

/** The values that templates may name. */
export const scopeOf = (
  { environments }: Installation,
  { id, target, params, environment }: Pick<Action, 'id' | 'target' | 'params' | 'environment'>,
): Scope => ({
  action: { id },
  target,
  params,
  environment: { ...lookup(environments, environment), name: environment },
});

/**
 * Returns the id of an action. It contains the agent's id, so two agents that choose the same key still propose two actions. Dots in the
 * agent's id are doubled, because a single dot ends it. Unsigned proposals have ids of their own, so that nobody can use up an id of the
 * agent before the agent does. So do those that take an action back: no name contains "~", so no other proposal has such an id.
 */
export function actionIdOf(
  proposal: Pick<Proposal, 'agent' | 'idempotencyKey' | 'authenticated' | 'takesBack'>,
): string {
  const { agent, idempotencyKey, authenticated, takesBack } = proposal;
  if (takesBack) return takeBackIdOf(takesBack);
  return `${authenticated === false ? '~' : ''}${agent.id.replaceAll('.', '..')}.${idempotencyKey}`;
}

/** Returns the id of the action that takes another one back. The same attempt is the same action, however often it is asked for. */
export const takeBackIdOf = ({ actionId, attempt }: Pick<Wish, 'actionId' | 'attempt'>): string =>
  `~back~${actionId}~${attempt}`;

function planOf(template: PlanTemplate, scope: Scope): Plan {
  switch (template.executor) {
    case 'http':
      return { ...template, ...filledRequest(template, scope) };
    case 'job': {
      const { cancel } = template;
      return {
        ...template,
        ...filledRequest(template, scope),
        ...(cancel?.body === undefined ? {} : { cancel: { ...cancel, body: fillJson(cancel.body, scope) } }),
      };
    }
    case 'command':
      return commandPlanOf(template, scope);
    case 'sql':
      return {
        ...template,
        database: fillText(template.database, scope),
        statements: template.statements.map(({ text, values }) => ({
          text,
          values: values.map((value) => fillJson(value, scope)),
        })),
      };
    case 'flag':
      return flagPlanOf(template, scope);
    case 'github':
      return workflowPlanOf(template, scope);
    case 'mcp':
      return mcpPlanOf(template, scope);
    case 'terraform':
      return terraformPlanOf(template, scope);
  }
}

const filledRequest = ({ url, body }: Pick<JobPlan, 'url' | 'body'>, scope: Scope) => ({
  url: fillText(url, scope, encodeSegment),
  body: fillJson(body, scope),
});

function commandPlanOf(template: CommandPlan, scope: Scope): Plan {
  const filled = (argv: readonly string[]) => argv.map((argument) => fillText(argument, scope));
  const { argv, preview } = template;
  return {
    ...template,
    argv: filled(argv),
    ...(preview ? { preview: { ...preview, argv: filled(preview.argv) } } : {}),
  };
}

function terraformPlanOf(template: TerraformPlan, scope: Scope): Plan {
  const { folder, workspace, variables, replace } = template;
  return {
    ...template,
    folder: fillText(folder, scope),
    ...(workspace === undefined ? {} : { workspace: fillText(workspace, scope) }),
    variables: recordOf(fillJson({ ...variables }, scope)),
    ...(replace === undefined ? {} : { replace: replace.map((address) => fillText(address, scope)) }),
  };
}

function flagPlanOf({ store, flag, change, ofrep, ...template }: FlagTemplate, scope: Scope): Plan {
  const { share, state, defaultVariant, targeting } = change;
  const rules = share
    ? shareTargeting(recordOf(fillJson({ ...share }, scope)))
    : targeting === undefined
      ? undefined
      : fillJson(targeting, scope);
  return {
    ...template,
    store:
      'file' in store
        ? { file: fillText(store.file, scope) }
        : { ...store, url: fillText(store.url, scope, encodeSegment) },
    flag: fillText(flag, scope),
    change: {
      ...(state === undefined ? {} : { state: fillText(state, scope) }),
      ...(defaultVariant === undefined ? {} : { defaultVariant: fillText(defaultVariant, scope) }),
      ...(rules === undefined ? {} : { targeting: rules }),
    },
    ...(ofrep
      ? {
          ofrep: {
            url: fillText(ofrep.url, scope, encodeSegment),
            context: recordOf(fillJson(ofrep.context, scope)),
          },
        }
      : {}),
  };
}

function workflowPlanOf({ correlationInput, ...template }: GithubTemplate, scope: Scope): Plan {
  const filled = (text: string) => fillText(text, scope);
  return {
    ...template,
    api: filled(template.api),
    repository: filled(template.repository),
    branch: filled(template.branch),
    change: 'dispatch',
    inputs: Object.fromEntries(Object.entries(template.inputs).map(([name, value]) => [name, filled(value)])),
    // Everybody who reads the repository sees it, so it does not say which action it is.
    correlation: {
      input: correlationInput,
      value: `countersign-${digestOf(scope.action ?? null).slice(0, 20)}`,
    },
  };
}

function mcpPlanOf(template: Extract<PlanTemplate, { executor: 'mcp' }>, scope: Scope): Plan {
  const { server, tool, toolDigest, arguments: given } = template;
  return {
    ...template,
    server: 'url' in server ? { url: fillText(server.url, scope) } : server,
    tool: fillText(tool, scope),
    toolDigest: fillText(toolDigest, scope),
    arguments: recordOf(given === undefined ? scope.params : fillJson(given, scope)),
  };
}

const recordOf = (value: Json | undefined): { [name: string]: Json } => (isJsonRecord(value) ? value : {});

/** What a rollback leaves behind is for people, and nothing that is sent. */
function rollbackOf(
  { execute }: Pick<ActionType, 'execute'>,
  { leaves: _, ...template }: RollbackTemplate,
  scope: Scope,
): Plan {
  if (!('undo' in template)) return planOf(template, scope);
  const effect = planOf(execute, scope);
  if (effect.executor !== template.executor) throw new TypeError('the loader checks what is undone');
  return { ...effect, change: 'undo', timeoutMs: template.timeoutMs };
}

/** Returns the watch of an action type as it would be on a target. The values of parameters are not known. */
export const watchOn = (
  installation: Installation,
  watch: NonNullable<ActionType['watch']>,
  { target, environment }: Pick<Action, 'target' | 'environment'>,
): NonNullable<Action['watch']> =>
  watchOf(watch, scopeOf(installation, { id: '', target, environment, params: {} }));

export function watchOf(watch: NonNullable<ActionType['watch']>, scope: Scope): NonNullable<Action['watch']> {
  const filled = (query: string) => fillQuery(query, scope);
  return { ...watch, metrics: watch.metrics.map((metric) => withQueries(metric, filled)) };
}

/**
 * Encodes a value for a URL. The operators' own variables are addresses; every other value is one segment of a path, or a value of the
 * query.
 */
const encodeSegment = (text: string, path: string) =>
  path.startsWith('environment.') ? text : encodeURIComponent(text);
