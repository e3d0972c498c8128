import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { exactLine } from '../../briefing/text.ts';
import { faultLines, type ImportedWatch, importArgo, parseDuration } from '../../config/index.ts';
import { identifier } from '../../contract/json.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';

export interface ImportOptions {
  readonly source: string;
  readonly watchFor?: string;
  readonly arg: Readonly<Record<string, string>>;
  readonly targetArg?: string;
}

/** The largest file that is read: the most that the API of Kubernetes takes of one object, and so more than a template has. */
const MOST_BYTES = 1_500_000;

/** Prints the watch of each analysis template in a file, and names on standard error what was not carried over. */
export async function importArgoFile(
  command: CliCommand,
  file: string,
  { source, watchFor, arg, targetArg }: ImportOptions,
): Promise<void> {
  const problem = identifier.safeParse(source).error?.issues[0]?.message;
  if (problem !== undefined) throw new CommandError(`--source ${source}: ${problem}`);
  if (watchFor !== undefined && !parseDuration(watchFor))
    throw new CommandError(`--watch-for ${watchFor}: must be a duration, such as 90s, 5m or 1h30m`);
  const text = await textOf(command, file);
  const name = file === '-' ? 'standard input' : file;
  const { watches, remarks, args } = importArgo(name, text, {
    args: { values: arg, target: targetArg },
    source,
    length: watchFor,
  });
  const given = [...Object.keys(arg), ...(targetArg === undefined ? [] : [targetArg])];
  const unused = given.find((each) => !args.includes(each));
  if (unused !== undefined)
    throw new CommandError(
      `no template uses an argument ${unused}. ${args.length === 0 ? 'They use none' : `They use ${args.join(', ')}`}`,
    );
  const { json } = command.optsWithGlobals<{ json?: boolean }>();
  if (json || watches.length > 0)
    print(command, { watches, remarks }, () =>
      watches
        .map((watch) => yamlOf(watch, source))
        .join('---\n')
        .trimEnd(),
    );
  if (remarks.length > 0) command.io.exitCode = 1;
  if (!json)
    command.io.stderr.write(remarks.length === 0 ? '' : `${faultLines(remarks).map(exactLine).join('\n')}\n`);
}

async function textOf({ io }: CliCommand, file: string): Promise<string> {
  const bytes = await (file === '-' ? buffer(io.stdin) : readFile(file)).catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });
  if (bytes.length > MOST_BYTES)
    throw new CommandError(`${file} has ${bytes.length} bytes, at most ${MOST_BYTES} are read`);
  return bytes.toString('utf8');
}

/** One watch as YAML. What a file says stands in its comment on one line, so that it stays a comment. */
function yamlOf({ kind, name, addresses, watch }: ImportedWatch, source: string): string {
  const comment = [
    `${kind} ${name}: this is a part of an action type (actions/*.yaml).`,
    ...addresses.map(
      (url) => `In countersign.yaml, metricSources has: ${source}: { prometheus: { url: ${url} } }`,
    ),
  ]
    .map((line) => `# ${exactLine(line)}\n`)
    .join('');
  return `${comment}${stringify({ watch }, { lineWidth: 0 })}`;
}
