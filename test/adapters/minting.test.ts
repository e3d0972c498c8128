import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { Effect } from '../../src/activities/ports/executor.ts';
import { createCommandExecutor } from '../../src/adapters/command-executor.ts';
import { createHttpExecutor } from '../../src/adapters/http-executor.ts';
import { createJobExecutor } from '../../src/adapters/job-executor.ts';
import { createMinting } from '../../src/adapters/minting/minting.ts';
import type { CredentialSource, CredentialSources } from '../../src/config/index.ts';
import type { Plan } from '../../src/domain/action/action.ts';
import { serve } from './serve.ts';

const folder = await mkdtemp(join(tmpdir(), 'minting-'));
afterAll(() => rm(folder, { recursive: true }));

const AUTHORITY = { environment: 'production', approvedBy: ['grace', 'linus'] };
const SESSION = 'grace+linus@deployer.a1';

const effectOf = (plan: Plan, authority: Effect['authority'] = AUTHORITY): Effect => ({
  plan,
  actionId: 'deployer.a1',
  idempotencyKey: 'deployer.a1',
  fencingToken: 7,
  ...(authority ? { authority } : {}),
});
const requestTo = (url: string): Plan => ({
  executor: 'http',
  method: 'POST',
  url: `${url}/flush`,
  body: {},
  timeoutMs: 10_000,
});
const shell = (script: string, credentials?: string): Plan => ({
  executor: 'command',
  argv: ['/bin/sh', '-c', script],
  ...(credentials === undefined ? {} : { credentials }),
  timeoutMs: 10_000,
});

const sources = (source: CredentialSource): CredentialSources => ({ production: { shop: source } });
const mintingBy = (source: CredentialSource) => createMinting(sources(source), Date.now);
const http = (source: CredentialSource) => createHttpExecutor({}, mintingBy(source));
const command = (source: CredentialSource) =>
  createCommandExecutor(folder, () => performance.now(), mintingBy(source));

/** A governed system that says what it was sent. */
const system = () =>
  serve((response, { headers }) => response.writeHead(200).end(`you sent ${headers.authorization}`));

/** A source as Vault is: it gives another token each time, and takes it back. */
async function vault(answers: { mint?: number; revoke?: number; ttl?: number; lost?: number } = {}) {
  const seen = { minted: [] as string[], bodies: [] as unknown[], revoked: [] as string[], asked: 0 };
  const server = await serve((response, { url, headers, body }) => {
    if (headers['x-vault-token'] !== 'the workers own token')
      return response.writeHead(403).end('permission denied');
    if (url === '/v1/revoke') {
      seen.revoked.push(JSON.parse(body).token);
      return response.writeHead(answers.revoke ?? 204).end();
    }
    seen.asked += 1;
    if (seen.asked <= (answers.lost ?? 0)) return response.destroy();
    const token = `hvs.minted-${seen.minted.length}-0123456789`;
    seen.minted.push(token);
    seen.bodies.push(JSON.parse(body));
    return response
      .writeHead(answers.mint ?? 200)
      .end(JSON.stringify({ auth: { client_token: token, lease_duration: answers.ttl ?? 600 } }));
  });
  const source = (systems: readonly string[], variable?: string): CredentialSource => ({
    systems,
    variable,
    by: {
      kind: 'http',
      method: 'POST',
      url: `${server.url}/v1/create`,
      auth: { headers: { 'X-Vault-Token': 'the workers own token' } },
      body: {
        display_name: '${session}',
        meta: { action: '${action}', approvers: '${approvers}', in: '${environment}' },
      },
      token: 'answer.auth.client_token',
      variables: {},
      ttl: 'answer.auth.lease_duration',
      revoke: { url: `${server.url}/v1/revoke`, body: { token: 'answer.auth.client_token' } },
    },
  });
  return { ...server, seen, source };
}

describe('a credential for one attempt', () => {
  it('is minted for it, sent to the system, told to nobody, and revoked', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    const result = await http(source([shop.url])).run(effectOf(requestTo(shop.url)));
    expect(shop.requests[0]?.headers.authorization).toBe(`Bearer ${seen.minted[0]}`);
    expect(result).toEqual({ kind: 'done', summary: '200 OK: you sent Bearer ***' });
    expect(seen.revoked).toEqual(seen.minted);
  });

  it('bears the action and who approved it, as the ledger says', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    await http(source([shop.url])).run(effectOf(requestTo(shop.url)));
    expect(seen.bodies).toEqual([
      {
        display_name: SESSION,
        meta: { action: 'deployer.a1', approvers: 'grace,linus', in: 'production' },
      },
    ]);
  });

  it('is another one for each attempt', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    const executor = http(source([shop.url]));
    await executor.run(effectOf(requestTo(shop.url)));
    await executor.run(effectOf(requestTo(shop.url)));
    expect(seen.minted).toHaveLength(2);
    expect(seen.revoked).toEqual(seen.minted);
  });

  it('is minted for no system that its source does not name, nor for another environment', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    await http(source(['https://other.example'])).run(effectOf(requestTo(shop.url)));
    await http(source([shop.url])).run(
      effectOf(requestTo(shop.url), { environment: 'staging', approvedBy: [] }),
    );
    expect(shop.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(seen.minted).toEqual([]);
  });

  it('stands in place of a static one', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    const systems = { [shop.url]: { bearer: 'static-0123456789' } };
    await createHttpExecutor(systems, mintingBy(source([shop.url]))).run(effectOf(requestTo(shop.url)));
    expect(shop.requests[0]?.headers.authorization).toBe(`Bearer ${seen.minted[0]}`);
  });

  it('is asked for again where an answer was lost', async () => {
    const shop = await system();
    const { seen, source } = await vault({ lost: 2 });
    expect(await http(source([shop.url])).run(effectOf(requestTo(shop.url)))).toMatchObject({ kind: 'done' });
    expect(seen.asked).toBe(3);
  });

  it('that cannot be revoked is told of, because it goes on being good', async () => {
    const shop = await system();
    const { source } = await vault({ revoke: 500 });
    expect(await http(source([shop.url])).run(effectOf(requestTo(shop.url)))).toEqual({
      kind: 'done',
      summary:
        '200 OK: you sent Bearer ***; its credential could not be revoked: it answered 500 Internal Server Error',
    });
  });
});

describe('nothing is sent without a credential', () => {
  it.each([
    ['does not answer', { lost: 99 }, /production\/shop: /],
    ['refuses', { mint: 503 }, /production\/shop: it answered 503 Service Unavailable$/],
    ['gives one that is over', { ttl: 0 }, /production\/shop: what shop gave is over already$/],
  ])('where the source %s', async (_, answers, reason) => {
    const shop = await system();
    const { source } = await vault(answers);
    expect(await http(source([shop.url])).run(effectOf(requestTo(shop.url)))).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
    expect(shop.requests).toEqual([]);
  });

  it('where it is not known for whom', async () => {
    const shop = await system();
    const { seen, source } = await vault();
    const { authority: _, ...unknown } = effectOf(requestTo(shop.url));
    expect(await http(source([shop.url])).run(unknown)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('it is not known for whom'),
    });
    expect([shop.requests, seen.minted]).toEqual([[], []]);
  });

  it.each([
    ['is not there in its environment', 'other', 'countersign.yaml names no such source in this environment'],
    ['gives programs nothing', 'shop', 'it gives programs nothing: write its variable'],
  ])('where the source that a program wants %s', async (_, name, reason) => {
    const touched = join(folder, `touched-${name}`);
    const { source } = await vault();
    expect(await command(source([])).run(effectOf(shell(`echo ran >${touched}`, name)))).toEqual({
      kind: 'refused',
      reason: `"/bin/sh" was not started: no credential was minted by production/${name}: ${reason}`,
    });
    await expect(readFile(touched)).rejects.toThrow('ENOENT');
  });
});

describe('a program', () => {
  it('finds the credential that its plan names, and no other program does', async () => {
    const { seen, source } = await vault();
    const executor = command(source([], 'SHOP_TOKEN'));
    const script = 'printf %s "$SHOP_TOKEN" | wc -c';
    expect(await executor.run(effectOf(shell(script, 'shop')))).toEqual({
      kind: 'done',
      summary: `exit status 0: ${seen.minted[0]?.length}`,
    });
    expect(await executor.run(effectOf(shell(script)))).toEqual({
      kind: 'done',
      summary: 'exit status 0: 0',
    });
    expect(seen.minted).toHaveLength(1);
  });

  it.each([0, 1])('does not have it told: exit status %i', async (status) => {
    const { source } = await vault();
    const say = `echo "it was $SHOP_TOKEN"; echo "it was $SHOP_TOKEN" >&2; exit ${status}`;
    const result = await command(source([], 'SHOP_TOKEN')).run(effectOf(shell(say, 'shop')));
    expect(JSON.stringify(result)).toContain('it was ***');
  });
});

test('a job that outlives its credential is followed with the next one, and all are revoked', async () => {
  let looks = 0;
  const tokens = new Set<string | undefined>();
  const shop = await serve((response, { method, headers }) => {
    tokens.add(headers.authorization);
    if (method === 'POST') return response.writeHead(202, { location: '/jobs/1' }).end();
    looks += 1;
    return response.writeHead(200).end(JSON.stringify({ done: tokens.size > 1 && looks > 1 }));
  });
  const { seen, source } = await vault({ ttl: 1 });
  const executor = createJobExecutor({}, Date.now, mintingBy(source([shop.url])));
  const plan: Plan = {
    executor: 'job',
    method: 'POST',
    url: `${shop.url}/reindex`,
    body: {},
    status: { intervalMs: 100, succeeded: 'answer.done', failed: 'status == 500' },
    timeoutMs: 20_000,
  };
  expect(await executor.run(effectOf(plan))).toMatchObject({ kind: 'done' });
  expect(seen.minted.length).toBeGreaterThan(1);
  expect(seen.revoked).toEqual(seen.minted);
});

test('a source that is read with GET gives variables by its lease, which is ended', async () => {
  const leases = await serve((response, { method, url }) =>
    url === '/creds' && method === 'GET'
      ? response.end(
          JSON.stringify({
            lease_id: 'lease-7',
            lease_duration: 60,
            data: { username: 'v-deploy-7', password: 'minted-0123456789' },
          }),
        )
      : response.writeHead(204).end(),
  );
  const source: CredentialSource = {
    systems: [],
    by: {
      kind: 'http',
      method: 'GET',
      url: `${leases.url}/creds`,
      body: {},
      variables: { PGUSER: 'answer.data.username', PGPASSWORD: 'answer.data.password' },
      ttl: 'answer.lease_duration',
      revoke: { url: `${leases.url}/revoke`, body: { lease_id: 'answer.lease_id' } },
    },
  };
  const script = 'echo "$PGUSER $PGPASSWORD" | tr a-z A-Z';
  expect(await command(source).run(effectOf(shell(script, 'shop')))).toEqual({
    kind: 'done',
    summary: 'exit status 0: V-DEPLOY-7 MINTED-0123456789',
  });
  expect(leases.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/creds', ''],
    ['POST', '/revoke', '{"lease_id":"lease-7"}'],
  ]);
});

describe('a source that is a command', () => {
  const printing = (output: string, changes: object = {}): CredentialSource => ({
    systems: [],
    variable: 'TOKEN',
    by: { kind: 'command', argv: ['/bin/sh', '-c', output], environment: [], ...changes },
  });

  it('prints the credential, and knows for whom', async () => {
    const source = printing(
      `echo "{\\"token\\":\\"minted-0123456789\\",\\"variables\\":{\\"WHO\\":\\"$COUNTERSIGN_APPROVED_BY\\",\\"NAME\\":\\"$COUNTERSIGN_SESSION\\"}}"`,
    );
    expect(await command(source).run(effectOf(shell('echo "$WHO $NAME $TOKEN"|tr a-z A-Z', 'shop')))).toEqual(
      {
        kind: 'done',
        summary: 'exit status 0: GRACE,LINUS GRACE+LINUS@DEPLOYER.A1 MINTED-0123456789',
      },
    );
  });

  it('revokes it by another program', async () => {
    const revoked = join(folder, 'revoked');
    const source = printing(`echo '{"token":"minted-0123456789","expiresAt":"2999-01-01T00:00:00Z"}'`, {
      revoke: ['/bin/sh', '-c', `printf %s "$COUNTERSIGN_CREDENTIAL" >${revoked}`],
    });
    expect(await command(source).run(effectOf(shell('true', 'shop')))).toMatchObject({ kind: 'done' });
    expect(await readFile(revoked, 'utf8')).toBe('minted-0123456789');
  });

  it.each([
    ['echo s3cret-of-the-source; exit 0', 'did not print {"token", "variables", "expiresAt"} as JSON'],
    ['echo s3cret-of-the-source >&2; exit 3', 'ended with exit status 3'],
    ['echo \'{"token":"two words"}\'', 'did not print {"token", "variables", "expiresAt"} as JSON'],
    ['echo \'{"variables":{"PATH":"/tmp"}}\'', 'did not print {"token", "variables", "expiresAt"} as JSON'],
    ['echo \'{"token":"a","expiresAt":"2001-01-01T00:00:00Z"}\'', 'what shop gave is over already'],
  ])('that says something else gives none, and is not quoted: %s', async (script, reason) => {
    const result = await command(printing(script)).run(effectOf(shell('echo ran', 'shop')));
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });
});

describe('AWS STS', () => {
  /** STS as its API is: a form in, XML out. */
  async function sts(status = 200) {
    const asked: URLSearchParams[] = [];
    const server = await serve((response, { body }) => {
      asked.push(new URLSearchParams(body));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(
        status === 200
          ? `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
               <AccessKeyId>ASIAMINTED0123456789</AccessKeyId><SecretAccessKey>secret/minted+0123456789</SecretAccessKey>
               <SessionToken>session-minted-0123456789</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>
             </Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>`
          : `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
               <Message>not for worker-secret-0123456789</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      );
    });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAWORKER');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'worker-secret-0123456789');
    onTestFinished(() => void vi.unstubAllEnvs());
    const source: CredentialSource = {
      systems: [],
      by: {
        kind: 'aws',
        region: 'eu-central-1',
        endpoint: server.url,
        role: 'arn:aws:iam::123456789012:role/deployer',
        policy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'ecs:UpdateService', Resource: '*' }],
        },
        ttlMs: 900_000,
      },
    };
    return { asked, source };
  }

  it('gives programs a session that bears the action and who approved it, with its own policy', async () => {
    const { asked, source } = await sts();
    const script =
      'echo "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN" | tr a-z A-Z; test "$AWS_REGION" = eu-central-1';
    expect(await command(source).run(effectOf(shell(script, 'shop')))).toEqual({
      kind: 'done',
      summary: 'exit status 0: *** SECRET/MINTED+0123456789 SESSION-MINTED-0123456789',
    });
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: 'arn:aws:iam::123456789012:role/deployer',
      RoleSessionName: SESSION,
      DurationSeconds: '900',
      Policy: expect.stringContaining('ecs:UpdateService'),
    });
  });

  it('that refuses is told by the name of its error alone', async () => {
    const { source } = await sts(403);
    expect(await command(source).run(effectOf(shell('echo ran', 'shop')))).toEqual({
      kind: 'refused',
      reason: '"/bin/sh" was not started: no credential was minted by production/shop: STS: AccessDenied',
    });
  });
});

describe('the API server of Kubernetes', () => {
  it('gives a token of the service account, and its audit log sees the session', async () => {
    const shop = await system();
    const token = 'eyJhbGciOiJSUzI1NiJ9.minted.0123456789';
    const cluster = await serve((response, { headers }) =>
      headers.authorization === 'Bearer the-workers-own'
        ? response.writeHead(201).end(
            JSON.stringify({
              kind: 'TokenRequest',
              status: { token, expirationTimestamp: '2999-01-01T00:00:00Z' },
            }),
          )
        : response.writeHead(401).end(),
    );
    await writeFile(join(folder, 'kube-token'), 'the-workers-own\n');
    const source: CredentialSource = {
      systems: [shop.url],
      by: {
        kind: 'kubernetes',
        url: cluster.url,
        auth: { bearer: { file: join(folder, 'kube-token') } },
        namespace: 'deploy',
        serviceAccount: 'deployer',
        audiences: ['https://kubernetes.default.svc'],
        ttlMs: 600_000,
      },
    };
    expect(await http(source).run(effectOf(requestTo(shop.url)))).toEqual({
      kind: 'done',
      summary: '200 OK: you sent Bearer ***',
    });
    expect(shop.requests[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(cluster.requests).toEqual([
      {
        method: 'POST',
        url: '/api/v1/namespaces/deploy/serviceaccounts/deployer/token',
        headers: expect.objectContaining({ 'user-agent': `countersign ${SESSION}` }),
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: 600, audiences: ['https://kubernetes.default.svc'] },
        }),
      },
    ]);
  });
});
