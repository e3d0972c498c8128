import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadForGateway, loadInstallation, withSigningKey } from '../../../src/config/index.ts';
import { newKey } from '../../support/installation.ts';
import { editFile, STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited } from '../broken.ts';

const { x } = newKey();
const withGateway = (line: string) =>
  edited({
    file: 'countersign.yaml',
    replace: 'admitWithin: 15m',
    by: `admitWithin: 15m\ngateway: ${line}`,
  });
const load = async (folder: Promise<string>) => loadInstallation(await folder, STOREFRONT_ENV, cedar);

test('a gateway steps up from tier 3 on, unless it is said, and its address ends without a slash', async () => {
  const loaded = await load(withGateway(`{ url: https://c.example/, keys: [${x}] }`));
  expect(loaded.kind === 'loaded' && loaded.installation.rules.gateway).toEqual({
    url: 'https://c.example',
    keys: [x],
    stepUpFromTier: 3,
  });
});

test.each([
  ["a person's", 'catalog/people.yaml', (text: string) => text.replace(/(signing-keys: )\S+/, `$1${x}`)],
  ["an agent's", 'catalog/agents.yaml', (text: string) => withSigningKey(text, 'cache-agent', x)],
])("INVARIANT 3: a key is %s or the gateway's, never both", async (_, file, change) => {
  const folder = await withGateway(`{ url: https://c.example, keys: [${x}] }`);
  await editFile(folder, file, change);
  const shared = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  expect(shared.kind === 'faulty' && shared.faults.map(({ problem }) => problem)).toEqual([
    expect.stringMatching(/^gateway\.keys: holds a signing key of [\w-]+: the gateway needs one of its own$/),
  ]);
});

test('proposals that nobody signed are taken only where it is said how many', async () => {
  const taken = async (line: string) => {
    const loaded = await load(withGateway(`{ url: https://c.example, keys: [${x}]${line} }`));
    return loaded.kind === 'loaded'
      ? (loaded.installation.rules.gateway?.unsignedProposals ?? 'none')
      : loaded.faults.map(({ problem }) => problem);
  };
  expect(await taken('')).toBe('none');
  expect(await taken(', unsignedProposals: { openAtOnce: 20, perHour: 30 }')).toEqual({
    openAtOnce: 20,
    perHour: 30,
  });
  expect(await taken(', unsignedProposals: { perHour: 0 }')).toEqual([
    'gateway.unsignedProposals.openAtOnce: is missing: write a number',
    'gateway.unsignedProposals.perHour: must be at least 1',
  ]);
});

describe('read for a gateway', () => {
  /** Fails where anything else is read. */
  const only = (env: Readonly<Record<string, string>>) =>
    new Proxy(env, {
      get: (known, name) => {
        if (typeof name === 'string' && !Object.hasOwn(known, name)) throw new Error(`${name} is read`);
        return Reflect.get(known, name);
      },
    });
  const ITS_OWN = { TEMPORAL_UI_URL: 'http://127.0.0.1:8233', GATEWAY_URL: 'https://c.example' };
  const URL_FROM_ENV = `{ url: "\${env.GATEWAY_URL}", keys: [${x}] }`;

  test('an installation needs none of the secrets of its workers, and none is read', async () => {
    const folder = await withGateway(URL_FROM_ENV);
    const loaded = await loadForGateway(folder, only(ITS_OWN), cedar);
    if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.installation.rules.gateway?.url).toBe('https://c.example');
    expect(loaded.uiUrl).toContain(ITS_OWN.TEMPORAL_UI_URL);
    const whole = await loadInstallation(folder, { ...STOREFRONT_ENV, ...ITS_OWN }, cedar);
    if (whole.kind === 'faulty') throw new Error(JSON.stringify(whole.faults));
    // What is pinned by it is the same.
    expect(loaded.installation.digests).toEqual(whole.installation.digests);
    expect(loaded.installation.people).toEqual(whole.installation.people);
  });

  test('what it does need is a fault where it is not set', async () => {
    const loaded = await loadForGateway(await withGateway(URL_FROM_ENV), {}, cedar);
    const problems = loaded.kind === 'faulty' ? loaded.faults.map(({ problem }) => problem) : [];
    expect(problems.map((problem) => /variable (\w+) is not set/.exec(problem)?.[1]).toSorted()).toEqual([
      'GATEWAY_URL',
      'TEMPORAL_UI_URL',
    ]);
  });

  test('a variable is still refused where none may stand', async () => {
    const folder = await edited({
      file: 'countersign.yaml',
      replace: 'admitWithin: 15m',
      by: 'admitWithin: "${env.ANY}"',
    });
    const loaded = await loadForGateway(folder, { ...ITS_OWN, ANY: '15m' }, cedar);
    expect(loaded.kind === 'faulty' && loaded.faults.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('may stand in environments, channels'),
    ]);
  });
});
