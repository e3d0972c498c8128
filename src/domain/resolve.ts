import type { Action, Plan, Proposal } from './action.ts';
import type { ActionType, Installation, PlanTemplate } from './installation.ts';
import type { Fault } from './json.ts';
import { lookup } from './lookup.ts';
import { whyUnsigned } from './signed-proposal.ts';
import { fillJson, fillQuery, fillText, pathsIn, type Scope } from './template.ts';
import { type CheckParams, unfit } from './unfit.ts';
import type { MetricQuery } from './watch.ts';

export type Resolved =
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  | {
      readonly kind: 'resolved';
      readonly action: Action;
      readonly type: ActionType;
    };

/**
 * Turns what an agent asked for into what would run. Every name must be known and every parameter in its schema; all
 * faults are named at once.
 *
 * @param made as the agent made it, where a person changed it since: that is what the agent signed
 */
export function resolve(
  installation: Installation,
  proposal: Proposal,
  checkParams: CheckParams,
  made = proposal,
): Resolved {
  const type = lookup(installation.actionTypes, proposal.actionType);
  const service = lookup(installation.services, proposal.target);
  const environment = lookup(installation.environments, proposal.environment);
  const agent = lookup(installation.agents, proposal.agent.id);
  const faults = unfit(installation, { ...proposal, agent: proposal.agent.id }, checkParams);
  if (!type || !service || !environment || !agent || faults.length > 0) return { kind: 'refused', faults };

  const id = actionIdOf(proposal);
  const scope = scopeOf(installation, { ...proposal, id });
  // The rollback often names what the action names: each fault once.
  const unsafe = new Map(
    [...unsafeSegments(type, scope), ...unsafeArguments(type, scope)].map((fault) => [fault.where, fault]),
  );
  if (unsafe.size > 0) return { kind: 'refused', faults: [...unsafe.values()] };
  const unsigned = whyUnsigned(made, agent.keys);
  const action: Action = {
    id,
    type: type.name,
    title: fillText(type.title, scope),
    target: proposal.target,
    serviceTier: service.serviceTier,
    environment: proposal.environment,
    params: proposal.params,
    agent: { ...proposal.agent, owner: agent.owner, ...(unsigned === undefined ? {} : { unsigned }) },
    execute: planOf(type.execute, scope),
    ...(type.rollback ? { rollback: planOf(type.rollback, scope) } : {}),
    ...(type.watch ? { watch: watchOf(type.watch, scope) } : {}),
  };
  return { kind: 'resolved', action, type };
}

/** Where the current value of the parameter is read that the action's size is measured by. */
export const currentValueQuery = (
  installation: Installation,
  { size }: ActionType,
  action: Action,
): MetricQuery | undefined => size && fillQuery(size.current, scopeOf(installation, action));

/** What templates may name. */
const scopeOf = (
  { environments }: Installation,
  { id, target, params, environment }: Pick<Action, 'id' | 'target' | 'params' | 'environment'>,
): Scope => ({
  action: { id },
  target,
  params,
  environment: { ...lookup(environments, environment), name: environment },
});

/**
 * Two agents that choose the same key still propose two actions. Dots of an agent's id are doubled: one dot ends it. What is
 * handed in unsigned has ids of its own, so that nobody can take an agent's id before it does.
 */
export function actionIdOf(proposal: Pick<Proposal, 'agent' | 'idempotencyKey' | 'authenticated'>): string {
  const { agent, idempotencyKey, authenticated } = proposal;
  return `${authenticated === false ? '~' : ''}${agent.id.replaceAll('.', '..')}.${idempotencyKey}`;
}

function planOf(template: PlanTemplate, scope: Scope): Plan {
  return template.executor === 'http'
    ? {
        ...template,
        url: fillText(template.url, scope, encodeSegment),
        body: fillJson(template.body, scope),
      }
    : { ...template, argv: template.argv.map((argument) => fillText(argument, scope)) };
}

function watchOf(watch: NonNullable<ActionType['watch']>, scope: Scope): NonNullable<Action['watch']> {
  return { metrics: watch.metrics.map((metric) => fillQuery(metric, scope)) };
}

/** Operators' own variables are addresses; everything else is one segment of a path. */
const encodeSegment = (text: string, path: string) =>
  path.startsWith('environment.') ? text : encodeURIComponent(text);

/** `.` and `..` survive percent-encoding and would climb out of the path that the operator wrote. */
function unsafeSegments(type: ActionType, scope: Scope): Fault[] {
  const faults: Fault[] = [];
  for (const template of [type.execute, type.rollback]) {
    if (template?.executor !== 'http') continue;
    fillText(template.url, scope, (text, path) => {
      if (!path.startsWith('environment.') && /^\.{0,2}$/.test(text)) {
        faults.push({ where: path, problem: `"${text}" cannot be part of an address; give a name` });
      }
      return text;
    });
  }
  return faults;
}

/** A value that begins with `-` would be read as an option of the program, and NUL ends an argument early. */
function unsafeArguments(type: ActionType, scope: Scope): Fault[] {
  const templates = [type.execute, type.rollback].flatMap((t) => (t?.executor === 'command' ? t.argv : []));
  return templates.flatMap((template) => {
    const argument = fillText(template, scope);
    const [where = template] = pathsIn(template);
    if (argument.includes('\0')) return [{ where, problem: 'holds a NUL character; leave it out' }];
    return argument.startsWith('-') && !template.startsWith('-')
      ? [
          {
            where,
            problem: `${JSON.stringify(argument)} would be read as an option; begin it with something else`,
          },
        ]
      : [];
  });
}
