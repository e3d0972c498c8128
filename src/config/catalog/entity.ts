import { z } from 'zod';
import { identifier, jsonValue } from '../../contract/json.ts';
import { isTimeZone } from '../../domain/calendar/local-time.ts';
import { DATA_CLASSIFICATIONS } from '../../domain/installation/installation.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { checkShape, key, plainAddress, refuseValue, shapeOf, strict } from '../source/schema.ts';
import type { Path, Source } from '../source/yaml-files.ts';

/** The shapes of Backstage's catalog entities (descriptor format, backstage.io/v1alpha1) that Countersign reads. */

export const SERVICE_TIER = 'countersign.dev/service-tier';
export const AUTONOMY = 'countersign.dev/autonomy';
export const TIME_ZONE = 'countersign.dev/time-zone';
export const COST_PER_HOUR = 'countersign.dev/cost-per-hour';
export const DATA_CLASSIFICATION = 'countersign.dev/data-classification';
export const SLO = 'countersign.dev/slo';
export const SIGNING_KEYS = 'countersign.dev/signing-keys';
export const SUBJECT = 'countersign.dev/subject';

/** Returns the public keys of a person or an agent, as the annotation lists them. */
export const keysIn = (annotation: string) => annotation.split(',').map((key) => key.trim());

/** Whether a text is 32 bytes in the only way that unpadded base64url can write them. */
export const isPublicKey = (x: string) =>
  x.length === 43 && Buffer.from(x, 'base64url').toString('base64url') === x;

/**
 * A reference `[kind:][namespace/]name`. It is read as `kind:name` with the kind in lower case; the namespace is kept unless it is the
 * default one.
 */
function ref(...kinds: readonly [string, ...string[]]) {
  const pattern = /^(?:([A-Za-z]+):)?(?:default\/)?((?:[a-z0-9-]{1,63}\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;
  return z
    .string()
    .transform((text, context) => {
      const [, kind = kinds[0], name] = pattern.exec(text) ?? [];
      if (name !== undefined && kinds.includes(kind.toLowerCase())) return `${kind.toLowerCase()}:${name}`;
      return refuseValue(context, `must be ${kinds.map((kindName) => `${kindName}:name`).join(' or ')}`);
    })
    .meta({ title: kinds.map((kind) => `\`${kind}:NAME\``).join(' or ') });
}

const refs = (...kinds: readonly [string, ...string[]]) => z.array(ref(...kinds)).default([]);
const text = z.string().optional();

/** The annotations of Countersign for one kind: annotations are texts, and each has a schema. */
type Own = Readonly<Record<string, z.ZodType<unknown, string>>>;

const annotations = (annotationSchemas: Own) =>
  z.record(z.string(), z.string()).superRefine((values, context) => {
    for (const [key, value] of Object.entries(values).filter(([name]) =>
      name.startsWith('countersign.dev/'),
    )) {
      const parsed = annotationSchemas[key]?.safeParse(value);
      const message = parsed
        ? parsed.error?.issues[0]?.message
        : `unknown annotation for this kind; ${hint(key, Object.keys(annotationSchemas))}`;
      if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message });
    }
  });

const tierNumber = z
  .string()
  .regex(/^[1-4]$/, 'must be "1", "2", "3" or "4", where "1" is the most critical');
const level = z
  .string()
  .regex(
    /^[0-3]$/,
    'must be "0" (recommends only), "1" (people approve each action), "2" (a window) or "3" (at once)',
  );
export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be a time zone of the IANA database, such as Europe/Berlin')
  .meta({ title: 'time zone' });
/** A decimal number as JSON writes it: "1e3", "1,000" or "0x10" might be read as another number than was meant. */
const DECIMAL = /^\d+(\.\d+)?$/;
const costPerHour = z
  .string()
  .refine(
    (cost) => DECIMAL.test(cost) && Number(cost) <= 1e12,
    'must be what an hour of trouble costs, in your currency and from "0" to "1000000000000", such as "1200"',
  );
const dataClassification = z.enum(DATA_CLASSIFICATIONS, `must be one of ${DATA_CLASSIFICATIONS.join(', ')}`);
const slo = z
  .string()
  .refine(
    (objective) => DECIMAL.test(objective) && Number(objective) > 0 && Number(objective) < 100,
    'must be an availability objective in percent, more than "0" and less than "100", such as "99.9"',
  );
const keyList = z
  .string()
  .refine(
    (list) => keysIn(list).every(isPublicKey),
    'must be Ed25519 public keys, each 43 characters of base64url, separated by commas: run "countersign keys"',
  );
/** The subject by which a person signs in (OpenID Connect Core 1.0, section 2): at most 255 ASCII characters, told apart by letter case. */
const subject = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be the "sub" that your OpenID provider gives this person');

const API_VERSIONS = ['backstage.io/v1alpha1', 'backstage.io/v1beta1'] as const;

const entity = <Kind extends string, Spec extends z.ZodType>(
  kind: Kind,
  spec: Spec,
  annotationSchemas: Own = {},
) =>
  strict({
    apiVersion: key(z.enum(API_VERSIONS), "The version of Backstage's format.", 'backstage.io/v1alpha1'),
    kind: key(z.literal(kind), 'What it is.', kind),
    metadata: key(
      strict({
        name: key(identifier, 'Its name. No other of its kind has it.', 'checkout'),
        namespace: key(
          z.string().optional(),
          'Its namespace, `default` unless it is written. Nobody is asked in another one.',
          'default',
        ),
        title: key(text, 'Nothing goes by it.', 'Checkout'),
        description: key(text, 'Nothing goes by it.', 'Takes orders'),
        labels: key(z.record(z.string(), z.string()).optional(), 'Nothing goes by them.', '{ team: shop }'),
        annotations: key(
          annotations(annotationSchemas).default({}),
          'Texts by name. Those of Countersign are below.',
          '{ example.com/owner: shop }',
        ),
        tags: key(z.array(z.string()).optional(), 'Nothing goes by them.', '[java]'),
        links: key(jsonValue.optional(), 'Nothing goes by them.', '[{ url: "https://wiki.example.com" }]'),
      }),
      'Who it is.',
    ),
    spec: key(spec, 'What there is to say of its kind.'),
  });

/**
 * The owner. It is optional here, because entities that Countersign does not use may have none. `missingFrom` in catalog.ts reports a
 * component of ours without one.
 */
const owner = key(
  ref('group', 'user').optional(),
  'Who owns it. Those who own a service are asked about it; those who own an agent never decide on what it asks for. Both must have one.',
  'group:checkout-team',
);
const dependencies = {
  dependsOn: key(
    refs('component', 'resource', 'api'),
    'What it needs. What happens to that affects it.',
    '[component:cart, resource:orders]',
  ),
  dependencyOf: key(
    refs('component', 'resource', 'api'),
    'What needs it: the same, from the other side.',
    '[component:web]',
  ),
};
const inSystem = key(
  ref('system').optional(),
  'The system that it is part of. Nothing goes by it.',
  'system:shop',
);
const lifecycle = key(text, 'Nothing goes by it.', 'production');
const profile = key(
  strict({
    displayName: key(text, 'The name that people are shown.', 'Grace Lindqvist'),
    email: key(
      plainAddress.optional(),
      'The address, of a person who is asked. Nobody else may read the same mailbox.',
      'grace@example.com',
    ),
    picture: key(text, 'Nothing goes by it.', 'https://example.com/grace.png'),
  }).optional(),
  'How people know them.',
);

/** Countersign's own annotations of a Component. */
export const COMPONENT_ANNOTATIONS = {
  [SERVICE_TIER]: key(
    tierNumber,
    'How critical a service is: `"1"` is the most critical. A service without it is no target of actions.',
    '"1"',
  ),
  [AUTONOMY]: key(
    level,
    'The level at which the first build of an agent begins: `"0"` recommends only, `"1"` people approve, `"2"` after a window, `"3"` at once.',
    '"1"',
  ),
  [TIME_ZONE]: key(timeZone, 'The clocks that a service goes by.', 'America/New_York'),
  [COST_PER_HOUR]: key(
    costPerHour,
    'What an hour of trouble with a service costs, in your currency.',
    '"1200"',
  ),
  [DATA_CLASSIFICATION]: key(
    dataClassification,
    'How sensitive the data of a service is. Not stated, it counts as `restricted`.',
    'confidential',
  ),
  [SLO]: key(slo, 'The availability objective of a service, in percent.', '"99.9"'),
  [SIGNING_KEYS]: key(
    keyList,
    'The public keys of an agent, separated by commas. `countersign keys` enters one.',
    '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  ),
};

/** Countersign's own annotations of a User. */
export const USER_ANNOTATIONS = {
  [SIGNING_KEYS]: key(
    keyList,
    'The public keys of a person, separated by commas. `countersign keys` enters one.',
    '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  ),
  [SUBJECT]: key(
    subject,
    'The `sub` that your OpenID provider gives a person. With it the address does not count for signing in.',
    '00u1a2b3c4',
  ),
  [TIME_ZONE]: key(timeZone, 'The clocks of a person, for what is out of the ordinary.', 'Europe/Berlin'),
};

/** The schemas of the kinds of entities that are read. */
export const SCHEMAS = {
  Component: entity(
    'Component',
    strict({
      type: key(text, '`ai-agent` is an agent; anything else is a service.', 'service'),
      lifecycle,
      owner,
      system: inSystem,
      subcomponentOf: key(
        ref('component').optional(),
        'The component that it is part of. That one needs it.',
        'component:shop',
      ),
      providesApis: key(refs('api'), 'The APIs that it provides.', '[api:orders]'),
      consumesApis: key(
        refs('api'),
        'The APIs that it uses. It needs the components that provide them.',
        '[api:payments]',
      ),
      ...dependencies,
    }),
    COMPONENT_ANNOTATIONS,
  ),
  Resource: entity(
    'Resource',
    strict({
      type: key(
        text,
        '`database`: its owners are the `data-owners` of the services that need it.',
        'database',
      ),
      owner,
      system: inSystem,
      ...dependencies,
    }),
  ),
  System: entity(
    'System',
    strict({
      owner,
      type: key(text, 'Nothing goes by it.', 'product'),
      domain: key(
        ref('domain').optional(),
        'The domain that it is part of. Nothing goes by it.',
        'domain:sales',
      ),
    }),
  ),
  API: entity(
    'API',
    strict({
      type: key(text, 'Nothing goes by it.', 'openapi'),
      lifecycle,
      owner,
      system: inSystem,
      // A text, or a reference to one: `$text`, `$json` or `$yaml`.
      definition: key(z.unknown().optional(), 'Nothing goes by it.', '{ $text: ./orders.yaml }'),
    }),
  ),
  Group: entity(
    'Group',
    strict({
      type: key(text, 'Nothing goes by it.', 'team'),
      profile,
      parent: key(ref('group').optional(), 'The group that it is inside of.', 'group:engineering'),
      children: key(refs('group'), 'The groups inside it. Their people are in it too.', '[group:web-team]'),
      members: key(refs('user'), 'Its people. `memberOf` of a person says the same.', '[user:grace]'),
    }),
  ),
  User: entity(
    'User',
    strict({
      profile,
      memberOf: key(refs('group'), 'The groups of the person.', '[group:checkout-team]'),
    }),
    USER_ANNOTATIONS,
  ),
};

type Kind = keyof typeof SCHEMAS;
type EntityOf<K extends Kind> = K extends Kind
  ? z.infer<(typeof SCHEMAS)[K]> & { readonly source: Source }
  : never;

/** An entity that was checked by itself; its references are not checked. References are written `kind:name`. */
export type Entity = EntityOf<Kind>;

/** Returns `kind:name`, as references write it; with the namespace unless it is the default one. */
export function refOf({ kind, metadata }: { kind: string; metadata: Named }): string {
  return `${kind.toLowerCase()}:${qualified(metadata)}`;
}

interface Named {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Returns the name, with the namespace unless it is the default one. */
export const qualified = ({ name, namespace = 'default' }: Named): string =>
  namespace === 'default' ? name : `${namespace}/${name}`;

export const isInDefault = ({ metadata: { namespace } }: { metadata: Named }): boolean =>
  namespace === undefined || namespace === 'default';

const headSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ annotations: z.looseObject({}).optional().catch(undefined) }).optional(),
  spec: z.looseObject({ type: z.unknown() }).optional().catch(undefined),
});

/**
 * Whether Countersign uses an entity: it has an annotation of ours, or is an agent. Problems in such an entity are faults. The other
 * entities belong to people who may not know Countersign, so problems there are notes.
 */
export function governs({ value }: Pick<Source, 'value'>): boolean {
  const { data } = headSchema.safeParse(value);
  const annotations = Object.keys(data?.metadata?.annotations ?? {});
  return data?.spec?.type === 'ai-agent' || annotations.some((name) => name.startsWith('countersign.dev/'));
}

export interface ReadEntity {
  /** Absent when the entity is not read, or is faulty. */
  readonly value?: Entity;
  readonly faults: readonly ConfigFault[];
  readonly notes: readonly ConfigFault[];
}

/** Checks one document of the catalog. */
export function readEntity(source: Source): ReadEntity {
  const kind = headSchema.safeParse(source.value).data?.kind;
  if (kind === undefined)
    return { faults: [], notes: [source.fault([], 'is not read: it has no kind, so it is no entity')] };
  if (!isKind(kind)) {
    const notes =
      kind === 'Location' ? [] : [source.fault(['kind'], `${kind} is not read: nothing here goes by it`)];
    return { faults: [], notes };
  }
  return governs(source) ? readStrictly(kind, source) : leniently(kind, source);
}

type Shape = z.infer<(typeof SCHEMAS)[Kind]>;

function readStrictly(kind: Kind, source: Source): ReadEntity {
  const { value, faults } = checkShape<Shape>(SCHEMAS[kind], source);
  return value ? { value: { ...value, source }, faults, notes: [] } : { faults, notes: [] };
}

/** Reads an entity that Countersign does not use. Each part with a problem is left out and noted; its dependencies still count. */
function leniently(kind: Kind, source: Source): ReadEntity {
  const notes: ConfigFault[] = [];
  const remainingValue: unknown = structuredClone(source.value);
  for (;;) {
    const shape = shapeOf<Shape>(SCHEMAS[kind], { value: remainingValue });
    if ('value' in shape) return { value: { ...shape.value, source }, faults: [], notes };
    notes.push(...shape.problems.map(({ path, problem }) => source.fault(path, problem)));
    // From the end, so that the earlier positions in a list stay valid.
    if (!shape.problems.toReversed().every(({ path }) => leaveOut(remainingValue, path))) {
      const problem = 'the entity is not read: what is wrong with it leaves nothing to go by';
      return { faults: [], notes: [...notes, source.fault([], problem)] };
    }
  }
}

/** Leaves out the part at a path. Returns false when there is none, or when the entity needs it: its head. */
function leaveOut(value: unknown, path: Path): boolean {
  const [last] = path.slice(-1);
  if (
    last === undefined ||
    ['apiVersion', 'kind', 'metadata', 'metadata.name', 'spec'].includes(path.join('.'))
  )
    return false;
  const container = path.slice(0, -1).reduce<unknown>((part, step) => Reflect.get(Object(part), step), value);
  if (typeof container !== 'object' || container === null || !Reflect.has(container, last)) return false;
  return Array.isArray(container)
    ? container.splice(Number(last), 1).length > 0
    : Reflect.deleteProperty(container, last);
}

/** Whether the document is of a kind that is read. */
export const isRead = ({ value }: Pick<Source, 'value'>): boolean =>
  isKind(headSchema.safeParse(value).data?.kind ?? '');

const isKind = (kind: string): kind is Kind => Object.hasOwn(SCHEMAS, kind);
