import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createRepository } from '../../src/adapters/repository.ts';

const ADA = { name: 'Ada', email: 'ada@example.com' };

/** An empty folder `rules` in a new git repository. */
async function newRepository() {
  const root = await mkdtemp(join(tmpdir(), 'repository-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'commit.gpgsign=false', ...args], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        GIT_AUTHOR_NAME: ADA.name,
        GIT_AUTHOR_EMAIL: ADA.email,
        GIT_COMMITTER_NAME: ADA.name,
        GIT_COMMITTER_EMAIL: ADA.email,
        GIT_COMMITTER_DATE: '2026-11-02T10:00:00Z',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
    }).trim();
  git('init', '--quiet');
  const folder = join(root, 'rules');
  await mkdir(folder);
  const write = (file: string, text: string) => writeFile(join(root, file), text);
  const commit = (message: string) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  return { root, folder, git, write, commit, originOf: createRepository(folder).originOf };
}

test('the commits that changed the folder since a commit are told, the newest first, with those who approved them', async () => {
  const { write, commit, originOf } = await newRepository();
  await write('rules/countersign.yaml', 'a: 1');
  const first = commit('Begin');
  await write('rules/countersign.yaml', 'a: 2');
  const second = commit('Ask two people\n\nReviewed-by: Elif <elif@example.com>\nApproved-by: Jonas');
  await write('other.txt', 'not of the rules');
  commit('Something else');
  await write('rules/countersign.yaml', 'a: 3');
  const last = commit('Ask three people');
  const author = 'Ada <ada@example.com>';
  const at = Date.parse('2026-11-02T10:00:00Z');
  expect(await originOf(first)).toEqual({
    kind: 'repository',
    head: last,
    uncommitted: [],
    commits: [
      { id: last, author, at, subject: 'Ask three people', approvedBy: [] },
      { id: second, author, at, subject: 'Ask two people', approvedBy: ['Elif <elif@example.com>', 'Jonas'] },
    ],
  });
});

test('without a commit to begin at, or with one that is not there any more, the last commit is told', async () => {
  const { write, commit, originOf } = await newRepository();
  await write('rules/countersign.yaml', 'a: 1');
  commit('Begin');
  await write('rules/countersign.yaml', 'a: 2');
  const last = commit('Go on');
  for (const since of [undefined, 'f'.repeat(40)]) {
    expect(await originOf(since)).toMatchObject({ head: last, commits: [{ id: last, subject: 'Go on' }] });
  }
});

test('files of the folder that are not as committed are named, and files elsewhere are not', async () => {
  const { root, write, commit, originOf } = await newRepository();
  for (const file of ['countersign.yaml', 'gone.yaml', 'moved.yaml']) await write(`rules/${file}`, file);
  commit('Begin');
  await write('rules/countersign.yaml', 'changed');
  await write('rules/new name.yaml', 'new');
  await write('other.txt', 'other');
  await rm(join(root, 'rules/gone.yaml'));
  await rename(join(root, 'rules/moved.yaml'), join(root, 'rules/there.yaml'));
  const origin = await originOf(undefined);
  expect(origin.kind === 'repository' && [...origin.uncommitted].sort()).toEqual([
    'rules/countersign.yaml',
    'rules/gone.yaml',
    'rules/moved.yaml',
    'rules/new name.yaml',
    'rules/there.yaml',
  ]);
});

test('of many long commits the newest are told', async () => {
  const { write, commit, originOf } = await newRepository();
  await write('rules/countersign.yaml', '0');
  const first = commit('Begin');
  let last = first;
  for (let n = 1; n <= 25; n += 1) {
    await write('rules/countersign.yaml', String(n));
    last = commit(`Change ${n} ${'x'.repeat(3_000)}\n\nReviewed-by: ${'y'.repeat(900)}`);
  }
  const origin = await originOf(first);
  if (origin.kind !== 'repository') throw new Error(origin.reason);
  expect(origin.commits[0]?.id).toBe(last);
  expect(origin.commits.length).toBeGreaterThan(10);
  expect(origin.commits.length).toBeLessThanOrEqual(20);
  expect(origin.commits.every(({ subject }) => subject.length <= 200)).toBe(true);
});

test('a folder that is in no repository, or in one without a commit, has an unknown origin', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'no-repository-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await createRepository(folder).originOf(undefined)).toEqual({
    kind: 'unknown',
    reason: 'the folder is in no git repository',
  });
  const { originOf } = await newRepository();
  expect(await originOf(undefined)).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining('git did not answer'),
  });
});

test('where git is not installed, the origin is unknown', async () => {
  const { write, commit, originOf } = await newRepository();
  await write('rules/countersign.yaml', 'a: 1');
  commit('Begin');
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await originOf(undefined)).toEqual({
    kind: 'unknown',
    reason: 'git could not be asked: it, or the interpreter that it names, was not found',
  });
});

test('what a repository configures to run is not run', async () => {
  const { root, git, write, commit, originOf } = await newRepository();
  await write('rules/countersign.yaml', 'a: 1');
  commit('Begin');
  await writeFile(join(root, 'trap.sh'), `#!/bin/sh\ntouch ${join(root, 'sprung')}\n`, { mode: 0o755 });
  git('config', 'core.fsmonitor', join(root, 'trap.sh'));
  git('config', 'core.pager', join(root, 'trap.sh'));
  expect(await originOf(undefined)).toMatchObject({ kind: 'repository' });
  await expect(rm(join(root, 'sprung'))).rejects.toThrow('ENOENT');
});
