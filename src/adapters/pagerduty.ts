import type { Message, Pager, SendResult } from '../activities/ports/channels.ts';
import { linesOf } from '../briefing/blocks.ts';
import { briefingOf } from '../briefing/briefing.ts';
import { logAlarmWords } from '../briefing/log-alarm.ts';
import type { Pages } from '../briefing/pages.ts';
import { cut, oneLine, safeId } from '../briefing/text.ts';
import type { Auth } from '../config/index.ts';
import type { Installation } from '../domain/installation/installation.ts';
import type { LogAlarm } from '../domain/ledger/tree/log-alarm.ts';
import { lookup } from '../domain/shared/lookup.ts';
import { failureOf, statusLine } from './answer-text.ts';
import { createCredentials, type Prove, secretsInAddress } from './credentials.ts';
import { request } from './request.ts';

export interface PagerOptions {
  /** The address `https://events.pagerduty.com`, or of another service that speaks its Events API v2. */
  readonly url: string;
  readonly auth?: Auth | undefined;
  /** The integration key of a PagerDuty service, which decides who is woken. A secret. */
  readonly routingKey: string;
  /** The keys of services that wake other people, by the name in a step of a route. Secrets. */
  readonly keys?: Readonly<Record<string, string>> | undefined;
  readonly people: Installation['people'];
  readonly uiUrl?: string | undefined;
  readonly gatewayUrl?: string | undefined;
}

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16 * 1024;
/** The longest summary. PagerDuty takes 1,024 characters, and the words that say that a text was cut come on top of this. */
const SUMMARY = 980;

/**
 * Pages through PagerDuty's Events API v2. All events of an action share one `dedup_key`, so a repeated event is the same page. The
 * service behind the routing key decides who is woken; the page names the people that it is meant for.
 *
 * @throws TypeError when `url` is not a URL
 */
export function createPager({ url, auth, routingKey, keys = {}, people, ...pages }: PagerOptions): Pager {
  const endpoint = new URL(url);
  const secrets = [routingKey, ...Object.values(keys), ...secretsInAddress(endpoint)];
  const prove = createCredentials(auth, secrets);

  const enqueue = async (
    keyName: string | undefined,
    writeEvent: () => object,
    detail: string,
  ): Promise<SendResult> => {
    const key = keyName === undefined ? routingKey : lookup(keys, keyName);
    if (key === undefined)
      return { kind: 'refused', reason: `channels.pager.keys has no key for ${oneLine(keyName ?? '', 100)}` };
    const result = await enqueued(endpoint, prove, key, writeEvent);
    return result.kind === 'delivered'
      ? { ...result, detail }
      : { ...result, reason: oneLine(result.reason, 300) };
  };

  return {
    send: (message, names, place) => {
      const knownNames = names.filter((name) => lookup(people, name));
      const unknownNames = names.filter((name) => !knownNames.includes(name));
      const detail = [
        'PagerDuty took it',
        ...unknownNames.map((name) => `${oneLine(name, 100)} is not in the catalog`),
      ];
      return enqueue(place?.to, () => trigger(message, knownNames, pages), detail.join('; '));
    },
    alarm: (name, alarm, names) => enqueue(undefined, () => alarmed(name, alarm, names), 'PagerDuty took it'),
    resolve: (actionId, keyName) =>
      enqueue(
        keyName,
        () => ({ event_action: 'resolve', dedup_key: safeId(actionId) }),
        'PagerDuty took it back',
      ),
  };
}

function trigger(message: Message, names: readonly string[], pages: Pages) {
  const { action } = message;
  const { subject, wording, machine, agent, link } = briefingOf(message, names, pages);
  return {
    event_action: 'trigger',
    dedup_key: safeId(action.id),
    client: 'Countersign',
    ...(link === undefined ? {} : { client_url: link }),
    payload: {
      summary: cut(subject, SUMMARY),
      source: oneLine(action.target, 200),
      severity: wording.urgency,
      timestamp: new Date().toISOString(),
      component: oneLine(action.target, 200),
      group: oneLine(action.environment, 200),
      class: oneLine(action.type, 200),
      custom_details: {
        Now: wording.opening,
        ...Object.fromEntries([...machine, agent].map(({ heading, blocks }) => [heading, linesOf(blocks)])),
      },
    },
  };
}

function alarmed(name: string, alarm: LogAlarm, names: readonly string[]) {
  const { title, opening, ask } = logAlarmWords(alarm);
  return {
    event_action: 'trigger',
    dedup_key: safeId(name),
    client: 'Countersign',
    payload: {
      summary: cut(`LEDGER: ${title}`, SUMMARY),
      source: oneLine(name, 200),
      severity: alarm.kind === 'unwitnessed' ? 'error' : 'critical',
      timestamp: new Date().toISOString(),
      component: 'ledger',
      group: 'countersign',
      class: alarm.kind,
      custom_details: { Now: opening, 'What to do': ask.join('\n'), 'This went to': names.join(', ') },
    },
  };
}

async function enqueued(
  endpoint: URL,
  prove: Prove,
  routingKey: string,
  writeEvent: () => object,
): Promise<SendResult> {
  let body: string;
  try {
    body = JSON.stringify({ routing_key: routingKey, ...writeEvent() });
  } catch (error) {
    return { kind: 'refused', reason: `the page cannot be written: ${failureOf(error, TIMEOUT_MS)}` };
  }
  const answer = await request(endpoint, prove, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_ANSWER_BYTES,
  });
  return answer.kind === 'answer'
    ? resultOf(answer.status, answer.hide(answer.text))
    : { kind: 'unavailable', reason: `PagerDuty cannot be reached: ${answer.reason}` };
}

function resultOf(status: number, text: string): SendResult {
  if (status === 202) return { kind: 'delivered', detail: text };
  const reason = `PagerDuty answered ${statusLine(status)}: ${text}`;
  return { kind: status === 429 || status >= 500 ? 'unavailable' : 'refused', reason };
}
