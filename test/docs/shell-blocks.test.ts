import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createCheckpoints } from '../../src/adapters/postgres/checkpoints.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { lastPeriod, REPORT_KINDS } from '../../src/domain/reports/period.ts';
import { createStore, fact } from '../adapters/postgres-support.ts';
import { requireBuild, Site } from '../e2e/support.ts';
import { addPasskey, signIn, withAuthenticator } from '../gateway/authenticator.ts';
import { launchBrowser } from '../support/browser.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { Place, ROOT, shellBlocks } from './shell.ts';

const BLOCKS = shellBlocks();
const told = new Set<string>();

/** The one block of a page that holds these words, exactly as it is written. */
function block(file: string, words: string): string {
  const found = BLOCKS.filter((each) => each.file === file && each.text.includes(words));
  expect(found, `${file} must have one block with ${words}`).toHaveLength(1);
  const [{ text } = { text: '' }] = found;
  told.add(text);
  return text;
}

const fenced = (file: string, language: string, words: string): string => {
  const page = readFileSync(join(ROOT, file), 'utf8');
  const all = [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
  return all.find((text) => text.includes(words)) ?? '';
};

/** Whole suites, and a demo and packages with tests of their own. */
const RUN_ELSEWHERE = [
  'npm ci && npm run demo\n',
  'npm ci && npm test\n',
  'npm ci && npm run build && npm pack ./packages/client\n',
];

beforeAll(() => requireBuild());

describe('a folder', () => {
  test('by docs/action-types.md is sound, and its proposal is ruled on', { timeout: 120_000 }, async () => {
    const place = await Place.make();
    onTestFinished(() => place.end());
    await place.run('cp -r examples/storefront/installation my-installation');
    const page = 'docs/action-types.md';
    await writeFile(
      join(place.folder, 'my-installation/actions/cache-warm.yaml'),
      fenced(page, 'yaml', 'name: cache.warm'),
    );
    await writeFile(join(place.folder, 'proposal.json'), fenced(page, 'json', 'cache.warm'));
    // As in one terminal: what the first block exports is there in the second.
    const said = await place.run(block(page, 'export STOREFRONT_URL') + block(page, 'countersign rule'));
    expect(said).toContain('my-installation is sound: 7 action types');
    expect(said).toContain('warm the cache of catalog for spring-sale');
  });

  test('a template of Argo Rollouts becomes the watch that docs/action-types.md shows', {
    timeout: 120_000,
  }, async () => {
    const place = await Place.make();
    onTestFinished(() => place.end());
    const page = 'docs/action-types.md';
    const said = await place.run(block(page, 'countersign import argo'));
    // A terminal ends lines with a carriage return too.
    expect(said.replaceAll('\r\n', '\n')).toContain(fenced(page, 'yaml', 'success_ratio'));
  });

  test('by docs/policies.md is sound, with policies of its own and without', {
    timeout: 120_000,
  }, async () => {
    const page = 'docs/policies.md';
    const copied = block(page, 'cp -r').replace('/path/to/countersign/', ROOT);
    for (const before of ['', 'rm -r my-installation/policies\n']) {
      const place = await Place.make();
      onTestFinished(() => place.end());
      const made = `cp -r examples/storefront/installation my-installation\n${before}`;
      await place.run(made + copied);
      await writeFile(
        join(place.folder, 'my-installation/policies/checkout.cedar'),
        fenced(page, 'cedar', 'checkout-weekends'),
      );
      const variables = block('docs/action-types.md', 'export STOREFRONT_URL');
      const said = await place.run(variables + block(page, 'countersign check'));
      expect(said).toContain('my-installation is sound');
    }
  });
});

/** Starts `countersign dev` as a page says, and returns where everything is, once it runs. */
async function started(place: Place, commands: string) {
  const { said } = place.start(commands);
  const places = await vi.waitFor(
    () => {
      const [json = ''] = /^\{\n[\s\S]*\n\}$/m.exec(said()) ?? [];
      expect(json, said()).not.toBe('');
      return JSON.parse(json);
    },
    { timeout: 170_000, interval: 500 },
  );
  place.set({
    TEMPORAL_ADDRESS: places.address,
    COUNTERSIGN_DATABASE_URL: places.env.COUNTERSIGN_DATABASE_URL,
  });
  return places;
}

test('by docs/getting-started.md a newcomer writes an installation, starts it, and approves in the inbox what an agent asks for', {
  timeout: 600_000,
}, async () => {
  const page = 'docs/getting-started.md';
  const place = await Place.make();
  onTestFinished(() => place.end(), 60_000);
  // Enter takes what is usual.
  expect(await place.run(block(page, 'countersign init'), '\r')).toContain('my-installation is sound');
  const { inbox } = await started(place, block(page, 'countersign dev'));

  const shown = fenced(page, 'text', 'ops-agent.').trimEnd().split('\n');
  expect(shown).toHaveLength(2);
  const proposed = await place.run(block(page, 'countersign propose'));
  for (const line of shown) expect(proposed).toContain(line);

  const chrome = await launchBrowser();
  onTestFinished(() => chrome.close());
  const ada = await chrome.newPage({ baseURL: inbox });
  await withAuthenticator(ada);
  await signIn(ada, 'ada');
  await addPasskey(ada, 'my laptop');
  await ada.goto('/pending');
  await ada.click('text=restart cart');
  await ada.waitForSelector('button.approve');
  const sam = await chrome.newPage({ baseURL: inbox });
  await signIn(sam, 'sam');
  await sam.goto(ada.url());
  expect(await sam.textContent('h1')).toContain('restart cart');
  expect(await sam.locator('button.approve').count()).toBe(0);
  await ada.click('button.approve');
  await ada.waitForSelector('text=your approval counts');
  await vi.waitFor(async () => expect(await ada.textContent('[data-live=state]')).toMatch(/succeeded/i), {
    timeout: 30_000,
    interval: 500,
  });

  const told = await place.run(block(page, 'countersign show'));
  expect(told).toContain('succeeded');
  expect(told).toContain('ada');
});

describe('by hand, as in README.md', () => {
  let place: Place;
  let inbox = '';

  beforeAll(async () => {
    // What the guides take as given: others have keys too, the agent of the gateway's guide has one, and there is time to revoke.
    place = await Place.make(`
      countersign keys priya --out ~/priya.key --catalog my-installation/catalog/people.yaml >&2
      countersign keys cache-agent --out key.json --catalog my-installation/catalog/agents.yaml >&2
      sed -i 's/count: 3/count: 90/' my-installation/actions/version-deploy.yaml`);
    ({ inbox } = await started(place, block('README.md', 'countersign dev')));
  }, 180_000);
  afterAll(() => place.end(), 60_000);

  test('people decide with keys of their own', { timeout: 120_000 }, async () => {
    const asked = { ...deploy('2.4.0'), idempotencyKey: 'deploy-2.5.0' };
    await writeFile(join(place.folder, 'deploy.json'), JSON.stringify(asked));
    await place.run('countersign propose --file deploy.json');
    const said = await place.run(block('README.md', 'countersign decide'));
    expect(said).toContain('approve recorded');
    expect(said).toContain('revoke recorded');
  });

  test('people delegate, grant and hold', { timeout: 120_000 }, async () => {
    /** Line by line, as what a line answers is the id that the next one names. */
    async function withIds(text: string, placeholder: RegExp): Promise<string[]> {
      const lines = text.replaceAll('\\\n', '').trimEnd().split('\n');
      const answers: string[] = [];
      for (const line of lines) {
        if (exports(line)) continue;
        const [id = ''] =
          new RegExp(`${placeholder.source.split('-')[0]}-[0-9a-f]+`).exec(answers.join('\n')) ?? [];
        answers.push(await place.run(`${line.replace(placeholder, id)}\n`));
      }
      return answers;
    }
    /** What is exported counts for the lines that follow, which run in shells of their own. */
    function exports(line: string): boolean {
      const [, name, value] = /^export (\w+)=(\S+)/.exec(line) ?? [];
      if (name === undefined || value === undefined) return false;
      place.set({ [name]: value });
      return true;
    }
    const delegated = await withIds(
      block('docs/approvals.md', 'countersign delegate'),
      /delegation-3f2a19c04b7e/,
    );
    expect(delegated[1]).toContain('priya');
    const held = await withIds(block('docs/standing.md', 'countersign hold'), /hold-3f2a19c04b7e/);
    expect(held[1]).toContain('it scales in circles');
    expect(exports(block('docs/standing.md', 'export COUNTERSIGN_FOR'))).toBe(true);
    expect(await place.run(block('docs/standing.md', 'countersign grant'))).toContain('scaler-agent');
  });

  test('agents propose over HTTP, and sign what they propose', { timeout: 120_000 }, async () => {
    const page = 'docs/gateway.md';
    await writeFile(join(place.folder, 'proposal.json'), fenced(page, 'json', 'cache.flush'));
    await writeFile(join(place.folder, 'sign.mjs'), fenced(page, 'js', 'signProposal'));
    await mkdir(join(place.folder, 'answers'));
    const sent = (words: string) =>
      place.run(block(page, words).replace('https://approvals.example.com', inbox));
    expect(await sent('node sign.mjs')).toContain('"signed":true');
  });

  test('other rules are tried on what was done so far', { timeout: 60_000 }, async () => {
    place.set({ STOREFRONT_URL: 'http://127.0.0.1:8090' });
    const said = await place.run(block('docs/simulation.md', 'countersign simulate'));
    expect(said).toMatch(/Coverage: (\d+) of \1 rulings? were ruled on again/);
    expect(said).toContain('Nothing is looser.');
  });

  test('the ledger is verified since a head that was kept', { timeout: 60_000 }, async () => {
    const [head = ''] = /\d+:[0-9a-f]{64}/.exec(await place.run('countersign ledger verify\n')) ?? [];
    const said = await place.run(block('docs/database.md', 'ledger verify').replace('1824:7a1f...', head));
    expect(said).toContain('Intact');
  });
});

test('by docs/agents-replayed.md another build of an agent is asked the same, and what it was asked is erased', {
  timeout: 180_000,
}, async () => {
  const page = 'docs/agents-replayed.md';
  const place = await Place.make();
  onTestFinished(() => place.end());
  const site = await Site.start();
  onTestFinished(() => site.stop());
  await site.startWorker();
  const signedInAs = (part: 'owner' | 'auditor') =>
    place.set({ ...site.env, COUNTERSIGN_DATABASE_URL: site.databaseUrls[part] });
  signedInAs('auditor');
  await place.run('cp -r "$COUNTERSIGN_INSTALLATION" my-installation\n');
  const asked = { ...proposal(), idempotencyKey: 'flush-catalog' };
  await writeFile(join(place.folder, 'proposal.json'), JSON.stringify(asked));
  await writeFile(join(place.folder, 'context.json'), fenced(page, 'json', '"prompt": "Shoppers'));
  await writeFile(join(place.folder, 'new-build.mjs'), fenced(page, 'js', 'nothing'), { mode: 0o700 });
  await place.run('countersign propose --file proposal.json --context context.json\n');
  signedInAs('owner');
  await place.run(block(page, 'countersign context key'));
  signedInAs('auditor');
  const replay = block(page, 'countersign replay');
  const said = await place.run(`${replay.trimEnd()} || true\n`);
  expect(said).toContain('Coverage: it was asked about 1 of 1 situation (100 %).');
  expect(said).toMatch(/proposed nothing +1/);

  await writeFile(
    join(place.folder, 'home/grace.key'),
    JSON.stringify({ ...site.keyOf('grace'), person: 'grace' }),
  );
  const [ask = '', record = ''] = block('docs/standing.md', 'countersign score-card')
    .replace('--only scaler-agent', '--only cache-agent')
    .split(/(?<=\n)/);
  await place.run(`${ask.trimEnd()} || true\n`);
  expect(await place.run(record)).toContain(
    'Recorded: cache-agent 1.5.0 was asked about 1 situation, and was wrong in 0.',
  );
  signedInAs('owner');
  expect(await place.run(block(page, 'countersign context erase'))).toMatch(/1 erased/);
});

test('by docs/ledger.md an auditor checks the ledger, and takes the proof of an action to another machine', {
  timeout: 120_000,
}, async () => {
  const place = await Place.make();
  onTestFinished(() => place.end());
  const store = await createStore();
  onTestFinished(() => store.remove());
  const database = await store.open();
  const ledger = createLedger(database);
  for (const action of ['deploy-agent.raise-timeout', 'cache-agent.flush']) await ledger.append(fact(action));
  await createCheckpoints(database, new Uint8Array(32).fill(5)).sign('storefront', Date.now());
  place.set({ COUNTERSIGN_DATABASE_URL: store.urls.auditor });
  const page = 'docs/ledger.md';
  expect(await place.run(block(page, 'ledger verify'))).toMatch(
    /Intact: 2 entries\.\s+Verdict consistent but unwitnessed/,
  );
  // The other machine has no database.
  const [prove = '', ...check] = block(page, 'ledger prove').split(/(?<=\n)/);
  const [write = '', ...checkAll] = block(page, 'ledger export').split(/(?<=\n)/);
  await place.run(prove + write);
  place.set({ COUNTERSIGN_DATABASE_URL: '' });
  const said = await place.run([...check, ...checkAll].join(''));
  expect(said).toContain('Intact: 1 entry about deploy-agent.raise-timeout is in the ledger.');
  expect(said.match(/"kind": "unwitnessed"/g)).toHaveLength(2);
});

test('by docs/reports.md a team lead makes each report from the ledger, as text and as a page', {
  timeout: 120_000,
}, async () => {
  const place = await Place.make();
  onTestFinished(() => place.end());
  const store = await createStore();
  onTestFinished(() => store.remove());
  const database = await store.open();
  for (const kind of REPORT_KINDS) {
    const at = lastPeriod(kind, Date.now(), 'UTC').from;
    const eventId = `deploy-agent.raise-timeout/run/executed/${kind}`;
    const body = { digest: 'd', kind: 'done', summary: '200' };
    await createLedger(database).append(
      fact('deploy-agent.raise-timeout', { kind: 'executed', eventId, at, body }),
    );
  }
  await createCheckpoints(database, new Uint8Array(32).fill(5)).sign('storefront', Date.now());
  place.set({ COUNTERSIGN_DATABASE_URL: store.urls.auditor });
  const said = await place.run(block('docs/reports.md', 'countersign report weekly'));
  expect(said).toMatch(/WEEKLY AUDIT OF STOREFRONT, \d{4}-W\d\d/);
  expect(said).toContain('it ran, and nothing had ruled on it');
  expect(said).toMatch(
    /It was made from the first 2 entries of the ledger, whose root is [A-Za-z0-9+/]{43}=/,
  );
  expect(said).toMatch(/MONTHLY ACCOUNT OF STOREFRONT, \d{4}-\d\d/);
  expect(said).toContain('COMPLIANCE SHEET');
  expect(said).toContain('Ledger: 0 ruled, 0 admitted, 2 executed, 0 closed.');
  const page = (name: string) => readFileSync(join(place.folder, `${name}.html`), 'utf8');
  expect(page('weekly')).toContain('<bdi>it ran, and nothing had ruled on it</bdi>');
  expect(page('monthly')).toContain('Each action, and the three questions');
  expect(page('compliance')).toContain('NOT MET');
});

test('by docs/exercises.md a bad deploy is exercised, and its report is a page', {
  timeout: 600_000,
}, async () => {
  const place = await Place.make();
  onTestFinished(() => place.end());
  const said = await place.run(block('docs/exercises.md', 'countersign exercise'));
  expect(said).toContain('A silent night');
  expect(said).toContain('All went as the scenario expects.');
  expect(readFileSync(join(place.folder, 'report.html'), 'utf8')).toContain(
    '<h1>Exercise: A bad deploy at 3:47</h1>',
  );
});

test('by docs/practice.md people practise on the cases that ship, and on a case of their own', {
  timeout: 600_000,
}, async () => {
  const page = 'docs/practice.md';
  const place = await Place.make();
  onTestFinished(() => place.end());
  await place.run('cp -r exercises/installation my-installation && mkdir my-cases');
  await writeFile(
    join(place.folder, 'my-cases/more-than-claimed.yaml'),
    fenced(page, 'yaml', 'practice case'),
  );
  const chrome = await launchBrowser();
  onTestFinished(() => chrome.close());
  /** Opens the address that the command prints, and returns how many requests wait. */
  async function waitingBy(commands: string): Promise<number> {
    const { said } = place.start(commands);
    const url = await vi.waitFor(() => /http:\/\/\S+key=\S+/.exec(said())?.[0] ?? expect.fail(said()), {
      timeout: 110_000,
      interval: 500,
    });
    const practising = await chrome.newPage();
    await practising.goto(url);
    expect(await practising.textContent('aside')).toContain('Nothing here can run');
    const waiting = await practising.locator('.cards > li').count();
    return waiting;
  }
  expect(await waitingBy(block(page, 'countersign practice\n'))).toBe(17);
  expect(await waitingBy(block(page, '--cases my-cases'))).toBe(1);
});

test('an agent gets a key, and a server over HTTP is started, as docs/mcp.md says', {
  timeout: 120_000,
}, async () => {
  const page = 'docs/mcp.md';
  const place = await Place.make();
  onTestFinished(() => place.end());
  await place.run('cp -r examples/storefront/installation my-installation');
  await place.run(block(page, 'countersign keys deploy-agent'));
  const agents = readFileSync(join(place.folder, 'my-installation/catalog/agents.yaml'), 'utf8');
  expect(agents).toMatch(/name: deploy-agent[\s\S]*countersign\.dev\/signing-keys/);
  const served = block(page, 'countersign mcp --http')
    .replace('https://id.example.com', 'http://127.0.0.1:9')
    .replace('/etc/countersign/mcp-key.json', 'agent-key.json');
  await expect(place.run(served)).rejects.toThrow('the OpenID provider http://127.0.0.1:9/ does not answer');
});

test('every block of commands in README.md and docs is run here', () => {
  const left = BLOCKS.filter(({ text }) => !told.has(text) && !RUN_ELSEWHERE.includes(text));
  expect(left).toEqual([]);
});
