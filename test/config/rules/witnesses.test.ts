import { expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { COSIGNATURE, ED25519, verifierOf, vkeyOf } from '../../../src/domain/ledger/tree/signed-note.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

const EAST = { name: 'witness.example/east', seed: new Uint8Array(32).fill(2) };
const VKEY = vkeyOf(verifierOf(EAST, COSIGNATURE));
const METRICS = 'metricSources:\n';
const written = (witness: string) => ({
  file: 'countersign.yaml',
  replace: METRICS,
  by: `witnesses:\n  - ${witness}\n${METRICS}`,
  at: 'https://witness.example"',
});
const witness = (key: string) => written(`{ url: "https://witness.example", key: "${key}" }`);

test('a witness has an address and a verifier key', async () => {
  const loaded = await loadInstallation(await edited(witness(VKEY)), STOREFRONT_ENV, cedar);
  expect(loaded.kind === 'loaded' && loaded.connections.witnesses).toEqual([
    { url: 'https://witness.example', key: verifierOf(EAST, COSIGNATURE) },
  ]);
});

test('an installation that names no witness has none', async () => {
  const loaded = await loadInstallation(await edited(), STOREFRONT_ENV, cedar);
  expect(loaded.kind === 'loaded' && loaded.connections.witnesses).toEqual([]);
});

const problem = 'witnesses.0.key: must be the verifier key that "countersign witness" prints: NAME+ID+KEY';

testBroken([
  { rule: 'a key that is none is refused', ...witness('east'), problem },
  {
    rule: 'a key of which a letter was changed is refused',
    ...witness(VKEY.replace('+BA', '+BB').replace(/east/, 'west')),
    problem,
  },
  {
    rule: 'the key of a log is no key of a witness',
    ...witness(vkeyOf(verifierOf(EAST, ED25519))),
    problem,
  },
]);
