import { z } from 'zod';
import type { Channel, Message, SendResult } from '../../activities/ports/channels.ts';
import { briefingOf } from '../../briefing/briefing.ts';
import type { Pages } from '../../briefing/pages.ts';
import { oneLine, sha256Hex } from '../../briefing/text.ts';
import type { Connections } from '../../config/index.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import { failureOf, statusLine } from '../answer-text.ts';
import { createCredentials, type Prove, secretsInAddress } from '../credentials.ts';
import { type HttpAnswer, request } from '../request.ts';
import { renderSlack } from './render.ts';

type SlackConnection = NonNullable<Connections['slack']>;

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 * 1024;

/** The answers of chat.postMessage and chat.update, as far as they are read. */
const answerSchema = z.union([
  z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);

/** Errors of the Web API after which trying again may help. */
const PASSING = ['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'];

/**
 * Sends messages to one Slack channel. A bot's message is updated when the matter is settled; an incoming webhook can only post
 * another message. Nobody decides in Slack: a message has a link to the page of the action, and no button.
 *
 * A bot's repeated attempt carries the same `client_msg_id`, by which Slack recognises it. An incoming webhook has no such id: when
 * its answer is lost, the repeat is a second message.
 *
 * @throws TypeError when an address is not a URL
 */
export function createSlack(connection: SlackConnection, pages: Pages): Channel {
  const send = 'webhookUrl' in connection ? webhook(connection) : bot(connection);
  return {
    send: async (message, people, place) => {
      let slackMessage: Written;
      try {
        slackMessage = { ...renderSlack(briefingOf(message, people, pages)), id: uuidOf(message) };
      } catch (error) {
        return { kind: 'refused', reason: `the message cannot be written: ${failureOf(error, TIMEOUT_MS)}` };
      }
      const result = await send(slackMessage, place?.ref);
      return result.kind === 'delivered' ? result : { ...result, reason: oneLine(result.reason, 300) };
    },
  };
}

type Written = ReturnType<typeof renderSlack> & { readonly id: string };
type Send = (slackMessage: Written, ref: string | undefined) => Promise<SendResult>;

/** Sends by an incoming webhook. Its address is a secret: the address alone gives the right to post. */
function webhook({ webhookUrl, auth }: Extract<SlackConnection, { webhookUrl: string }>): Send {
  const endpoint = new URL(webhookUrl);
  const prove = createCredentials(auth, secretsInAddress(endpoint));
  return async ({ text, blocks }) => {
    const content = { text, blocks, unfurl_links: false, unfurl_media: false };
    const answer = await post(endpoint, prove, content);
    if (answer.kind === 'none' || answer.status !== 200) return undelivered(answer);
    return { kind: 'delivered', detail: 'Slack took it' };
  };
}

function bot({ channel, apiUrl, auth }: Extract<SlackConnection, { channel: string }>): Send {
  const prove = createCredentials(auth);
  const call = async (method: string, content: object): Promise<SendResult> => {
    const answer = await post(new URL(`${apiUrl}/${method}`), prove, content);
    if (answer.kind === 'none' || answer.status !== 200) return undelivered(answer);
    const parsed = answerSchema.safeParse(jsonIn(answer.text)).data;
    if (!parsed) {
      const reason = `Slack answered what is not its API: ${answer.hide(answer.text)}`;
      return { kind: 'unavailable', reason };
    }
    if (!parsed.ok) {
      const kind = PASSING.includes(parsed.error) ? 'unavailable' : 'refused';
      return { kind, reason: `Slack answered ${answer.hide(parsed.error)}` };
    }
    return { kind: 'delivered', detail: 'Slack took it', ref: `${parsed.channel}/${parsed.ts}` };
  };
  return ({ id, text, blocks }, ref) => {
    const content = { text, blocks };
    const [where, ts] = ref?.split('/') ?? [];
    if (where !== undefined && ts !== undefined)
      return call('chat.update', { channel: where, ts, ...content });
    const quiet = { unfurl_links: false, unfurl_media: false };
    return call('chat.postMessage', { channel, client_msg_id: id, ...quiet, ...content });
  };
}

const post = (endpoint: URL, prove: Prove, content: object): Promise<HttpAnswer> =>
  request(endpoint, prove, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(content),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  });

function undelivered(answer: HttpAnswer): SendResult {
  if (answer.kind === 'none')
    return { kind: 'unavailable', reason: `Slack cannot be reached: ${answer.reason}` };
  const { status, text, hide } = answer;
  const reason = `Slack answered ${statusLine(status)}: ${hide(text)}`;
  return { kind: status === 429 || status >= 500 ? 'unavailable' : 'refused', reason };
}

/** The id of a message, the same for each attempt, in the form of a UUID (RFC 9562, version 8). */
function uuidOf({ workflowId, runId, step }: Message): string {
  const hex = sha256Hex(`${workflowId}/${runId}/${step}`);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
