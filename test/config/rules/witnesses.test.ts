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

test('what keeps checkpoints is no witness, and only who looks counts', async () => {
  const written = `witnesses:
  - { url: "https://witness.example", key: "${VKEY}" }
  - { file: /mnt/worm/checkpoints }
  - { mail: group:sre-on-call }
  - { mail: user:ada, every: 24h }
`;
  const change = { file: 'countersign.yaml', replace: METRICS, by: `${written}${METRICS}` };
  const loaded = await loadInstallation(await edited(change), STOREFRONT_ENV, cedar);
  if (loaded.kind !== 'loaded') throw new Error(loaded.faults.map(({ problem }) => problem).join());
  const { witnesses, witnessesNeeded, checkpointCopies } = loaded.connections;
  expect([witnesses.length, witnessesNeeded]).toEqual([1, 1]);
  expect(checkpointCopies).toEqual([
    { file: '/mnt/worm/checkpoints' },
    { mail: 'group:sre-on-call', everyMs: 3_600_000 },
    { mail: 'user:ada', everyMs: 86_400_000 },
  ]);
});

const FORM = 'needs exactly one of: url with key; file; mail, with every where it is not 1h';
const problem = 'witnesses.0.key: must be the verifier key that "countersign witness" prints: NAME+ID+KEY';

testBroken([
  {
    rule: 'a witness is asked with a key, or is none',
    ...written('{ url: "https://witness.example" }'),
    problem: `witnesses.0: ${FORM}`,
  },
  {
    rule: 'a place that keeps checkpoints is one place',
    ...written('{ file: /mnt/checkpoints, mail: "user:ada" } # https://witness.example"'),
    at: '{ file:',
    problem: `witnesses.0: ${FORM}`,
  },
  {
    rule: 'mails go to people of the catalog',
    ...written('{ mail: "user:nobody-here" }'),
    at: '"user:nobody-here"',
    problem:
      'witnesses.0.mail: user:nobody-here is not in the catalog; known: user:ada, user:elif, user:grace, user:jonas, user:linus, user:mei, user:noor, user:priya, user:samira, user:tomas',
  },
  {
    rule: 'no more witnesses are needed than there are',
    file: 'countersign.yaml',
    replace: METRICS,
    by: `witnesses: [{ file: /mnt/checkpoints }]\nwitnessesNeeded: 1\n${METRICS}`,
    at: 'witnessesNeeded: ',
    problem: 'witnessesNeeded: must not be more than there are witnesses with a url',
  },
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
