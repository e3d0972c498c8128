import { z } from 'zod';
import type { Detected, Detector } from '../activities/ports/detector.ts';
import { oneLine, sha256Hex } from '../briefing/text.ts';
import type { Connections } from '../config/index.ts';
import { jsonIn } from '../domain/shared/json.ts';
import { failureOf, statusLine } from './answer-text.ts';
import { createCredentials, secretsInAddress } from './credentials.ts';
import { request } from './request.ts';
import { createWebhookSigner } from './standard-webhook.ts';

const MAX_ANSWER_BYTES = 16 * 1024;

const answerSchema = z.object({
  findings: z
    .array(
      z.object({
        weight: z.literal([1, 2, 3]),
        text: z.string().trim().min(1).max(500),
        parameter: z.string().max(200).optional(),
      }),
    )
    .max(10),
  anomalyScore: z.number().min(0).max(1).optional(),
});

/**
 * Asks an installation's own detector: the question is posted as JSON, signed as Standard Webhooks says, and the answer is JSON with a list
 * `findings` of at most ten, and where it has one an `anomalyScore`. Any other answer is no answer.
 */
export function createDetector({
  url,
  auth,
  secret,
  timeoutMs,
}: NonNullable<Connections['detector']>): Detector {
  const endpoint = new URL(url);
  const prove = createCredentials(auth, secretsInAddress(endpoint));
  const signatureOf = createWebhookSigner(secret);
  return {
    find: async (question): Promise<Detected> => {
      let body: string;
      try {
        body = JSON.stringify(question);
      } catch (error) {
        return { kind: 'none', reason: failureOf(error, timeoutMs) };
      }
      const id = `msg_${sha256Hex(body).slice(0, 32)}`;
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        ...signatureOf(id, body),
      };
      const answer = await request(endpoint, prove, {
        method: 'POST',
        headers,
        body,
        timeoutMs,
        maxBytes: MAX_ANSWER_BYTES,
      });
      if (answer.kind === 'none') return answer;
      const text = answer.hide(answer.text);
      if (answer.status !== 200)
        return { kind: 'none', reason: oneLine(`it answered ${statusLine(answer.status)}: ${text}`, 200) };
      const parsed = answerSchema.safeParse(jsonIn(text));
      return parsed.success
        ? { kind: 'found', ...parsed.data }
        : {
            kind: 'none',
            reason:
              'its answer is not {"findings": [...]} with at most ten, each with a weight of 1 to 3 and a text of at most 500 characters, and an anomalyScore of 0 to 1 if any',
          };
    },
  };
}
