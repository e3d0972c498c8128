import { open, readFile } from 'node:fs/promises';
import { exactLine } from '../../briefing/text.ts';
import {
  type Anchor,
  type Anchors,
  type Broken,
  openCheckpoint,
  toAnchors,
  type Verdict,
  verdictWords,
} from '../../domain/ledger/tree/check-ledger.ts';
import { notesIn } from '../../domain/ledger/tree/kept-notes.ts';
import {
  beginFile,
  checkLine,
  concludeFile,
  type FileHeader,
  parseHeader,
} from '../../domain/ledger/tree/ledger-file.ts';
import { type Policy, parsePolicy } from '../../domain/ledger/tree/policy.ts';
import { parseVkey } from '../../domain/ledger/tree/signed-note.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';

/** Files with whom an auditor trusts, and what they kept. */
export interface Trust {
  readonly policy?: string;
  readonly checkpoint?: string;
  /** A checkpoint whose entries are not read again. */
  readonly since?: string;
}

/** Without a policy nobody is known: the log is believed to have the key that it says, and no witness counts. */
const NOBODY: Policy = { logs: [], witnesses: [], quorum: { kind: 'none' } };

/** Checks a file of `ledger export` or `ledger prove`. */
export async function checkFile(command: CliCommand, file: string, trust: Trust): Promise<void> {
  const handle = await open(file).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });
  const lines = linesOf(handle.createReadStream({ encoding: 'utf8' }));
  const first = await lines.next();
  const header = first.done ? undefined : parseHeader(first.value);
  if (!header)
    throw new CommandError(
      `${file} is no file of "ledger export" or "ledger prove": its first line must say which`,
    );
  const anchors = await anchorsOf(header, trust);
  const verdict = anchors.kind === 'broken' ? anchors : await checkLines(header, lines, anchors.anchors);
  report(command, verdict, { header, hasPolicy: trust.policy !== undefined });
}

/** The lines of a text. They end with a newline and nothing else: a JSON text may have the other line ends of Unicode in it. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function checkLines(
  header: FileHeader,
  lines: AsyncIterable<string>,
  anchors: Anchors,
): Promise<Verdict | Broken> {
  let walk = beginFile(header);
  for await (const line of lines) {
    const next = checkLine(walk, line, anchors);
    if ('kind' in next) return next;
    walk = next;
  }
  return concludeFile(walk, anchors);
}

/**
 * The checkpoints to agree with: the newest one of the log, and those that were kept.
 *
 * @throws CommandError for a file of the auditor's own that is faulty
 */
export async function anchorsOf(
  { log, checkpoint }: Pick<FileHeader, 'log' | 'checkpoint'>,
  trust: Trust,
): Promise<{ readonly kind: 'anchors'; readonly anchors: Anchors; readonly since?: Anchor } | Broken> {
  const policy = trust.policy === undefined ? NOBODY : await readPolicy(trust.policy);
  const own = log === undefined ? undefined : parseVkey(log);
  const logs = policy.logs.length > 0 ? policy.logs : own ? [own] : [];
  const anchor = checkpoint === undefined ? undefined : openCheckpoint(checkpoint, logs, policy);
  if (anchor?.kind === 'broken') return anchor;
  const opened = async (file: string): Promise<readonly Anchor[]> =>
    notesIn(await readText(file)).map((note) => {
      const kept = openCheckpoint(note, logs, policy);
      if (kept.kind === 'broken') throw new CommandError(`${file}: ${kept.reason}`);
      return kept;
    });
  const kept = trust.checkpoint === undefined ? [] : await opened(trust.checkpoint);
  const [since, ...more] = trust.since === undefined ? [] : await opened(trust.since);
  if (more.length > 0)
    throw new CommandError(
      `${trust.since} has ${more.length + 1} checkpoints, and --since begins at one: write that one into a file of its own, or hold the ledger against all of them with --checkpoint`,
    );
  const all = [anchor, ...kept, since].filter((each) => each !== undefined);
  return { kind: 'anchors', anchors: toAnchors(all), ...(since && { since }) };
}

async function readPolicy(file: string): Promise<Policy> {
  const read = parsePolicy(await readText(file));
  if (read.kind === 'faulty') throw new CommandError(`${file}, line ${read.line}: ${read.problem}`);
  return read.policy;
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });

/** Says what was found, and sets the exit status. */
export function report(
  command: CliCommand,
  found: Verdict | Broken,
  {
    header,
    hasPolicy,
    since,
  }: { readonly header: FileHeader; readonly hasPolicy: boolean; readonly since?: Anchor | undefined },
): void {
  if (found.kind === 'broken' || found.anchor?.isQuorum === false) command.io.exitCode = 1;
  const { anchor, ...rest } = { anchor: undefined, ...found };
  const said = anchor && {
    size: anchor.checkpoint.size,
    witnesses: anchor.witnesses,
    isQuorum: anchor.isQuorum,
  };
  const notRead = since && { notReadAgain: since.checkpoint.size };
  print(command, { ...rest, ...(said && { checkpoint: said }), ...notRead }, () =>
    found.kind === 'broken' ? brokenText(found) : verdictText(found, header, hasPolicy, since).join('\n'),
  );
}

const brokenText = ({ seq, reason }: Broken) =>
  `${seq === undefined ? 'Broken' : `Broken at entry ${seq}`}: ${exactLine(reason)}`;

function verdictText(
  verdict: Verdict,
  { kind, subject, log }: FileHeader,
  hasPolicy: boolean,
  since: Anchor | undefined,
): string[] {
  const { entries, erased, head, anchor } = verdict;
  const count = entries === 1 ? '1 entry' : `${entries} entries`;
  const about = `${count} about ${exactLine(subject ?? '')} ${entries === 1 ? 'is' : 'are'} in the ledger`;
  const what = kind === 'proof' ? about : count;
  const gone = erased === 0 ? '' : `; what ${erased} of them said was erased`;
  return [
    since ? `Intact: ${entries - since.checkpoint.size} new of ${count}${gone}.` : `Intact: ${what}${gone}.`,
    ...(since ? [restText(since)] : []),
    `Verdict ${verdictWords(verdict)}`,
    ...(kind === 'proof' ? [] : [`Head    ${head.seq}:${head.hash}`]),
    ...anchorText(anchor, head.seq),
    ...(anchor?.isQuorum === false ? ['Fewer witnesses saw it than the policy asks for.'] : []),
    ...(anchor && !hasPolicy && log !== undefined
      ? [
          `Key     ${exactLine(log)}`,
          'This key is what the log says of itself: compare it with the one that you were given, or give --policy.',
        ]
      : []),
    ...(kind === 'proof'
      ? ['That there are no other entries about it is shown by "ledger export" or "ledger verify" alone.']
      : []),
  ];
}

const restText = ({ checkpoint: { size, origin } }: Anchor) =>
  `Rests   entries 1 to ${size} rest on the checkpoint of ${exactLine(origin)} that you gave, and were not read again`;

function anchorText(anchor: Anchor | undefined, last: number): string[] {
  if (!anchor)
    return [
      'No checkpoint was signed yet. Keep the head elsewhere, and give it with --since next time: a chain by itself does not show that its tail was cut.',
    ];
  const { checkpoint, witnesses } = anchor;
  const after = last > checkpoint.size ? `; ${last - checkpoint.size} came after it` : '';
  return [
    `Signed  the first ${checkpoint.size} entries, by ${exactLine(checkpoint.origin)}${after}`,
    ...witnesses.map(
      ({ name, time }) => `Seen    by ${exactLine(name)} at ${new Date(time * 1_000).toISOString()}`,
    ),
  ];
}
