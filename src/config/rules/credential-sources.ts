import { z } from 'zod';
import { identifier, jsonValue } from '../../contract/json.ts';
import { pathsIn } from '../../domain/action/template.ts';
import { answerNumberFault, answerTextFault } from '../../domain/analysis/in-answer.ts';
import type { Json } from '../../domain/shared/json.ts';
import { argv } from '../action-types/plans.ts';
import { programsName, visibleVariable } from '../action-types/program-environment.ts';
import { askedUrl, celText, duration, key, named, origin, refuseValue, strict } from '../source/schema.ts';
import { type Auth, authSchema } from './auth.ts';

/** Where the credential of one attempt comes from. */
export interface CredentialSource {
  /** The origins of the systems that its token is sent to, as `Authorization: Bearer`. */
  readonly systems: readonly string[];
  /** The variable in which a program finds its token. Absent: programs find no token of it. */
  readonly variable?: string | undefined;
  readonly by: CommandSource | HttpSource | AwsSource | KubernetesSource;
}

export interface CommandSource {
  readonly kind: 'command';
  readonly argv: readonly string[];
  /** The variables that the program gets besides PATH. */
  readonly environment: readonly string[];
  /** The program that ends a credential. Absent: it ends by itself. */
  readonly revoke?: readonly string[] | undefined;
}

export interface HttpSource {
  readonly kind: 'http';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly auth?: Auth | undefined;
  readonly ca?: string | undefined;
  /** Sent with POST. Its texts may hold `${session}`, `${action}`, `${approvers}` and `${environment}`. */
  readonly body: Json;
  /** CEL expressions over `status` and `answer`. */
  readonly token?: string | undefined;
  /** By the name of the variable in a program. */
  readonly variables: Readonly<Record<string, string>>;
  /** For how many seconds it is good. Absent: the source does not say. */
  readonly ttl?: string | undefined;
  readonly revoke?: { readonly url: string; readonly body: Readonly<Record<string, string>> } | undefined;
}

export interface AwsSource {
  readonly kind: 'aws';
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly role: string;
  /** The session policy: what the credential may do at most. Absent: what the role may. */
  readonly policy?: Json | undefined;
  readonly ttlMs: number;
}

export interface KubernetesSource {
  readonly kind: 'kubernetes';
  readonly url: string;
  readonly auth: Auth;
  readonly ca?: string | undefined;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly audiences?: readonly string[] | undefined;
  readonly ttlMs: number;
}

/** By environment, by name. */
export type CredentialSources = Readonly<Record<string, Readonly<Record<string, CredentialSource>>>>;

/** What the texts of a body may name. */
const NAMED = ['session', 'action', 'approvers', 'environment'];

const expression = celText(
  answerTextFault,
  'expression over status and answer, such as answer.auth.client_token',
).meta({
  title: 'CEL expression',
  section: 'conditions',
});

const number = celText(
  answerNumberFault,
  'expression over status and answer for a number, such as answer.auth.lease_duration',
).meta({ title: 'CEL expression', section: 'conditions' });

const ca = z.string().startsWith('/', 'must be a path that begins with /').optional();
const CA =
  'A file with the certificates (PEM) that prove who answers. Without it, those that every system trusts.';

const commandSource = strict({
  argv: key(
    argv,
    'A program that prints the credential as JSON: `token`, `variables`, `expiresAt`.',
    '[mint, --short]',
  ),
  environment: key(
    z.array(visibleVariable).default([]),
    'Variables of the worker that the program finds besides `PATH`.',
    '[HOME]',
  ),
  revoke: key(
    argv.optional(),
    'A program that ends the credential. It finds the same variables, those of the credential, and the token as `COUNTERSIGN_CREDENTIAL`.',
    '[mint, --revoke]',
  ),
});

const httpSource = strict({
  method: key(
    z.enum(['GET', 'POST']).default('POST'),
    'The method of the request. A GET carries no body.',
    'POST',
  ),
  url: key(
    askedUrl(),
    'Where the credential is asked for.',
    'https://vault.example.com/v1/auth/token/create',
  ),
  auth: key(
    authSchema.optional(),
    'What proves to the source who asks.',
    '{ headers: { X-Vault-Token: { file: /var/run/secrets/vault } } }',
  ),
  ca: key(ca, CA, '/etc/ssl/vault.pem'),
  body: key(
    jsonValue.default({}).refine((body) => pathsIn(body).every((name) => NAMED.includes(name)), {
      error: `may name \${session}, \${action}, \${approvers} and \${environment} only`,
    }),
    'The JSON that it carries. `${session}`, `${action}`, `${approvers}` and `${environment}` are filled in.',
    '{ display_name: "${session}", ttl: 10m }',
  ),
  token: key(expression.optional(), 'The token, in the answer.', 'answer.auth.client_token'),
  variables: key(
    z.record(programsName, expression).default({}),
    'What programs find, by the name of the variable: an expression over the answer.',
    '{ PGUSER: answer.data.username, PGPASSWORD: answer.data.password }',
  ),
  ttl: key(
    number.optional(),
    'For how many seconds it is good, in the answer.',
    'answer.auth.lease_duration',
  ),
  revoke: key(
    strict({
      url: key(askedUrl(), 'Where it is ended, with POST.', 'https://vault.example.com/v1/sys/leases/revoke'),
      body: key(
        z.record(z.string(), expression),
        'What is sent, by name: an expression over the answer that gave it.',
        '{ lease_id: answer.lease_id }',
      ),
    }).optional(),
    'How the credential is ended after the attempt. Without it, it ends by itself.',
  ),
}).refine(
  ({ token, variables }) => token !== undefined || Object.keys(variables).length > 0,
  'needs a token, variables or both',
);

const ttl = (least: number, usual: string, words: string) =>
  duration()
    .refine((ms) => ms >= least && ms <= 12 * 3_600_000, words)
    .prefault(usual);

const awsSource = strict({
  region: key(z.string().min(1), 'The region whose STS is asked.', 'eu-central-1'),
  endpoint: key(
    askedUrl().optional(),
    "An address in place of the region's own.",
    'https://sts.internal.example.com',
  ),
  role: key(
    z.string().regex(/^arn:[a-z-]+:iam::\d{12}:role\/.+$/, 'must be the ARN of a role'),
    'The role that is assumed.',
    'arn:aws:iam::123456789012:role/deployer',
  ),
  policy: key(
    jsonValue.optional(),
    'The session policy: what the credential may do at most.',
    '{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "ecs:UpdateService", Resource: "*" }] }',
  ),
  ttl: key(ttl(900_000, '15m', 'must be 15m to 12h: STS gives no others'), 'For how long it is good.', '15m'),
});

const kubernetesSource = strict({
  url: key(askedUrl(), "The address of the cluster's API server.", 'https://10.0.0.1:6443'),
  auth: key(
    authSchema,
    'What proves to it who asks. It may create tokens of the service account, and nothing else.',
    '{ bearer: { file: /var/run/secrets/kubernetes.io/serviceaccount/token } }',
  ),
  ca: key(ca, CA, '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'),
  namespace: key(identifier, 'The namespace of the service account.', 'deploy'),
  serviceAccount: key(identifier, 'The service account whose token it is.', 'deployer'),
  audiences: key(
    z.array(z.string().min(1)).min(1).optional(),
    'Whom the token is for. Without it, the API server.',
    '[https://kubernetes.default.svc]',
  ),
  ttl: key(
    ttl(600_000, '10m', 'must be 10m to 12h: the API server gives no others'),
    'For how long it is good.',
    '10m',
  ),
});

const source = strict({
  systems: key(
    z.array(origin).default([]),
    'The origins of the systems that its token is sent to, in place of what `governedSystems` says.',
    '[https://admin.example.com]',
  ),
  variable: key(programsName.optional(), 'The variable in which programs find its token.', 'ADMIN_TOKEN'),
  command: key(commandSource.optional(), 'A program prints it.'),
  http: key(httpSource.optional(), 'It is asked for over HTTP, as of Vault.'),
  aws: key(
    awsSource.optional(),
    'AssumeRole of AWS STS. Programs find it as `AWS_ACCESS_KEY_ID` and the others.',
  ),
  kubernetes: key(kubernetesSource.optional(), 'TokenRequest of a Kubernetes API server.'),
}).transform(({ systems, variable, command, http, aws, kubernetes }, context): CredentialSource => {
  const forms: CredentialSource['by'][] = [
    ...(command ? [{ kind: 'command' as const, ...command }] : []),
    ...(http ? [{ kind: 'http' as const, ...http }] : []),
    ...(aws ? [{ kind: 'aws' as const, ...lasting(aws) }] : []),
    ...(kubernetes ? [{ kind: 'kubernetes' as const, ...lasting(kubernetes) }] : []),
  ];
  const [by, second] = forms;
  if (!by || second) return refuseValue(context, 'needs exactly one of command, http, aws, kubernetes');
  if (by.kind === 'aws' && (systems.length > 0 || variable !== undefined))
    return refuseValue(context, 'aws gives no token: leave systems and variable out');
  if (by.kind === 'http' && by.token === undefined && (systems.length > 0 || variable !== undefined))
    return refuseValue(context, 'systems and variable need http.token');
  return { systems, variable, by };
});

function lasting<Written extends { readonly ttl: number }>({ ttl: ttlMs, ...written }: Written) {
  return { ...written, ttlMs };
}

export const credentialSourcesSchema = z
  .record(z.string(), named(identifier, source))
  .superRefine((environments, context) => {
    for (const [environment, sources] of Object.entries(environments)) {
      const entries = Object.entries(sources);
      for (const [i, [name, { systems }]] of entries.entries())
        for (const [at, system] of systems.entries())
          if (entries.slice(0, i).some(([, earlier]) => earlier.systems.includes(system)))
            context.addIssue({
              code: 'custom',
              path: [environment, name, 'systems', at],
              message: 'is in another source of this environment too: one credential is sent there',
            });
    }
  });
