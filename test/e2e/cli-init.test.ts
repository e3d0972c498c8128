import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Cli } from './cli.ts';
import { DIST } from './command.ts';
import { requireBuild } from './support.ts';

let folder: string;
/** With nothing in its environment. */
const cli = new Cli(() => ({}));

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'cli-init-'));
  return () => rm(folder, { recursive: true });
});

const place = (name: string) => join(folder, name);
const written = (name: string, file: string) => readFile(join(place(name), file), 'utf8');

test('what init writes is sound as it stands: nothing in it has to be edited, and no variable has to be set', async () => {
  await cli.answer(['init', place('shop')]);
  expect(await cli.json(['check', place('shop')])).toMatchObject({
    ok: true,
    actionTypes: 2,
    services: 2,
    people: 2,
    agents: 1,
    notes: [],
  });
  expect(await written('shop', 'countersign.yaml')).toContain('\nname: shop\n');
});

test('its proposal is ruled on: people approve it, and the person who was named may', async () => {
  await cli.answer(['init', place('ruled'), '--person', 'grace', '--email', 'grace@shop.example']);
  const proposal = join(place('ruled'), 'proposal.json');
  const { ruling, explanation } = await cli.json([
    'rule',
    '--installation',
    place('ruled'),
    '--file',
    proposal,
  ]);
  expect(ruling).toMatchObject({ kind: 'permit', tier: 3, mode: 'executeWithApproval' });
  expect(explanation.whatLimitedIt).toContain('1 of shop-team had to approve: grace.');
  expect(await written('ruled', 'catalog/people.yaml')).toContain('email: grace@shop.example\n');
});

test('it names the files that it wrote, and the next commands, as they have to be typed', async () => {
  const text = await cli.answer(['init', place('with blank'), '--name', 'blank']);
  expect(text).toContain('catalog/people.yaml');
  expect(text).toContain(`\n  countersign check '${place('with blank')}'\n`);
  const { files, next, ...rest } = await cli.json(['init', place('as-json')]);
  expect(rest).toEqual({
    folder: place('as-json'),
    name: 'as-json',
    person: 'ada',
    email: 'ada@example.com',
  });
  expect(next[0]).toBe(`countersign check ${place('as-json')}`);
  const entries = await readdir(place('as-json'), { recursive: true, withFileTypes: true });
  expect(files).toHaveLength(entries.filter((entry) => entry.isFile()).length);
});

test('a name that YAML would read as something else stays a name', async () => {
  await cli.answer([
    'init',
    place('odd'),
    '--name',
    '2026',
    '--person',
    'null',
    '--email',
    'null@example.com',
  ]);
  expect(await cli.json(['check', place('odd')])).toMatchObject({ ok: true, people: 2 });
});

test('an empty folder is taken as it is', async () => {
  await mkdir(place('empty'));
  await cli.answer(['init', place('empty')]);
  expect(await readdir(place('empty'))).toContain('countersign.yaml');
});

test.each([
  ['a folder that holds anything', ['full'], /full is not empty: nothing was written. Name a folder/],
  ['a file in its place', ['file'], /file is no folder: nothing was written. Name a folder/],
  [
    'a folder whose name is no name',
    ['a b'],
    /"a b" is no name for an installation: it must be 1 to 100 .*--name/,
  ],
  ['a name that is none', ['new', '--name', '../up'], /"\.\.\/up" is no name for an installation/],
  ['a person that is none', ['new', '--person', 'Ada Okafor'], /--person: "Ada Okafor" must be 1 to 100/],
  ['an address that is none', ['new', '--email', 'ada'], /--email: "ada" must be one plain address/],
  ['the name of the second person', ['new', '--person', 'sam'], /sam is the second person/],
  [
    "the second person's mailbox",
    ['new', '--email', 'Sam+1@Example.com'],
    /Sam\+1@Example.com is the mailbox of the second person/,
  ],
])('%s is refused, and nothing is written', async (_, [name = '', ...options], reason) => {
  await mkdir(place('full'), { recursive: true });
  await writeFile(join(place('full'), 'notes.txt'), 'mine');
  await writeFile(place('file'), 'mine');
  const before = await readdir(folder, { recursive: true });
  await cli.expectRefused(2, reason, ['init', place(name), ...options]);
  expect(await readdir(folder, { recursive: true })).toEqual(before);
});

test('at a terminal it asks for what was not given, and takes what is typed', async () => {
  const command = `"${process.execPath}" "${join(DIST, 'cli/main.js')}" init asked --email grace@shop.example`;
  // A terminal without a width has each letter on a line of its own.
  const child = spawn('script', ['-qfec', `stty cols 200 rows 50; ${command}`, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, TERM: 'xterm' },
  });
  let said = '';
  const answers: [RegExp, string][] = [
    [/What is the installation called/, '\r'],
    [/Who are you/, 'grace\r'],
  ];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    const [asked, answer] = answers[0] ?? [];
    if (!asked?.test(said) || answer === undefined) return;
    answers.shift();
    child.stdin.write(answer);
  });
  const [status] = await once(child, 'close');
  expect(status, said).toBe(0);
  expect(said).not.toContain('Where are you mailed');
  expect(await written('asked', 'countersign.yaml')).toContain('\nname: asked\n');
  expect(await written('asked', 'catalog/people.yaml')).toContain('  name: grace\n');
});
