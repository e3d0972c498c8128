import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { COSIGNATURE, parseVkey, type VerifierKey } from '../../domain/ledger/tree/signed-note.ts';
import {
  askedUrl,
  duration,
  key,
  named,
  origin,
  plainAddress,
  refuseValue,
  shownUrl,
  strict,
  url,
} from '../source/schema.ts';
import { type Auth, authSchema } from './auth.ts';
import { type CredentialSources, credentialSourcesSchema } from './credential-sources.ts';
import { type MetricConnection, metricSource } from './metric-sources.ts';
import { peopleRef } from './people-ref.ts';

/** The connections that the worker needs to the outside. They contain secrets: never log them, never send them anywhere. */
export interface Connections {
  readonly mail: { readonly smtpUrl: string; readonly from: string };
  /** The address of PagerDuty's Events API v2 (https://events.pagerduty.com/v2/enqueue), and the integration key of the service to page. */
  readonly pager: {
    readonly url: string;
    readonly auth?: Auth | undefined;
    readonly routingKey: string;
    /** The integration keys of services that page people other than on-call, by the audience that a step of a route names. */
    readonly keys?: Readonly<Record<string, string>> | undefined;
  };
  readonly slack?: SlackConnection | undefined;
  /** The address to which CloudEvents are posted, and the secret that signs them as Standard Webhooks says: `whsec_` and base64. */
  readonly webhook?:
    | { readonly url: string; readonly auth?: Auth | undefined; readonly secret: string }
    | undefined;
  /** The installation's own detector of contradictions. Questions are signed as events of the webhook are. */
  readonly detector?:
    | {
        readonly url: string;
        readonly auth?: Auth | undefined;
        readonly secret: string;
        readonly timeoutMs: number;
      }
    | undefined;
  readonly metricSources: Readonly<Record<string, MetricConnection>>;
  /** The credentials of requests to governed systems, by origin (RFC 6454), for example `https://admin.example.com`. */
  readonly governedSystems: Readonly<Record<string, Auth>>;
  /** Where the credential of one attempt comes from. */
  readonly credentialSources: CredentialSources;
  /** The databases that action types change, by name. */
  readonly databases: Readonly<Record<string, DatabaseConnection>>;
  /** Who else looks whether the ledger goes on from what they saw: where each is asked, and its key (C2SP tlog-witness). */
  readonly witnesses: readonly { readonly url: string; readonly key: VerifierKey }[];
  /** How many of the witnesses must have seen an entry. */
  readonly witnessesNeeded: number;
  /** Where checkpoints are kept for an auditor. Nobody looks at the ledger there. */
  readonly checkpointCopies: readonly CheckpointCopies[];
  /** The address of the user interface, without a trailing slash. */
  readonly uiUrl?: string | undefined;
}

/** A PostgreSQL database that action types change. */
export interface DatabaseConnection {
  /** With the user name and the password. */
  readonly url: string;
  /** The table with one row for each effect, as `table` or `schema.table`. */
  readonly effects: string;
}

/** A file on the machines of the workers, or mails to `user:name` or `group:name`, `everyMs` milliseconds apart at least. */
type CheckpointCopies = { readonly file: string } | { readonly mail: string; readonly everyMs: number };

/** An incoming webhook, or a bot. The bot's messages can be updated, and its token is in `auth`. */
export type SlackConnection =
  | { readonly webhookUrl: string; readonly auth?: Auth | undefined }
  | { readonly channel: string; readonly apiUrl: string; readonly auth: Auth };

const slack = strict({
  webhookUrl: key(
    askedUrl().optional(),
    'An incoming webhook. It stands in place of `channel`.',
    'https://hooks.slack.com/services/T0/B0/abc',
  ),
  channel: key(
    z
      .string()
      .regex(/^[CGD][A-Z0-9]{2,30}$/, 'must be the id of a channel, such as C0123456789')
      .optional(),
    'The id of the channel that a bot writes to.',
    'C0123456789',
  ),
  apiUrl: key(askedUrl().default('https://slack.com/api'), "Slack's API.", 'https://slack.com/api'),
  auth: key(
    authSchema.optional(),
    "With `channel`, the bot's token as `bearer`.",
    '{ bearer: { file: /var/run/secrets/slack } }',
  ),
}).transform(({ webhookUrl, channel, apiUrl, auth }, context): SlackConnection => {
  if (webhookUrl !== undefined && channel === undefined) return { webhookUrl, auth };
  if (webhookUrl === undefined && channel !== undefined && auth?.bearer !== undefined)
    return { channel, apiUrl, auth };
  return refuseValue(
    context,
    "needs exactly one of: webhookUrl; channel, with the bot's token as auth.bearer",
  );
});

const governedSystem = strict({
  origin: key(
    origin,
    'Where requests of action types go. What proves who asks is sent to all of it.',
    'https://admin.example.com',
  ),
  auth: key(authSchema, 'What proves who asks.', '{ bearer: { file: /var/run/secrets/admin } }'),
});

const governedSystems = z
  .array(governedSystem)
  .superRefine((systems, context) => {
    for (const [i, { origin }] of systems.entries()) {
      if (systems.findIndex((otherSystem) => otherSystem.origin === origin) === i) continue;
      const message = 'is there twice: write all of it in one';
      context.addIssue({ code: 'custom', path: [i, 'origin'], message });
    }
  })
  .transform((systems): Connections['governedSystems'] =>
    Object.fromEntries(systems.map(({ origin, auth }) => [origin, auth])),
  );

const database = strict({
  url: key(
    url('postgres', 'postgresql'),
    'Its address, with the user that changes it. Give that user no more rights than the action types need.',
    'postgres://countersign@db.example.com/shop',
  ),
  effects: key(
    z
      .string()
      .regex(
        /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/,
        'must be a table, such as countersign_effects or countersign.effects',
      ),
    'The table with one row for each effect. You create it.',
    'countersign_effects',
  ),
});

const pagedByKey = z
  .string()
  .regex(
    /^(owners|data-owners|(group|user|schedule):[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, group:name, user:name or schedule:name',
  );

const signingSecret = z
  .string()
  .regex(
    /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
    'must be whsec_ and at least 24 bytes as base64: such as "whsec_" and what "openssl rand -base64 32" prints',
  );

/** A ruling waits for the detector, and every ruling asks it. */
const LONGEST_DETECTION_MS = 5_000;

const detector = strict({
  url: key(
    askedUrl(),
    'Where requests are posted that agents made, before they are ruled on.',
    'https://detector.example.com/findings',
  ),
  auth: key(
    authSchema.optional(),
    'What proves who asks.',
    '{ bearer: { file: /var/run/secrets/detector } }',
  ),
  secret: key(
    signingSecret,
    'Signs what is posted, as Standard Webhooks says: `whsec_` and base64.',
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  ),
  timeout: key(
    duration()
      .refine((ms) => ms <= LONGEST_DETECTION_MS, 'must be 5s at most: every ruling waits so long')
      .prefault('2s'),
    'How long a ruling waits for its answer: 5s at most.',
    '2s',
  ),
}).transform(({ timeout, ...written }) => ({ ...written, timeoutMs: timeout }));

const webhook = strict({
  url: key(askedUrl(), 'Where events are posted.', 'https://hooks.example.com/countersign'),
  auth: key(authSchema.optional(), 'What proves who asks.', '{ bearer: { file: /var/run/secrets/hooks } }'),
  secret: key(
    signingSecret,
    'Signs the events, as Standard Webhooks says: `whsec_` and base64.',
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  ),
});

/** The members of countersign.yaml for connections to the outside. */
/** A key that nobody has: for the reference. */
const EXAMPLE_WITNESS = 'witness.example.com/east+bc610043+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs';

const witness = strict({
  url: key(
    askedUrl().optional(),
    'Where it is asked: the prefix before `/add-checkpoint`. It goes with `key`.',
    'https://witness.example.com',
  ),
  key: key(
    z
      .string()
      .transform((text, context): VerifierKey => {
        const vkey = parseVkey(text);
        return vkey?.type === COSIGNATURE
          ? vkey
          : refuseValue(context, 'must be the verifier key that "countersign witness" prints: NAME+ID+KEY');
      })
      .optional(),
    'Its verifier key (C2SP signed-note). What another key signed does not count.',
    EXAMPLE_WITNESS,
  ),
  file: key(
    z.string().refine(isAbsolute, 'must be a whole path, such as /mnt/worm/checkpoints').optional(),
    'In place of `url`: a file on the machines of the workers, to which each checkpoint is appended. It looks at nothing, so it is no witness that counts.',
    '/mnt/worm/checkpoints',
  ),
  mail: key(
    peopleRef.optional(),
    'In place of `url`: who gets checkpoints by mail. They are no witness that counts.',
    'group:audit',
  ),
  every: key(
    duration().optional(),
    'With `mail`: how long after one mail until the next; 1h unless it is given.',
    '1h',
  ),
}).transform(({ url, key: vkey, file, mail, every }, context): WrittenWitness => {
  const forms: WrittenWitness[] = [
    ...(url !== undefined && vkey ? [{ url, key: vkey }] : []),
    ...(file === undefined ? [] : [{ file }]),
    ...(mail === undefined ? [] : [{ mail, everyMs: every ?? MAILED_EVERY_MS }]),
  ];
  const [form, second] = forms;
  const isHalf = (url === undefined) !== (vkey === undefined) || (every !== undefined && mail === undefined);
  return form && !second && !isHalf
    ? form
    : refuseValue(context, 'needs exactly one of: url with key; file; mail, with every where it is not 1h');
});

type WrittenWitness = Connections['witnesses'][number] | CheckpointCopies;

/** How far apart mails with checkpoints are unless it is written, in milliseconds: one each minute nobody would keep. */
const MAILED_EVERY_MS = 3_600_000;

/** What countersign.yaml says of witnesses, by what they are. */
export function witnessesOf(
  written: readonly WrittenWitness[],
  needed: number | undefined,
): Pick<Connections, 'witnesses' | 'witnessesNeeded' | 'checkpointCopies'> {
  const witnesses = written.flatMap((one) => ('url' in one ? [one] : []));
  const checkpointCopies = written.flatMap((one) => ('url' in one ? [] : [one]));
  return { witnesses, witnessesNeeded: needed ?? witnesses.length, checkpointCopies };
}

export const connectionShape = {
  channels: key(
    strict({
      mail: key(
        strict({
          smtpUrl: key(
            url('smtp', 'smtps'),
            'The mail server. It is the one address that holds its password itself.',
            'smtps://countersign:secret@mail.example.com:465',
          ),
          from: key(plainAddress, 'Whom the mails are from.', 'countersign@example.com'),
        }),
        'Mails.',
      ),
      pager: key(
        strict({
          url: key(
            askedUrl(),
            "Where events of PagerDuty's Events API v2 are posted.",
            'https://events.pagerduty.com/v2/enqueue',
          ),
          auth: key(
            authSchema.optional(),
            'What proves who asks, where something stands in between.',
            '{ headers: { X-Egress-Key: { file: /var/run/secrets/egress } } }',
          ),
          routingKey: key(
            z.string().min(1),
            'The integration key of the service that pages on-call.',
            'R0123456789ABCDEF',
          ),
          keys: key(
            z.record(pagedByKey, z.string().min(1)).optional(),
            'The integration keys of services that page others, by whom a step of a route names.',
            '{ "schedule:sre": R0123456789ABCDEF }',
          ),
        }),
        'Pages.',
      ),
      slack: key(slack.optional(), 'Messages in Slack: with `webhookUrl`, or with `channel` and `auth`.'),
      webhook: key(webhook.optional(), 'CloudEvents 1.0 as JSON.'),
    }),
    'How people are reached.',
  ),
  findings: key(
    detector.optional(),
    'A detector of your own, which can add findings to a request and do nothing else.',
  ),
  metricSources: key(
    named(identifier, metricSource).default({}),
    'Where numbers are read, by name. Each has exactly one of `cloudwatch`, `datadog`, `http`, `openmetrics` and `prometheus`.',
  ),
  witnesses: key(
    z.array(witness).max(10).default([]),
    'Others who look each minute whether the ledger goes on from what they saw before, and cosign that. Each has `url` and `key`. An entry with `file` or `mail` keeps checkpoints, and looks at nothing.',
  ),
  witnessesNeeded: key(
    z.int().min(0).optional(),
    'How many of the `witnesses` with a `url` must have seen an entry. On-call is paged where an entry waits an hour for them. Without it, all of them.',
    '2',
  ),
  governedSystems: key(governedSystems.default({}), 'What proves to the systems that are governed who asks.'),
  credentialSources: key(
    credentialSourcesSchema.default({}),
    'Where the credential for one attempt comes from, by environment, by name ([docs/credentials.md](credentials.md#minted-for-one-attempt)). Each has exactly one of `command`, `http`, `aws` and `kubernetes`.',
  ),
  databases: key(
    named(identifier, database).default({}),
    'The PostgreSQL databases that action types change, by name ([docs/sql.md](sql.md)).',
  ),
  uiUrl: key(
    shownUrl()
      .transform((text) => text.replace(/\/+$/, ''))
      .optional(),
    'Where the Temporal UI lists workflows. Mails and pages link to the history of an action there.',
    'https://temporal.example.com/namespaces/default/workflows',
  ),
};
