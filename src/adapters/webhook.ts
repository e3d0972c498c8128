import type { Channel, Message, SendResult } from '../activities/ports/channels.ts';
import { linesOf } from '../briefing/blocks.ts';
import { briefingOf } from '../briefing/briefing.ts';
import type { Pages } from '../briefing/pages.ts';
import { exactLine, oneLine, sha256Hex } from '../briefing/text.ts';
import type { Auth } from '../config/index.ts';
import { failureOf, statusLine } from './answer-text.ts';
import { createCredentials, secretsInAddress } from './credentials.ts';
import { request } from './request.ts';
import { createWebhookSigner } from './standard-webhook.ts';

export interface WebhookOptions extends Pages {
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** The signing secret: `whsec_` and base64. */
  readonly secret: string;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/**
 * Posts each message as a CloudEvent (1.0, in structured JSON), signed as Standard Webhooks says. `id` and `webhook-id` are the
 * same for every attempt at one message: a receiver that has seen them answers 2xx and does nothing. Any 2xx means that the message
 * was accepted.
 *
 * @throws when `url` is not a URL or the secret is not base64
 */
export function createWebhook({ url, auth, secret, ...pages }: WebhookOptions): Channel {
  const endpoint = new URL(url);
  const prove = createCredentials(auth, secretsInAddress(endpoint));
  const signatureOf = createWebhookSigner(secret);
  return {
    send: async (message, people) => {
      const id = `msg_${sha256Hex(`${message.workflowId}/${message.runId}/${message.step}`).slice(0, 32)}`;
      let body: string;
      try {
        body = JSON.stringify(eventOf(message, people, pages, id));
      } catch (error) {
        return { kind: 'refused', reason: `the event cannot be written: ${failureOf(error, TIMEOUT_MS)}` };
      }
      const headers = {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        ...signatureOf(id, body),
      };
      const httpRequest = {
        method: 'POST',
        headers,
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER_BYTES,
      } as const;
      const answer = await request(endpoint, prove, httpRequest);
      return answer.kind === 'answer'
        ? resultOf(answer.status, answer.hide(answer.text))
        : { kind: 'unavailable', reason: `the webhook cannot be reached: ${answer.reason}` };
    },
  };
}

/** The result for a status. 408, 429 and 5xx ask for another attempt; every other error is final. */
function resultOf(status: number, text: string): SendResult {
  if (status >= 200 && status < 300) return { kind: 'delivered', detail: 'the webhook took it' };
  const mayRetry = status === 408 || status === 429 || status >= 500;
  const reason = oneLine(`the webhook answered ${statusLine(status)}: ${text}`, 300);
  return { kind: mayRetry ? 'unavailable' : 'refused', reason };
}

/**
 * The CloudEvent of a message. INVARIANT 12: its texts are bounded, contain nothing hidden, and keep the agent's own words apart,
 * as in every other channel.
 */
function eventOf(message: Message, people: readonly string[], pages: Pages, id: string) {
  const { kind, step, workflowId, runId, action, impact, ruling, deadline, outcome, settlement } = message;
  const { subject, title, wording, machine, agent, link } = briefingOf(message, people, pages);
  const sectionText = ({ heading, blocks }: (typeof machine)[number]) => ({
    heading,
    lines: linesOf(blocks),
  });
  return {
    specversion: '1.0',
    id,
    source: pages.gatewayUrl ?? '/countersign',
    type: `dev.countersign.action.${kind}`,
    subject: exactLine(action.id),
    datacontenttype: 'application/json',
    data: {
      step,
      runId,
      workflowId: exactLine(workflowId),
      actionId: exactLine(action.id),
      title,
      subject,
      label: wording.label,
      opening: wording.opening,
      urgency: wording.urgency,
      actionType: oneLine(action.type, 200),
      target: oneLine(action.target, 200),
      environment: oneLine(action.environment, 200),
      tier: ruling.tier,
      risk: impact.riskScore,
      digest: ruling.digest,
      people,
      ...(deadline === undefined ? {} : { deadline: new Date(deadline).toISOString() }),
      ...(outcome ? { outcome: outcome.kind } : {}),
      ...(settlement ? { settlement: settlement.kind } : {}),
      ...(link === undefined ? {} : { link }),
      sections: machine.map(sectionText),
      agent: sectionText(agent),
    },
  };
}
