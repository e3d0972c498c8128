import type { Witness, WitnessAnswer } from '../../activities/ports/witnesses.ts';
import { sizeIn } from '../../domain/ledger/tree/checkpoint.ts';
import type { VerifierKey } from '../../domain/ledger/tree/signed-note.ts';
import { addCheckpointBody } from '../../domain/ledger/tree/witness.ts';
import { answerLine, statusLine } from '../answer-text.ts';
import { createCredentials, secretsInAddress } from '../credentials.ts';
import { request } from '../request.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/** A witness that is asked over HTTP, as C2SP tlog-witness says. @param url what `/add-checkpoint` comes after */
export function createWitness({ url, key }: { readonly url: string; readonly key: VerifierKey }): Witness {
  const endpoint = new URL(`${url.replace(/\/+$/, '')}/add-checkpoint`);
  const prove = createCredentials(undefined, secretsInAddress(endpoint));
  return {
    key,
    ask: async (old, proof, note): Promise<WitnessAnswer> => {
      const answer = await request(endpoint, prove, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: addCheckpointBody(old, proof, note),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      });
      if (answer.kind === 'none')
        return { kind: 'refused', reason: `it cannot be reached: ${answer.reason}` };
      const { status, text, hide } = answer;
      if (status === 200) return { kind: 'answered', lines: text };
      const size = status === 409 ? sizeIn(text.replace(/\n$/, '')) : undefined;
      if (size !== undefined) return { kind: 'sawOther', size };
      const reason = `${statusLine(status)} ${answerLine(hide(text))}`.trim();
      // C2SP tlog-witness: the proof does not lead from what it saw to this checkpoint.
      return { kind: status === 422 ? 'contradicts' : 'refused', reason };
    },
  };
}
