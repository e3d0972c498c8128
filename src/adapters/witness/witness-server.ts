import { createServer, type IncomingMessage } from 'node:http';
import { cosign, parseCheckpoint } from '../../domain/ledger/tree/checkpoint.ts';
import type { TreeHead } from '../../domain/ledger/tree/merkle.ts';
import type { SignerKey, VerifierKey } from '../../domain/ledger/tree/signed-note.ts';
import { judgeCheckpoint, type WitnessFinding } from '../../domain/ledger/tree/witness.ts';
import { readBody } from '../answer-text.ts';
import { type Listening, listen } from '../listen.ts';
import type { WitnessState } from './witness-state.ts';

const MAX_BODY_BYTES = 64 * 1024;

export interface WitnessOptions {
  /** host:port; port 0 is any free one. */
  readonly address: string;
  readonly key: SignerKey;
  /** The keys of the logs that it watches. */
  readonly logs: readonly VerifierKey[];
  readonly state: WitnessState;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Is told what people should know of: a log that does not go on from what was seen. */
  readonly report: (line: string) => void;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** Serves `POST /add-checkpoint` as C2SP tlog-witness says. One request is judged and recorded before the next. */
export async function serveWitness(options: WitnessOptions): Promise<Listening> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (body: string): Promise<Answer> => {
    const answer = last.then(() => answerTo(body, options));
    last = answer.catch(() => undefined);
    return answer;
  };
  const server = createServer(async (request, response) => {
    const {
      status,
      text,
      type = 'text/plain; charset=utf-8',
    } = await answerOver(request, inTurn).catch((error): Answer => {
      options.report(`a request failed: ${error instanceof Error ? error.message : error}`);
      return { status: 500, text: 'the witness could not record it\n' };
    });
    response.writeHead(status, { 'content-type': type });
    response.end(text);
  });
  return listen(server, options.address);
}

async function answerOver(
  request: IncomingMessage,
  judge: (body: string) => Promise<Answer>,
): Promise<Answer> {
  if (request.method !== 'POST' || request.url !== '/add-checkpoint')
    return { status: 404, text: 'there is only POST /add-checkpoint here\n' };
  const { text, complete } = await readBody(request, MAX_BODY_BYTES);
  if (!complete) return { status: 413, text: `at most ${MAX_BODY_BYTES} bytes are read\n` };
  return judge(text);
}

async function answerTo(body: string, options: WitnessOptions): Promise<Answer> {
  const { key, logs, state, now, report } = options;
  const heads = new Map<string, TreeHead>();
  for (const { name } of logs) {
    const note = await state.seen(name);
    if (note === undefined) continue;
    const read = parseCheckpoint(note);
    // Without knowing what it saw it must not cosign: that would forget it.
    if (read.kind === 'malformed') throw new Error(`what was seen of ${name} cannot be read: ${read.reason}`);
    heads.set(name, read.checkpoint);
  }
  const found = judgeCheckpoint(body, logs, (origin) => heads.get(origin));
  if (isAccusing(found)) {
    const note = body.slice(body.indexOf('\n\n') + 2);
    const [origin = ''] = note.split('\n');
    const file = await state.accuse(origin, note);
    if (file !== undefined)
      report(`${origin} signed a checkpoint that does not go on from what was seen: it is kept in ${file}`);
  }
  switch (found.kind) {
    case 'malformed':
      return { status: 400, text: `${found.reason}\n` };
    case 'unknownLog':
      return { status: 404, text: 'no log of this name is watched here\n' };
    case 'notSigned':
      return { status: 403, text: 'no key of this log signed it\n' };
    case 'conflict':
      return { status: 409, text: `${found.size}\n`, type: 'text/x.tlog.size' };
    case 'notConsistent':
      return { status: 422, text: 'the log does not go on from the checkpoint that was seen last\n' };
    case 'goesOn': {
      const { checkpoint, note } = found;
      const signed = `${note.text}\n${cosign(note, key, Math.floor(now() / 1_000))}`;
      // Before anybody is told: a cosignature that it forgot could be contradicted later.
      await state.remember(checkpoint.origin, signed);
      return { status: 200, text: signed.slice(note.text.length + 1) };
    }
  }
}

/** Whether a log signed something that it must not have. */
const isAccusing = (found: WitnessFinding): boolean =>
  found.kind === 'notConsistent' || (found.kind === 'conflict' && found.isSplit);
