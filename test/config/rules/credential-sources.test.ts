import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { type Edit, edited, testBroken } from '../broken.ts';

const file = 'countersign.yaml';

const sources = (written: string, environment = 'production') => ({
  file,
  replace: 'metricSources:\n',
  by: `credentialSources:\n  ${environment}:\n    shop: ${written}\nmetricSources:\n`,
});
const COMMAND = 'command: { argv: [mint] }';
const wanted = (name: string) => ({
  file: 'actions/schema-migrate.yaml',
  replace: '    timeout: 15m',
  by: `    credentials: ${name}\n    timeout: 15m`,
});

describe('a source of credentials', () => {
  test('is taken as it is written, and is no part of any digest', async () => {
    const load = async (...edits: readonly Edit[]) => {
      const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
      if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
      return loaded;
    };
    const without = await load();
    const { connections, installation } = await load(
      sources(`{ systems: [ "\${env.STOREFRONT_URL}" ], ${COMMAND} }`),
    );
    expect(connections.credentialSources).toEqual({
      production: {
        shop: {
          systems: ['http://storefront.example:8080'],
          variable: undefined,
          by: { kind: 'command', argv: ['mint'], environment: [] },
        },
      },
    });
    expect(installation.digests.policy).toBe(without.installation.digests.policy);
  });

  test('that a command wants is in what people approve, by its name', async () => {
    const loaded = await loadInstallation(
      await edited(sources(`{ variable: T, ${COMMAND} }`), wanted('shop')),
      STOREFRONT_ENV,
      cedar,
    );
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.actionTypes['schema.migrate']?.execute).toMatchObject({ credentials: 'shop' });
  });

  const at = 'shop:';
  testBroken([
    {
      rule: 'a source is of one kind',
      ...sources('{ variable: T }'),
      at,
      problem: 'credentialSources.production.shop: needs exactly one of command, http, aws, kubernetes',
    },
    {
      rule: 'a source is of an environment that there is',
      ...sources(`{ variable: T, ${COMMAND} }`, 'prodction'),
      at: 'prodction:',
      problem: 'credentialSources.prodction: is no environment; did you mean "production"?',
    },
    {
      rule: 'a token goes where some action type sends something',
      ...sources(`{ systems: [ "https://other.example" ], ${COMMAND} }`),
      at,
      problem:
        'credentialSources.production.shop.systems.0: no action type sends anything there: write the origin of an address that one does',
    },
    {
      rule: 'STS gives no token that a header carries',
      ...sources('{ variable: T, aws: { region: eu-central-1, role: "arn:aws:iam::123456789012:role/x" } }'),
      at,
      problem: 'credentialSources.production.shop: aws gives no token: leave systems and variable out',
    },
    {
      rule: 'STS gives nothing shorter than a quarter of an hour',
      ...sources('{ aws: { region: eu-central-1, role: "arn:aws:iam::123456789012:role/x", ttl: 1m } }'),
      at,
      problem: 'credentialSources.production.shop.aws.ttl: must be 15m to 12h: STS gives no others',
    },
    {
      rule: 'a body names what is known',
      ...sources(
        '{ variable: T, http: { url: "https://v.example", token: answer.t, body: { x: "${target}" } } }',
      ),
      at,
      problem:
        'credentialSources.production.shop.http.body: may name ${session}, ${action}, ${approvers} and ${environment} only',
    },
    {
      rule: 'a lifetime is a number',
      ...sources('{ variable: T, http: { url: "https://v.example", token: answer.t, ttl: \'"10m"\' } }'),
      at,
      problem:
        'credentialSources.production.shop.http.ttl: must be a CEL expression over status and answer for a number, such as answer.auth.lease_duration: it gives a string, this needs a number',
    },
    {
      rule: 'a program wants a source that there is',
      ...wanted('shp'),
      problem:
        'execute.command.credentials: is among no credentialSources of countersign.yaml; none is known here',
    },
  ]);
});
