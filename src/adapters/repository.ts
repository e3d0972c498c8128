import type { Repository } from '../activities/ports/repository.ts';
import type { Commit, Origin } from '../domain/record/rules-changed.ts';
import { type Ended, runProgram } from './run-program.ts';

const PATIENCE_MS = 10_000;
const MOST_COMMITS = 20;
const MOST_UNCOMMITTED = 100;

/** Between the members of a commit, between its approvals, and after it: characters that no name has (ASCII, separators). */
const MEMBER = '\u001f';
const APPROVAL = '\u001d';
const END = '\u001e';

const FORMAT = [
  '%H',
  '%an <%ae>',
  '%ct',
  '%(trailers:key=Approved-by,key=Reviewed-by,key=Acked-by,valueonly,separator=%x1d)',
  // Last and cut: of what git prints, the last 16 KB are kept.
  '%<(200,trunc)%s',
].join('%x1f');

/** Asks git about the repository that a folder is in. It runs nothing that the repository configures, and gets no secrets of this process. */
export function createRepository(folder: string): Repository {
  const git = (...args: readonly string[]): Promise<Ended> =>
    runProgram(
      ['git', '-C', folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
      { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
      PATIENCE_MS,
    );

  async function commitsSince(since: string | undefined): Promise<Ended> {
    // The newest last, so that the oldest is lost where it is too much.
    const log = (...range: readonly string[]) =>
      git('log', '--reverse', `--format=${FORMAT}%x1e`, ...range, '--', '.');
    if (since === undefined) return log('--max-count=1');
    const known = await log(`--max-count=${MOST_COMMITS}`, `${since}..HEAD`);
    // A commit that is not there any more: somebody rewrote the history of the repository.
    return isDone(known) ? known : log('--max-count=1');
  }

  return {
    originOf: async (since): Promise<Origin> => {
      const head = await git('rev-parse', '--verify', 'HEAD');
      if (!isDone(head)) return { kind: 'unknown', reason: reasonOf(head) };
      const [status, commits] = await Promise.all([
        git('status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', '.'),
        commitsSince(since),
      ]);
      if (!isDone(status)) return { kind: 'unknown', reason: reasonOf(status) };
      if (!isDone(commits)) return { kind: 'unknown', reason: reasonOf(commits) };
      return {
        kind: 'repository',
        head: head.output.trim(),
        uncommitted: uncommittedIn(status.output),
        commits: commitsIn(commits.output),
      };
    },
  };
}

type Done = Extract<Ended, { kind: 'exited' }>;

const isDone = (ended: Ended): ended is Done => ended.kind === 'exited' && ended.status === 0;

function reasonOf(ended: Ended): string {
  if (ended.kind === 'notStarted') return `git could not be asked: ${ended.why}`;
  if (/not a git repository/.test(ended.errors)) return 'the folder is in no git repository';
  const [line = `it ended ${ended.kind}`] = ended.errors.trim().split('\n');
  return `git did not answer: ${line.slice(0, 300)}`;
}

/** The paths in what `git status --porcelain -z` prints: two letters, a space, the path, and NUL. */
const uncommittedIn = (output: string): string[] =>
  output
    .split('\0')
    .filter((line) => line.length > 3)
    .map((line) => line.slice(3))
    .slice(0, MOST_UNCOMMITTED);

function commitsIn(output: string): Commit[] {
  return output
    .split(END)
    .map((commit) => commit.trim().split(MEMBER))
    .flatMap(([id = '', author = '', at = '', approvals = '', subject = '']): Commit[] =>
      /^[0-9a-f]{40,64}$/.test(id)
        ? [
            {
              id,
              author,
              at: Number(at) * 1_000,
              subject: subject.trim(),
              approvedBy: approvals.split(APPROVAL).filter((name) => name !== ''),
            },
          ]
        : [],
    )
    .reverse();
}
