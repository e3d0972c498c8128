import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import type { AlertPlaces } from '../../domain/analysis/alerts.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import type { WrittenAction } from '../action-types/actions.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { key, refuseValue, strict } from '../source/schema.ts';
import type { Path, Source } from '../source/yaml-files.ts';
import { inHeader, type Secret } from './auth.ts';

/** How a gateway receives alerts of one sender. It contains secrets: never log it, never send it anywhere. */
export interface AlertReceiver {
  /** What the sender shows. Absent: it signs. */
  readonly bearer?: Secret | undefined;
  /** What the sender signs with: `whsec_` and base64. Absent: it shows `bearer`. */
  readonly secret?: string | undefined;
  readonly places: AlertPlaces;
}

export type AlertReceivers = Readonly<Record<string, AlertReceiver>>;

/** Workers check the rest of the file, and do not have the secrets of gateways. */
const UNFILLED = /^\$\{env\.[^}]+\}$/;

const bearer = inHeader.refine(
  (secret) => typeof secret !== 'string' || secret.length >= 16 || UNFILLED.test(secret),
  'must have 16 characters or more',
);

const label = key(z.string().min(1).max(200), 'The name of the label.', 'service');

const names = (of: string, example: string) =>
  key(
    z.record(z.string().min(1), z.string()).default({}),
    `The values that are called otherwise here, each with the name of ${of}. Every other value is the name itself.`,
    example,
  );

const receiver = strict({
  bearer: key(
    bearer.optional(),
    'What the sender shows as `Authorization: Bearer`. Alertmanager can do this.',
    '{ file: /var/run/secrets/alerts }',
  ),
  secret: key(
    z
      .string()
      .regex(
        /^(whsec_[A-Za-z0-9+/]{32,}={0,2}|\$\{env\.[^}]+\})$/,
        'must be whsec_ and at least 24 bytes as base64: such as "whsec_" and what "openssl rand -base64 32" prints',
      )
      .optional(),
    'What the sender signs with, as Standard Webhooks says: `whsec_` and base64.',
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  ),
  service: key(
    strict({ label, values: names('the service', '{ shopping-cart: cart }') }),
    'The label that names the service of an alert.',
    '{ label: service }',
  ),
  environment: key(
    strict({
      label: key(label.optional(), 'The name of the label.', 'env'),
      values: names('the environment', '{ prod: production }'),
      is: key(
        z.string().optional(),
        'All alerts are of this environment. It stands in place of `label`.',
        'production',
      ),
    }).transform(({ label, values, is }, context): AlertPlaces['environment'] => {
      if (label !== undefined && is === undefined) return { label, values };
      if (label === undefined && is !== undefined && Object.keys(values).length === 0) return { is };
      return refuseValue(context, 'needs exactly one of: label, with or without values; is');
    }),
    'The label that names the environment of an alert, or the one environment of all.',
    '{ is: production }',
  ),
}).transform(({ service, environment, ...proofs }, context): AlertReceiver => {
  if (proofs.bearer === undefined && proofs.secret === undefined)
    return refuseValue(context, 'needs at least one of bearer, secret: without it anybody could send alerts');
  return { ...proofs, places: { service, environment } };
});

/** The member `alerts:` of countersign.yaml. */
export const alertsSchema = z.record(identifier, receiver).default({});

/** Returns the names of services and environments that are not known. */
export function unknownPlaces(
  source: Source,
  alerts: AlertReceivers,
  { services, environments }: Pick<Installation, 'services' | 'environments'>,
): ConfigFault[] {
  const unknown = (path: Path, name: string, known: object) =>
    Object.hasOwn(known, name)
      ? []
      : [source.fault(path, `${name} is not known; ${hint(name, Object.keys(known))}`)];
  const unknownIn = (path: Path, values: Readonly<Record<string, string>>, known: object) =>
    Object.entries(values).flatMap(([value, name]) => unknown([...path, value], name, known));
  return Object.entries(alerts).flatMap(
    ([
      name,
      {
        places: { service, environment },
      },
    ]) => [
      ...unknownIn(['alerts', name, 'service', 'values'], service.values, services),
      ...('is' in environment
        ? unknown(['alerts', name, 'environment', 'is'], environment.is, environments)
        : unknownIn(['alerts', name, 'environment', 'values'], environment.values, environments)),
    ],
  );
}

/** Returns the action types whose watch an alert should end, where no alert can come. */
export const withoutReceiver = (alerts: AlertReceivers, actions: readonly WrittenAction[]): ConfigFault[] =>
  Object.keys(alerts).length > 0
    ? []
    : actions.flatMap(({ type, source }) =>
        type.watch?.abortOn?.some(({ kind }) => kind === 'alert')
          ? [
              source.fault(
                ['watch', 'abortOn'],
                'names alert, and no alert can come: write alerts in countersign.yaml, which says who sends them',
              ),
            ]
          : [],
      );
