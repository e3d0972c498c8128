import type { FlagPlan } from '../../domain/action/action.ts';
import type { FlagDefinition } from '../../domain/action/flag.ts';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import { isJsonRecord, type Json } from '../../domain/shared/json.ts';
import { answerLine, statusLine } from '../answer-text.ts';
import type { Prove } from '../credentials.ts';
import { addressFault, type HttpAnswer, request } from '../request.ts';
import { CHANGED, isSame } from './flag-file.ts';
import type { Flags } from './store.ts';

const MAX_ANSWER_BYTES = 256 * 1024;

/**
 * A flag service that has one flag at an address: GET answers with its definition and an entity tag, PUT or PATCH with `If-Match` replaces that
 * version alone (RFC 9110, 13.1.1).
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createFlagService(proveTo: (url: URL) => Prove, now: () => number): Flags {
  const send = (plan: FlagPlan, method: 'GET' | 'PUT' | 'PATCH', parts: Parts, timeoutMs: number) => {
    const url = new URL(urlOf(plan));
    return request(url, proveTo(url), { method, ...parts, timeoutMs, maxBytes: MAX_ANSWER_BYTES });
  };

  async function readWithin(plan: FlagPlan, timeoutMs: number): ReturnType<Flags['read']> {
    const fault = addressFault(urlOf(plan));
    if (fault !== undefined) return { kind: 'refused', reason: fault };
    const answer = await send(plan, 'GET', { headers: { accept: 'application/json' } }, timeoutMs);
    if (answer.kind === 'none') return { kind: 'unknown', reason: answer.reason };
    if (answer.status === 404) return { kind: 'refused', reason: `there is no flag at ${urlOf(plan)}` };
    if (answer.status !== 200) return { kind: 'unknown', reason: saidBy(answer) };
    const json = exactJsonIn(answer.complete ? answer.text : '');
    if (json.kind !== 'json' || !isJsonRecord(json.value))
      return { kind: 'unknown', reason: `the answer is no definition of a flag: ${saidBy(answer)}` };
    const version = answer.header('etag');
    // A weak tag names several versions, and If-Match does not take it.
    if (!version.startsWith('"'))
      return {
        kind: 'refused',
        reason: 'the service gives no strong ETag, by which a change could be held to what people saw',
      };
    return { kind: 'read', definition: json.value, version };
  }

  const read: Flags['read'] = (plan) => readWithin(plan, plan.timeoutMs);

  const replace: Flags['replace'] = async (
    plan,
    { from, to, version, idempotencyKey, fencingToken, until },
  ) => {
    const found = await readWithin(plan, Math.max(1, Math.floor(until - now())));
    if (found.kind !== 'read') return { kind: 'refused', reason: `${found.reason}; nothing was sent` };
    if (isSame(found.definition, to)) return { kind: 'replaced' };
    if (!isSame(found.definition, from)) return CHANGED;
    const left = Math.floor(until - now());
    if (left <= 0) return { kind: 'refused', reason: 'there was no time left; nothing was sent' };
    const method = 'url' in plan.store ? plan.store.method : 'PUT';
    const answer = await send(
      plan,
      method,
      {
        headers: {
          'content-type': method === 'PUT' ? 'application/json' : 'application/merge-patch+json',
          'if-match': version ?? found.version ?? '',
          'idempotency-key': idempotencyKey,
          'fencing-token': String(fencingToken),
        },
        body: JSON.stringify(method === 'PUT' ? to : mergePatch(from, to)),
      },
      left,
    );
    if (answer.kind === 'none') return { kind: answer.sent ? 'unknown' : 'refused', reason: answer.reason };
    const { status } = answer;
    if (status === 200 || status === 201 || status === 204) return { kind: 'replaced' };
    if (status === 412) return CHANGED;
    const isFinal = status >= 400 && status < 500 && ![408, 425, 429].includes(status);
    return { kind: isFinal ? 'refused' : 'unknown', reason: saidBy(answer) };
  };

  return { read, replace };
}

interface Parts {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What turns one definition into another by RFC 7396: null removes, and mappings are merged member by member. */
export function mergePatch(from: FlagDefinition, to: FlagDefinition): { [member: string]: Json } {
  return Object.fromEntries(
    [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((member): [string, Json][] => {
      const [old, now] = [from[member], to[member]];
      if (now === undefined) return [[member, null]];
      if (isJsonRecord(old) && isJsonRecord(now)) {
        const inside = mergePatch(old, now);
        return Object.keys(inside).length === 0 ? [] : [[member, inside]];
      }
      return old !== undefined && isSame({ member: old }, { member: now }) ? [] : [[member, now]];
    }),
  );
}

const saidBy = ({ status, text, hide }: Extract<HttpAnswer, { kind: 'answer' }>) =>
  answerLine(text.trim() === '' ? statusLine(status) : `${statusLine(status)}: ${hide(text)}`);

const urlOf = ({ store }: FlagPlan): string => ('url' in store ? store.url : '');
