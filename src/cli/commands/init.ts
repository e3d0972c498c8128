import { readdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { isCancel, text } from '@clack/prompts';
import type { z } from 'zod';
import { plainAddress } from '../../config/index.ts';
import { identifier } from '../../contract/json.ts';
import { mailboxOf } from '../../domain/shared/email-address.ts';
import type { CliCommand, Io } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { type Beginning, SECOND_PERSON, writeTemplate } from '../template.ts';

/** Writes a small installation to begin with. */
export async function init(command: CliCommand, folder: string, options: Partial<Beginning>): Promise<void> {
  await requireFree(folder);
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  const ask = command.io.stdin.isTTY && !json ? atTheTerminal(command.io) : takeUsual;
  const beginning = await beginningOf(folder, options, ask);
  requireSound(beginning);
  const files = await writeTemplate(folder, beginning);
  const next = nextCommands(inShell(folder));
  print(command, { folder, ...beginning, files, next }, () =>
    [
      `${folder} is an installation now. What to change in it is marked CHANGE:`,
      ...files.map((file) => `  ${file}`),
      'Next:',
      ...next.map((line) => `  ${line}`),
    ].join('\n'),
  );
}

const nextCommands = (folder: string) => [
  `countersign check ${folder}`,
  `countersign dev --installation ${folder}`,
  `countersign propose --file ${folder}/proposal.json`,
];

/** Refuses a folder with files in it, because the result would mix an installation with other files. */
async function requireFree(folder: string): Promise<void> {
  const remedy = 'nothing was written. Name a folder that is not there yet, or an empty one';
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new CommandError(`${folder} is no folder: ${remedy}`);
    throw new CommandError(`${folder} cannot be read: ${error.message}`);
  });
  if (entries.length > 0) throw new CommandError(`${folder} is not empty: ${remedy}`);
}

/** Asks a person, or returns the usual answer. */
type Ask = (question: string, usual: string) => Promise<string>;

const takeUsual: Ask = async (_, usualAnswer) => usualAnswer;

const atTheTerminal =
  ({ stdin, stdout }: Io): Ask =>
  async (question, usualAnswer) => {
    const answer = await text({
      message: question,
      placeholder: usualAnswer,
      defaultValue: usualAnswer,
      input: stdin,
      output: stdout,
    });
    if (isCancel(answer)) throw new CommandError('ended at the terminal: nothing was written');
    return answer;
  };

async function beginningOf(folder: string, options: Partial<Beginning>, ask: Ask): Promise<Beginning> {
  const name = options.name ?? (await ask('What is the installation called?', basename(resolve(folder))));
  const person = options.person ?? (await ask('Who are you, in one word?', 'ada'));
  const email = options.email ?? (await ask('Where are you mailed?', `${person}@example.com`));
  return { name, person, email };
}

function requireSound({ name, person, email }: Beginning): void {
  const isNone = (value: string, schema: z.ZodType) => schema.safeParse(value).error?.issues[0]?.message;
  const ofName = isNone(name, identifier);
  if (ofName !== undefined)
    throw new CommandError(`"${name}" is no name for an installation: it ${ofName}. Give one with --name`);
  const ofPerson = isNone(person, identifier);
  if (ofPerson !== undefined) throw new CommandError(`--person: "${person}" ${ofPerson}`);
  const ofEmail = isNone(email, plainAddress);
  if (ofEmail !== undefined) throw new CommandError(`--email: "${email}" ${ofEmail}`);
  if (person === SECOND_PERSON.name)
    throw new CommandError(
      `${person} is the second person, who owns the agent: name another one with --person`,
    );
  if (mailboxOf(email) === mailboxOf(SECOND_PERSON.email))
    throw new CommandError(`${email} is the mailbox of the second person: give another one with --email`);
}

/** A path as it must be typed in a shell. */
const inShell = (path: string) => (/^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
