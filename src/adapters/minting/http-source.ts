import type { HttpSource } from '../../config/index.ts';
import { fillJson } from '../../domain/action/template.ts';
import { numberInAnswer, textInAnswer } from '../../domain/analysis/in-answer.ts';
import { exactAnswerIn } from '../../domain/shared/exact-json.ts';
import type { Json } from '../../domain/shared/json.ts';
import { statusLine } from '../answer-text.ts';
import { createCredentials, type Prove } from '../credentials.ts';
import { request } from '../request.ts';
import { isHeaderText, type Mint, type Minted, Unmintable } from './minted.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** A source that answers JSON, as Vault does. */
export function byHttp(
  { method, url, auth, ca, body, token, variables, ttl, revoke }: HttpSource,
  now: () => number,
): Mint {
  const prove = createCredentials(auth);
  return async ({ session, actionId, approvedBy, environment }, timeoutMs): Promise<Minted> => {
    const scope = { session, action: actionId, approvers: approvedBy.join(','), environment };
    const begun = now();
    const answer = await ask(url, prove, {
      ...(method === 'POST' ? { body: fillJson(body, scope) } : {}),
      ca,
      timeoutMs,
    });
    const read = (what: string, expression: string): string => {
      const text = textInAnswer(expression, answer.status, answer.json);
      if (text === undefined) throw new Unmintable(`its answer has no ${what} at ${expression}`);
      return text;
    };
    const found = token === undefined ? undefined : read('token', token);
    if (found !== undefined && !isHeaderText(found))
      throw new Unmintable('its token is no text for a header');
    const seconds = ttl === undefined ? undefined : numberInAnswer(ttl, answer.status, answer.json);
    if (ttl !== undefined && seconds === undefined)
      throw new Unmintable(`its answer has no number at ${ttl}`);
    const ended =
      revoke &&
      Object.fromEntries(Object.entries(revoke.body).map(([name, each]) => [name, read(name, each)]));
    return {
      token: found,
      variables: Object.fromEntries(
        Object.entries(variables).map(([name, each]) => [name, read(name, each)]),
      ),
      expiresAt: seconds === undefined ? undefined : begun + seconds * 1_000,
      revoke:
        revoke &&
        ended &&
        (async (revokeMs) => {
          await ask(revoke.url, prove, { body: ended, ca, timeoutMs: revokeMs });
        }),
    };
  };
}

interface Question {
  /** Absent: it is a GET. */
  readonly body?: Json | undefined;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly userAgent?: string | undefined;
}

/** Asks for JSON, with POST where there is a body. Nothing of the answer is ever quoted: it may contain the credential. @throws Unmintable */
export async function ask(
  url: string,
  prove: Prove,
  { body, ca, timeoutMs, userAgent }: Question,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const answer = await request(new URL(url), prove, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      accept: 'application/json',
      ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    ca,
  });
  if (answer.kind === 'none') throw new Unmintable(answer.reason);
  const { status, text, complete } = answer;
  if (status < 200 || status >= 300 || !complete) throw new Unmintable(`it answered ${statusLine(status)}`);
  return { status, json: exactAnswerIn(text) };
}
