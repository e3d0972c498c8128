import { stringify } from 'yaml';
import { z } from 'zod';
import { alternatives } from '../../src/config/source/schema.ts';
import { identifier } from '../../src/contract/json.ts';

/** A key as the page tells of it. */
export interface Row {
  /** As it stands in the file: `route.steps[].wait`, and `NAME` for a name that operators give. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As YAML. */
  readonly usual?: string | undefined;
  readonly meaning: string;
  readonly example?: string | undefined;
}

/** What is read of a part of JSON Schema, with what our schemas say of themselves: see `key` of src/config/source/schema.ts. */
interface Node {
  readonly title?: string;
  readonly section?: string;
  readonly description?: string;
  readonly example?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
}

type Visit = (schema: z.core.$ZodType, example: string) => void;

/**
 * What a schema takes, as JSON Schema. Zod does not tell of the alternatives behind a transformation; here they are.
 *
 * @param visit is told of each schema that has an example
 */
function shapeOf(schema: z.core.$ZodType, visit: Visit = () => undefined): Node {
  const shape = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { either } = alternatives.get(zodSchema) ?? {};
      if (either)
        Object.assign(jsonSchema, { anyOf: either.map((each) => shapeOf(each as z.core.$ZodType, visit)) });
      const { example } = z.globalRegistry.get(zodSchema) ?? {};
      if (typeof example === 'string') visit(zodSchema, example);
    },
  });
  return JSON.parse(JSON.stringify(shape));
}

/** Every key that a schema takes, in the order in which it is written. @throws Error where one says nothing of itself */
export function rowsOf(schema: z.core.$ZodType): Row[] {
  const root = shapeOf(schema);
  const resolved = (node: Node): Node => {
    const { $ref, ...rest } = node;
    if ($ref === undefined) return node;
    return { ...($ref === '#' ? root : root.$defs?.[$ref.replace('#/$defs/', '')]), ...rest };
  };

  function inside(written: Node, path: string): Row[] {
    const node = resolved(written);
    const rows = [
      ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
        const at = path === '' ? name : `${path}.${name}`;
        const part = resolved(child);
        return [rowOf(part, at, node.required?.includes(name) ?? false), ...below(part, at)];
      }),
      ...(node.items === undefined ? [] : below(node.items, `${path}[]`)),
      ...(typeof node.additionalProperties === 'object'
        ? below(node.additionalProperties, `${path}.NAME`)
        : []),
      ...(node.anyOf ?? []).flatMap((each) => below(each, path)),
    ];
    return rows.filter((row, i) => rows.findIndex(({ path: other }) => other === row.path) === i);
  }

  /** What has a title is told of elsewhere. */
  const below = (written: Node, path: string): Row[] =>
    resolved(written).title === undefined ? inside(written, path) : [];

  function rowOf(node: Node, path: string, required: boolean): Row {
    const { description, example } = node;
    if (description === undefined) throw new Error(`${path} has no meaning: give it one with key()`);
    if (example === undefined && below(node, path).length === 0)
      throw new Error(`${path} has no example: give it one with key()`);
    return {
      path,
      type: typeOf(node, resolved),
      required,
      usual: usualOf(node),
      meaning: description,
      example,
    };
  }

  return inside(root, '');
}

/** Each schema inside this one that has an example, with it. */
export function examplesIn(
  schema: z.core.$ZodType,
): { readonly schema: z.core.$ZodType; readonly example: string }[] {
  const found: { schema: z.core.$ZodType; example: string }[] = [];
  shapeOf(schema, (each, example) => found.push({ schema: each, example }));
  return found;
}

/** The bounds of texts and lists in a schema, by path. */
export function boundsOf(schema: z.core.$ZodType): { readonly path: string; readonly most: string }[] {
  const within = (node: Node, path: string): { path: string; most: string }[] => [
    ...(node.maxLength === undefined ? [] : [{ path, most: `${node.maxLength} characters` }]),
    ...(node.maxItems === undefined ? [] : [{ path, most: `${node.maxItems}` }]),
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
      within(child, path === '' ? name : `${path}.${name}`),
    ),
    ...(node.items === undefined ? [] : within(node.items, `${path}[]`)),
  ];
  return within(shapeOf(schema), '');
}

const NAME = z.toJSONSchema(identifier).pattern;
/** What JSON Schema says of a whole number without a bound. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** In words, of one or of several. */
function typeOf(written: Node, resolved: (node: Node) => Node, several = false): string {
  const node = resolved(written);
  const words = (one: string) => (several ? plural(one) : one);
  if (node.title !== undefined)
    return node.section === undefined ? words(node.title) : `[${words(node.title)}](#${node.section})`;
  if (node.enum !== undefined) return listed(node.enum.map(code));
  if (node.const !== undefined) return code(node.const);
  if (node.anyOf !== undefined)
    return listed([...new Set(node.anyOf.map((each) => typeOf(each, resolved, several)))]);
  switch (node.type) {
    case 'string':
      return words(node.pattern === NAME ? 'name' : 'text');
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return `${words('whole number')}${rangeOf(node)}`;
    case 'number':
      return `${words('number')}${rangeOf(node)}`;
    case 'array':
      return `${words('list')} of ${typeOf(node.items ?? {}, resolved, true)}`;
    case 'object':
      return typeof node.additionalProperties === 'object'
        ? `${typeOf(node.additionalProperties, resolved, true)}, by name`
        : words('mapping');
    default:
      return 'anything';
  }
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Node): string {
  const least = minimum === -UNBOUNDED ? undefined : minimum;
  const most = maximum === UNBOUNDED ? undefined : maximum;
  if (exclusiveMinimum !== undefined)
    return ` more than ${exclusiveMinimum}${most === undefined ? '' : `, ${most} at most`}`;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  return least === undefined ? '' : `, ${least} at least`;
}

/** A default that says something: an empty list or mapping is the same as nothing. */
function usualOf({ default: usual }: Node): string | undefined {
  if (usual === undefined || (typeof usual === 'object' && Object.keys(Object(usual)).length === 0))
    return undefined;
  return stringify(usual, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim();
}

const code = (value: unknown) => `\`${value}\``;
const plural = (one: string) => (/[`)]$/.test(one) ? one : one.endsWith('s') ? `${one}es` : `${one}s`);
const listed = (words: readonly string[]) =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
