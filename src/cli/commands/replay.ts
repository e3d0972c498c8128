import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { cedar } from '../../adapters/cedar/index.ts';
import { queryFault } from '../../adapters/index.ts';
import { withConnection } from '../../adapters/postgres/connection.ts';
import { entriesSince } from '../../adapters/postgres/entries-since.ts';
import { openStored } from '../../adapters/postgres/sealed-context.ts';
import { readContexts } from '../../adapters/postgres/stored-contexts.ts';
import { type Ended, runProgram } from '../../adapters/run-program.ts';
import { reportText } from '../../briefing/report.ts';
import { pageOfParts } from '../../briefing/report-page.ts';
import { loadInstallation, parseDuration } from '../../config/index.ts';
import { parseContext } from '../../contract/context.ts';
import { readAnswer } from '../../contract/replayed.ts';
import { type AgentAnswer, compared, type ReplayedCase } from '../../domain/replay/compare.ts';
import { gatheringProposed, type Proposed, REPLAYED_KINDS } from '../../domain/replay/gather.ts';
import { type ReplayVerdict, scoreCardOf, verdictOn } from '../../domain/replay/score-card.ts';
import { type Situation, type SituationMade, situationOf } from '../../domain/replay/situation.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import type { Unread } from '../../domain/simulation/effects.ts';
import { folderDigest } from '../../domain/simulation/folder.ts';
import type { RecordedRuling } from '../../domain/simulation/recorded-ruling.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { databaseUrl } from '../database-url.ts';
import { standInLine, standInsFor } from '../placeholder-env.ts';
import { print } from '../print.ts';
import { printFaults } from '../print-faults.ts';
import { partsOfReplay } from '../replay-report.ts';
import type { Replay } from '../replayed.ts';
import { momentSince } from '../since.ts';

export interface ReplayOptions {
  readonly agent: string;
  readonly only?: string;
  readonly since: string;
  readonly contextKey?: string;
  readonly build?: string;
  readonly timeout: string;
  readonly pass?: readonly string[];
  readonly active: string;
  readonly html?: string;
}

const STATUSES: Readonly<Record<ReplayVerdict, number>> = { notWorse: 0, worse: 4, notKnown: 5 };

/** Asks a build of an agent what was asked before, and prints how it did. Executes nothing. */
export async function replay(command: CliCommand, options: ReplayOptions): Promise<void> {
  const { io } = command;
  const madeAt = Date.now();
  const since = momentSince('--since', options.since, madeAt);
  const program = await programOf(options, io.env);
  const key = options.contextKey === undefined ? undefined : await contextKeyIn(options.contextKey);
  const { env, taken } = standInsFor(io.env);
  const active = await loadInstallation(options.active, env, cedar, queryFault, since);
  if (active.kind === 'faulty') return printFaults(command, options.active, active.faults);

  const url = databaseUrl(io.env);
  const { rulings, endings, unread } = await gather(url, since, options.only);
  const cases: ReplayedCase[] = [];
  const unasked: Unread[] = [...unread];
  // One after the other: an agent may use a model that bears no more, and its answers must not depend on each other.
  for (const recorded of rulings) {
    const { actionId, at } = recorded;
    const made = await situationFor(url, key, recorded);
    if (made.kind === 'none') unasked.push({ actionId, at, why: made.why });
    else
      cases.push(compared(active, recorded, endings.get(actionId), await answerOf(program, made.situation)));
  }
  const card = scoreCardOf(cases, unasked);
  const verdict = verdictOn(card);
  const result: Replay = {
    replay: 1,
    build: program.build,
    ...(options.only === undefined ? {} : { only: options.only }),
    madeAt,
    since,
    digests: { active: folderDigest(active.installation) },
    verdict,
    card,
    cases,
    unasked,
  };
  io.exitCode = STATUSES[verdict];
  const parts = partsOfReplay(result);
  if (options.html !== undefined) await writeFile(options.html, pageOfParts(parts));
  print(command, result, () => [reportText(parts), ...standInLine(taken())].join('\n\n'));
}

async function gather(url: string, since: number, only: string | undefined): Promise<Proposed> {
  const { add, proposed } = gatheringProposed(only);
  await withConnection(url, async (client) => {
    for await (const entry of entriesSince(client, since, REPLAYED_KINDS)) add(entry);
  });
  return proposed();
}

/** The situation of a recorded proposal. INVARIANT 13: the digest in a proposal is its agent's word: there need not be such a context. */
async function situationFor(
  url: string,
  key: Uint8Array | undefined,
  recorded: RecordedRuling,
): Promise<SituationMade> {
  const { actionId, proposal } = recorded;
  const none = (why: string) => ({ kind: 'none', why }) as const;
  if (proposal.contextDigest === undefined) return none('its agent handed in no context');
  // A connection each: a build may think longer than a server keeps one that is idle.
  const contexts = await withConnection(url, (client) => readContexts(client, [actionId]));
  const stored = contexts.get(actionId);
  if (stored?.digest !== proposal.contextDigest)
    return none('its proposal names a context that was never handed in');
  if (!stored.sealed) return none('its context was erased');
  if (!key) return none('its context is encrypted: give --context-key');
  const opened = openStored(key, stored);
  if (opened.kind === 'unreadable') return none(opened.why);
  const parsed = parseContext(opened.context);
  return parsed.kind === 'context'
    ? situationOf(recorded, parsed.context)
    : none('its context is of a form that this version does not know');
}

interface Build {
  readonly path: string;
  readonly build: string;
  readonly timeoutMs: number;
  readonly env: NodeJS.ProcessEnv;
}

/** What a build must not get: by these it could reach what it is only asked about. */
const NEVER_PASSED = /^(COUNTERSIGN|TEMPORAL|PG)/;

async function programOf(
  { agent, build, timeout, pass = [] }: ReplayOptions,
  env: NodeJS.ProcessEnv,
): Promise<Build> {
  const timeoutMs = parseDuration(timeout);
  if (timeoutMs === undefined)
    throw new CommandError(`--timeout ${timeout}: must be a time such as 60s or 5m`);
  const refused = pass.filter((name) => NEVER_PASSED.test(name));
  if (refused.length > 0)
    throw new CommandError(
      `--pass ${refused.join(', ')}: a build gets no variable of Countersign, Temporal or PostgreSQL`,
    );
  const path = resolve(agent);
  const content = await readFile(path).catch((error: Error) => {
    throw new CommandError(`--agent ${agent} must be a program file: ${error.message}`);
  });
  return {
    path,
    build: build ?? `sha256:${createHash('sha256').update(content).digest('hex')}`,
    timeoutMs,
    env: Object.fromEntries(
      ['PATH', ...pass].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
  };
}

/** The most that a build may answer, in bytes: a proposal has 64 KB at most, and it may be indented. */
const MOST_ANSWERED = 256 * 1024;

async function answerOf({ path, env, timeoutMs }: Build, situation: Situation): Promise<AgentAnswer> {
  const ended = await runProgram([path], env, timeoutMs, {
    input: `${JSON.stringify(situation)}\n`,
    keptBytes: MOST_ANSWERED,
  });
  return answerIn(path, ended, timeoutMs, situation.agent);
}

function answerIn(path: string, ended: Ended, timeoutMs: number, agent: string): AgentAnswer {
  const wrong = (why: string) => ({ kind: 'wrong', why }) as const;
  switch (ended.kind) {
    case 'notStarted':
      throw new CommandError(`${path} cannot be started: ${ended.why}`);
    case 'tooLong':
      return wrong(`it still ran after ${timeoutMs / 1_000} s, and was ended`);
    case 'killed':
      return wrong(`it was ended by ${ended.signal}`);
    case 'exited': {
      if (ended.status !== 0) return wrong(`it ended with exit status ${ended.status}`);
      if (!ended.complete) return wrong(`it answered more than ${MOST_ANSWERED} bytes`);
      return readAnswer(ended.output, agent);
    }
  }
}

const keySchema = z.object({ contextKey: z.string().regex(/^[\w-]{43}$/) });

async function contextKeyIn(file: string): Promise<Uint8Array> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`--context-key ${file} cannot be read: ${error.message}`);
  });
  const { data } = keySchema.safeParse(jsonIn(text));
  if (!data) throw new CommandError(`--context-key ${file} is no key of "countersign context key"`);
  return new Uint8Array(Buffer.from(data.contextKey, 'base64url'));
}
