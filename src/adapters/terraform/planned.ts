import { createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { TerraformPlan } from '../../domain/action/action.ts';
import type { PreviewedChange } from '../../domain/action/preview.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import { alteredIn } from '../../domain/shared/exact-json.ts';
import { isJsonRecord, type Json, jsonIn } from '../../domain/shared/json.ts';

/** Any JSON, at any depth: what people are shown of it is made fit later. */
const json = z.custom<Json>(() => true);

const changeSchema = z.looseObject({
  actions: z.array(z.string()),
  before: json.optional(),
  after: json.optional(),
  after_unknown: json.optional(),
  before_sensitive: json.optional(),
  after_sensitive: json.optional(),
  importing: json.optional(),
});
type Change = z.infer<typeof changeSchema>;

const resourceChangeSchema = z.looseObject({
  address: z.string(),
  deposed: z.string().optional(),
  previous_address: z.string().optional(),
  change: changeSchema,
});
type ResourceChange = z.infer<typeof resourceChangeSchema>;

/** The parts of `show -json PLAN` that are read (format version 1). */
const plannedSchema = z.object({
  format_version: z.string().regex(/^1\./),
  terraform_version: z.string(),
  variables: z.record(z.string(), z.object({ value: json.optional() })).default({}),
  resource_changes: z.array(resourceChangeSchema).default([]),
  output_changes: z.record(z.string(), changeSchema).default({}),
  configuration: json,
  complete: z.boolean().default(true),
  deferred_changes: z.array(json).default([]),
  action_invocations: z.array(json).default([]),
});
export type Planned = z.infer<typeof plannedSchema>;

/** Reads what `show -json PLAN` printed. A number that JavaScript would change is read as text, so that a change of it is seen. */
export function plannedIn(text: string): ReturnType<typeof plannedSchema.safeParse> {
  let exact = text;
  for (const { kind, offset, written } of alteredIn(text).reverse())
    if (kind === 'inexact')
      exact = `${exact.slice(0, offset)}"${written}"${exact.slice(offset + written.length)}`;
  return plannedSchema.safeParse(jsonIn(exact));
}

const SENSITIVE = '(sensitive)';
const UNKNOWN = '(known after apply)';
const KINDS = ['destroys', 'replaces', 'creates', 'changes', 'forgets', 'imports', 'moves', 'reads'] as const;
type Kind = (typeof KINDS)[number];

/** What a plan does to a resource. Undefined: nothing. */
function kindOf({ change: { actions, importing }, previous_address }: ResourceChange): Kind | undefined {
  if (actions.includes('delete')) return actions.includes('create') ? 'replaces' : 'destroys';
  if (actions.includes('create')) return 'creates';
  if (actions.includes('update')) return 'changes';
  if (actions.includes('forget')) return 'forgets';
  if (actions.includes('read')) return 'reads';
  if (importing !== undefined) return 'imports';
  return previous_address === undefined ? undefined : 'moves';
}

interface Counted {
  readonly kind: Kind;
  readonly address: string;
  readonly resource: ResourceChange;
}

/** What a plan does, what destroys first. */
function effectsOf({ resource_changes }: Planned): Counted[] {
  return resource_changes
    .flatMap((resource): Counted[] => {
      const kind = kindOf(resource);
      const { address, deposed } = resource;
      const name = deposed === undefined ? address : `${address} (deposed object ${deposed})`;
      return kind ? [{ kind, address: name, resource }] : [];
    })
    .sort(
      (one, other) =>
        KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) || (one.address < other.address ? -1 : 1),
    );
}

const isChanged = ({ actions }: Change) => actions.some((action) => action !== 'no-op' && action !== 'read');

/** Whether applying it would change nothing, not even the state. */
export const changesNothing = (planned: Planned): boolean =>
  effectsOf(planned).every(({ kind }) => kind === 'reads') &&
  !Object.values(planned.output_changes).some(isChanged);

/** The addresses of all resources that a plan changes. */
export const addressesIn = (planned: Planned): string[] =>
  effectsOf(planned)
    .filter(({ kind }) => kind !== 'reads')
    .map(({ resource }) => resource.address);

/** What a plan would destroy or replace without a word about it in the action type. */
export function destroyedUnasked(
  planned: Planned,
  { destroy, replace = [], mayDestroy }: TerraformPlan,
): string[] {
  if (destroy || mayDestroy) return [];
  return effectsOf(planned)
    .filter(({ kind, address }) => kind === 'destroys' || (kind === 'replaces' && !replace.includes(address)))
    .map(({ address }) => address);
}

/** Why people could not be shown all that a plan does. Undefined: they can. */
export function whatIsNotShown({
  complete,
  deferred_changes,
  action_invocations,
}: Planned): string | undefined {
  if (action_invocations.length > 0)
    return 'it would also invoke actions of providers, and the plan does not say what they do';
  return complete && deferred_changes.length === 0
    ? undefined
    : 'a part of its changes is put off, and nobody knows yet what they are';
}

/** The plan in one line. What is destroyed stands out. */
export function summaryOf(planned: Planned): string {
  const effects = effectsOf(planned);
  const of = (...kinds: Kind[]) => effects.filter(({ kind }) => kinds.includes(kind));
  const outputs = Object.values(planned.output_changes).filter(isChanged).length;
  const counts = [
    `${of('creates', 'replaces').length} to add`,
    `${of('changes').length} to change`,
    `${of('destroys', 'replaces').length} to destroy`,
    ...(['imports', 'forgets', 'moves'] as const).flatMap((kind) =>
      of(kind).length === 0 ? [] : [`${of(kind).length} to ${kind.slice(0, -1)}`],
    ),
    ...(outputs === 0 ? [] : [`${outputs} outputs to change`]),
  ].join(', ');
  const loud = (['destroys', 'replaces'] as const).flatMap((kind) =>
    of(kind).length === 0
      ? []
      : [
          `${kind.toUpperCase()} ${of(kind)
            .map(({ address }) => address)
            .join(', ')}`,
        ],
  );
  return loud.length === 0 ? counts : `${loud.join('; ')}: ${counts}`;
}

/** All changes, for people. Sensitive values are in none. */
export function changesIn(planned: Planned): PreviewedChange[] {
  return [
    ...effectsOf(planned).flatMap(({ kind, address, resource }) =>
      changesOf(
        kind === 'destroys' || kind === 'replaces'
          ? `${kind.toUpperCase()} ${address}`
          : `${kind} ${address}`,
        resource,
      ),
    ),
    ...Object.entries(planned.output_changes)
      .filter(([, change]) => isChanged(change))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, change]) => differencesIn(`output ${name}`, change)),
  ];
}

function changesOf(what: string, { change, previous_address }: ResourceChange): PreviewedChange[] {
  const moved = previous_address === undefined ? [] : [{ what: `${what}, which was ${previous_address}` }];
  const changed = differencesIn(what, change);
  return moved.length + changed.length === 0 ? [{ what }] : [...moved, ...changed];
}

/** A part of a change: its value on both sides, and what the plan says of it. A mark is `true` in the place of the value or of what is around it. */
interface Part {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** What is sensitive before, and after. */
  readonly sensitive: readonly (Json | undefined)[];
  readonly unknown: Json | undefined;
}

const differencesIn = (what: string, change: Change): PreviewedChange[] =>
  differences(what, [], {
    before: change.before ?? undefined,
    after: change.after ?? undefined,
    sensitive: [change.before_sensitive, change.after_sensitive],
    unknown: change.after_unknown,
  });

/** The differences of the two sides, down to what is no object. Where one side is missing, the other one is whole. */
function differences(what: string, path: readonly string[], part: Part): PreviewedChange[] {
  const { before, after, sensitive, unknown } = part;
  const isBoth = isRecord(before) && (isRecord(after) || (isRecord(unknown) && holdsTrue(unknown)));
  if (isBoth && !sensitive.includes(true))
    return namesIn(before, after, unknown).flatMap((name) =>
      differences(what, [...path, name], {
        before: at(before, name),
        after: at(after, name),
        sensitive: sensitive.map((marks) => at(marks, name)),
        unknown: at(unknown, name),
      }),
    );
  const isSame = !holdsTrue(unknown) && canonicalJson(before ?? null) === canonicalJson(after ?? null);
  if (isSame) return [];
  const from = shown(before, sensitive, undefined);
  const to = shown(after, sensitive, unknown);
  const place = path.length === 0 ? what : `${what}: ${path.join('.')}`;
  return [
    {
      what: place,
      ...(from === undefined || from === null ? {} : { from: storable(from) }),
      ...(to === undefined || to === null ? {} : { to: storable(to) }),
    },
  ];
}

/** A value with what is sensitive or unknown replaced, on whichever side it is sensitive. */
function shown(
  value: Json | undefined,
  sensitive: Part['sensitive'],
  unknown: Json | undefined,
): Json | undefined {
  if (value === undefined && !holdsTrue(unknown)) return undefined;
  if (sensitive.includes(true)) return SENSITIVE;
  if (unknown === true) return UNKNOWN;
  const inside = (name: string | number, part: Json | undefined) =>
    shown(
      part,
      sensitive.map((marks) => at(marks, name)),
      at(unknown, name),
    ) ?? null;
  if (Array.isArray(value)) return value.map((item, i) => inside(i, item));
  if (!isRecord(value) && !isRecord(unknown)) return value;
  const members = namesIn(value, undefined, unknown).map(
    (name) => [name, inside(name, at(value, name))] as const,
  );
  // Most attributes of most resources are null.
  return Object.fromEntries(members.filter(([, member]) => member !== null));
}

/** What is nested too deeply for the records, or has names that they refuse, is shown as text. */
const storable = (value: Json): Json => (isJsonRecord({ value }) ? value : JSON.stringify(value));

const isRecord = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names on either side, and those that are only known after the change. */
const namesIn = (before: Json | undefined, after: Json | undefined, unknown: Json | undefined): string[] =>
  [
    ...new Set([
      ...(isRecord(before) ? Object.keys(before) : []),
      ...(isRecord(after) ? Object.keys(after) : []),
      ...(isRecord(unknown) ? Object.keys(unknown).filter((name) => holdsTrue(unknown[name])) : []),
    ]),
  ].sort();

const at = (container: Json | undefined, name: string | number): Json | undefined =>
  typeof container === 'object' && container !== null && Object.hasOwn(container, name)
    ? (container as Record<string, Json>)[name]
    : undefined;

const holdsTrue = (value: Json | undefined): boolean =>
  value === true || (typeof value === 'object' && value !== null && Object.values(value).some(holdsTrue));

/** The texts and numbers that are sensitive in a plan, as text. */
export function secretsIn({ resource_changes, output_changes, variables, configuration }: Planned): string[] {
  const changes = [...resource_changes.map(({ change }) => change), ...Object.values(output_changes)];
  const declared = at(at(configuration, 'root_module'), 'variables');
  return [
    ...changes.flatMap((change) => [
      ...sensitiveTexts(change.before, change.before_sensitive),
      ...sensitiveTexts(change.after, change.after_sensitive),
    ]),
    ...Object.entries(variables).flatMap(([name, { value }]) =>
      sensitiveTexts(value, at(at(declared, name), 'sensitive')),
    ),
  ];
}

function sensitiveTexts(value: Json | undefined, sensitive: Json | undefined): string[] {
  if (typeof value === 'string' || typeof value === 'number')
    return sensitive === true && value !== '' ? [String(value)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    sensitiveTexts(part, sensitive === true ? true : at(sensitive, name)),
  );
}

/** Digests that only those with the key can make: from a plain one, a short secret could be guessed. */
export function createPlanDigests(sealKey: Uint8Array) {
  const key = new Uint8Array(hkdfSync('sha256', sealKey, '', 'countersign terraform plans', 32));
  const digestOf = (value: unknown) => createHmac('sha256', key).update(canonicalJson(value)).digest('hex');
  return {
    /** Of all that a plan changes, with its secrets. */
    changes: (planned: Planned): string =>
      digestOf({
        resources: effectsOf(planned).map(({ resource }) => resource),
        outputs: Object.fromEntries(
          Object.entries(planned.output_changes).filter(([, change]) => isChanged(change)),
        ),
      }),
    /** Of the configuration with its provisioners, which are in no change. */
    configuration: ({ configuration }: Planned): string => digestOf(configuration),
  };
}
