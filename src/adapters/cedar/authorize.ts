import {
  type CedarValueJson,
  type EntityJson,
  type PolicyJson,
  policyToJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Policy } from '../../config/index.ts';
import {
  type Authorization,
  type Authorize,
  CONTEXT,
  POLICY_ACTIONS,
  type PolicyEntity,
  type PolicyMention,
  type PolicyQuestion,
} from '../../domain/policy/policy.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { isContextName } from './schema.ts';
import { actionsOf, policyNeedsOf } from './syntax.ts';

/**
 * Answers from policies that are parsed once. Passing facts to Cedar costs more than judging them (0.15 ms of 0.2). So each of
 * Cedar's actions has its own set of policies that may apply to it, and is asked with only the facts that these read. Cedar skips a
 * policy that cannot be evaluated, and a skipped `forbid` would permit: so any error denies, even if other policies permit.
 *
 * @throws Error when the policies cannot be parsed: they were checked when they were loaded
 */
export function createAuthorize(policies: readonly Policy[]): Authorize {
  const byId = new Map(policies.map((policy) => [policy.id, mentionOf(policy)]));
  const parsed = policies.map(({ id, text }) => ({ id, text, json: jsonOf(text) }));
  const parts = new Map<string, Part>(
    POLICY_ACTIONS.map((action) => [
      action,
      partOf(parsed.filter(({ json }) => actionsOf(json).includes(action))),
    ]),
  );

  return (question) => {
    try {
      const { preparsedPolicySetId, needs } = parts.get(question.action) ?? {};
      if (preparsedPolicySetId === undefined) return denial(`nobody knows the action ${question.action}`);
      const answer = statefulIsAuthorized({ ...callOf(question, needs), preparsedPolicySetId });
      if (answer.type === 'failure') return denial(`the question was refused: ${messagesOf(answer.errors)}`);
      const { decision, diagnostics } = answer.response;
      const errors = diagnostics.errors.map(
        ({ policyId, error }) => `${policyId} could not be evaluated: ${error.message}`,
      );
      const determining = [...diagnostics.reason].sort().flatMap((id) => byId.get(id) ?? []);
      return { decision: errors.length > 0 ? 'deny' : decision, determining, errors: errors.sort() };
    } catch (error) {
      return denial(`policy could not be asked: ${error instanceof Error ? error.message : error}`);
    }
  };
}

interface Part {
  readonly preparsedPolicySetId: string;
  /** The facts that the policies read. Undefined: all facts. */
  readonly needs: ReadonlySet<string> | undefined;
}

function partOf(
  policies: readonly { readonly id: string; readonly text: string; readonly json: PolicyJson }[],
): Part {
  // A map, so that Cedar answers with our ids. Cedar keeps parsed policies by name for the life of the process.
  const staticPolicies = Object.fromEntries(policies.map(({ id, text }) => [id, text]));
  const preparsedPolicySetId = digestOf(staticPolicies);
  const parsed = preparsePolicySet(preparsedPolicySetId, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(messagesOf(parsed.errors));
  const needs = policies.map(({ json }) => policyNeedsOf(json));
  return {
    preparsedPolicySetId,
    needs: needs.includes(undefined) ? undefined : new Set(needs.flatMap((names) => names ?? [])),
  };
}

function jsonOf(text: string): PolicyJson {
  const parsed = policyToJson(text);
  if (parsed.type === 'failure') throw new Error(messagesOf(parsed.errors));
  return parsed.json;
}

const mentionOf = ({ id, effect, owner, reason, requires, route, watchForMs }: Policy): PolicyMention => ({
  id,
  effect,
  owner,
  reason,
  ...(requires === undefined ? {} : { requires }),
  ...(route === undefined ? {} : { route }),
  ...(watchForMs === undefined ? {} : { watchForMs }),
});

const denial = (problem: string): Authorization => ({ decision: 'deny', determining: [], errors: [problem] });

const messagesOf = (errors: readonly { readonly message: string }[]) =>
  errors.map(({ message }) => message).join('; ');

/** A question in Cedar's form, with the entities that it is about and their groups. @param needs the facts to pass; all if absent */
export const callOf = (
  { action, principal, resource, context }: PolicyQuestion,
  needs?: ReadonlySet<string> | undefined,
) => ({
  action: { type: 'Action', id: action },
  principal: uidOf(principal),
  resource: uidOf(resource),
  context: Object.fromEntries(
    Object.entries(context)
      .map(([name, value]) => [name, cedarValue(name, value)] as const)
      .filter(([name]) => needs?.has(name) ?? true),
  ),
  entities: [principal, resource].map(entityOf),
});

const uidOf = ({ type, id }: PolicyEntity) => ({ type, id });

const entityOf = (entity: PolicyEntity): EntityJson => ({
  uid: uidOf(entity),
  attrs: {},
  parents: entity.within.map((ref) => {
    const [kind = '', id = ''] = ref.split(':');
    return { type: kind === 'user' ? 'User' : 'Group', id };
  }),
});

/** A fact in Cedar's form. A fact that no policy reads must have the right type too. */
function cedarValue(name: string, value: string | number | boolean): CedarValueJson {
  if (!isContextName(name)) throw new TypeError(`policies know no ${name}`);
  const { type } = CONTEXT[name];
  switch (type) {
    case 'datetime':
      if (new Date(String(value)).toISOString().slice(0, 10) !== value)
        throw new TypeError(`${name} is no day: ${value}`);
      return { __extn: { fn: type, arg: value } };
    case 'ActionType':
    case 'Environment':
      return { __entity: { type, id: String(value) } };
    case 'Long':
      if (!Number.isSafeInteger(value)) throw new TypeError(`${name} is no whole number: ${value}`);
      return value;
    default:
      return value;
  }
}
