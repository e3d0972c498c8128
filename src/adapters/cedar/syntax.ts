import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { WrittenPolicy } from '../../config/index.ts';
import { POLICY_ACTIONS, type PolicyAction } from '../../domain/policy/policy.ts';

interface Uid {
  readonly type: string;
  readonly id: string;
}

/** The actions that a policy's scope names; all of them where the scope names none. The validator reports unknown ones. */
export function actionsOf({ action }: PolicyJson): readonly PolicyAction[] {
  if (action.op === 'All') return POLICY_ACTIONS;
  const actionIds = [...uidsIn(action)].map(({ id }) => id);
  return POLICY_ACTIONS.filter((candidate) => actionIds.includes(candidate));
}

/** Every entity that a policy names, except actions, once. */
export function entitiesOf({ principal, resource, conditions }: PolicyJson): Uid[] {
  const uids = [...uidsIn([principal, resource, conditions])].filter(({ type }) => type !== 'Action');
  return uids.filter(
    ({ type, id }, i) => uids.findIndex((candidate) => candidate.type === type && candidate.id === id) === i,
  );
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'containsAny', 'containsAll'];

/** The attributes of the context that a policy reads, and the literals that it compares each one with. */
export function readsOf({ conditions }: PolicyJson): WrittenPolicy['reads'] {
  const reads = new Map<string, Set<number | string>>();
  const add = (side: unknown, literals: Iterable<number | string>) => {
    const name = attributeIn(side);
    if (name !== undefined) reads.set(name, new Set([...(reads.get(name) ?? []), ...literals]));
  };
  for (const node of nodesIn(conditions)) {
    add(node, []);
    for (const operands of COMPARISONS.map((operator) => node[operator]).filter(isNode)) {
      add(operands.left, literalsIn(operands.right));
      add(operands.right, literalsIn(operands.left));
    }
  }
  return Object.fromEntries([...reads].map(([name, values]) => [name, [...values]]));
}

/** All attributes of the context that a policy may read; undefined where they cannot be known, for example in `context == other`. */
export function policyNeedsOf(policy: PolicyJson): readonly string[] | undefined {
  const mentions = [...nodesIn(policy.conditions)];
  const contextCount = mentions.filter(({ Var }) => Var === 'context').length;
  const attributes = mentions.flatMap((node) => attributeIn(node) ?? []);
  return attributes.length === contextCount ? [...new Set(attributes)] : undefined;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every object in plain data, the outermost first. */
function* nodesIn(value: unknown): Generator<Node> {
  if (!isNode(value)) return;
  yield value;
  for (const child of Object.values(value)) yield* nodesIn(child);
}

function* uidsIn(value: unknown): Generator<Uid> {
  for (const { type, id } of nodesIn(value)) {
    if (typeof type === 'string' && typeof id === 'string') yield { type, id };
  }
}

/** The name in `context.name` and `context has name`. */
function attributeIn(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  const access = value['.'] ?? value.has;
  if (!isNode(access) || !isNode(access.left) || access.left.Var !== 'context') return undefined;
  return typeof access.attr === 'string' ? access.attr : undefined;
}

function* literalsIn(value: unknown): Generator<number | string> {
  for (const { Value: literal } of nodesIn(value)) {
    if (typeof literal === 'number' || typeof literal === 'string') yield literal;
  }
}
