import { setTimeout as wait } from 'node:timers/promises';
import type { Effect, EffectResult, Executor, Progress } from '../activities/ports/executor.ts';
import type { Auth } from '../config/index.ts';
import { JOB_CANCEL_MS, type JobPlan } from '../domain/action/action.ts';
import { type JobState, jobStateIn } from '../domain/action/job.ts';
import type { Found } from '../domain/action/reconcile.ts';
import { textInAnswer } from '../domain/analysis/in-answer.ts';
import { exactAnswerIn } from '../domain/shared/exact-json.ts';
import { answerLine } from './answer-text.ts';
import { credentialsByOrigin, type Prove } from './credentials.ts';
import { type Answered, answerSummary, failureIn } from './http-answer.ts';
import { type Minting, NO_MINTING } from './minting/minting.ts';
import { addressFault, request } from './request.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

/** How long a job may take to accept its request, and how long one look at it may take, in milliseconds. */
const REQUEST_MS = 30_000;
const LOOK_MS = 5_000;

/** How long from one look to the next where a job was cancelled, in milliseconds. */
const CANCELLED_LOOK_MS = 1_000;

/**
 * Begins a job with one JSON request, with `Idempotency-Key` and `Fencing-Token`, and follows it to its end. A job that an earlier
 * attempt began is only followed.
 *
 * The answer to the request, 2xx, names the address that says how the job stands. It must be of the origin of the request: what proves
 * who asks goes nowhere else. An answer without an address is the answer of the job itself.
 *
 * Done: a job that succeeded. Refused: a job that says that it changed nothing, and a request that was refused as with `http`. Unknown: a
 * job that failed, that nobody can follow, or that did not end in time; it is cancelled first where the plan says how, and whatever
 * comes of that, what it did before is not known unless it says so itself.
 *
 * @param systems the credentials, by the origin that they are sent to
 * @param now milliseconds since the epoch
 * @param minting what is minted for an attempt takes their place
 */
export function createJobExecutor(
  systems: Readonly<Record<string, Auth>>,
  now: () => number,
  minting: Minting = NO_MINTING,
): Executor {
  const proveTo = credentialsByOrigin(systems);
  return {
    run: async (effect, progress) => {
      const { plan, job } = effect;
      if (plan.executor !== 'job') return refused(`a ${plan.executor} plan is no job`);
      const fault = addressFault(plan.url);
      if (fault !== undefined) return refused(fault);
      const url = new URL(plan.url);
      const until = (job?.since ?? now()) + plan.timeoutMs;
      return minting(effect, async (minted) => {
        const prove = minted.proveTo(url) ?? proveTo(url);
        if (job) return follow({ plan, prove, until, now, progress, statusUrl: job.statusUrl });
        const begun = await begin(effect, plan, prove);
        if (begun.kind === 'ended') return begun.result;
        await progress?.began(begun.statusUrl);
        return follow({ plan, prove, until, now, progress, statusUrl: begun.statusUrl });
      });
    },
    // It only reads, so it asks as every reading does.
    lookUp: async ({ plan, job }) => {
      if (plan.executor !== 'job') return notFound(`a ${plan.executor} plan is no job`);
      if (!job) return notFound('it is not known where its job is followed');
      const prove = proveTo(new URL(plan.url));
      return foundIn(await look(plan, job.statusUrl, prove, LOOK_MS));
    },
  };
}

type Begun =
  | { readonly kind: 'begun'; readonly statusUrl: string }
  | { readonly kind: 'ended'; readonly result: EffectResult };

/** Sends the request that begins the job. */
async function begin(effect: Effect, plan: JobPlan, prove: Prove): Promise<Begun> {
  const ended = (result: EffectResult): Begun => ({ kind: 'ended', result });
  const answer = await request(new URL(plan.url), prove, {
    method: plan.method,
    headers: {
      'content-type': 'application/json',
      'idempotency-key': effect.idempotencyKey,
      'fencing-token': String(effect.fencingToken),
    },
    body: JSON.stringify(plan.body),
    timeoutMs: Math.min(REQUEST_MS, plan.timeoutMs),
    maxBytes: MAX_ANSWER_BYTES,
  });
  if (answer.kind === 'none')
    return ended(
      answer.sent
        ? { kind: 'unknown', reason: answer.reason }
        : { kind: 'refused', reason: `nothing was sent: ${answer.reason}` },
    );
  if (answer.status >= 300) return ended(failureIn(answer));
  const written = statusAddressIn(plan, answer);
  if (written === undefined) {
    const seen = seenIn(plan, answer);
    return ended(
      resultOf(seen) ??
        lost(`${seen.summary}: it says neither where its job is followed nor that it has ended`),
    );
  }
  const address = sameOrigin(plan.url, written);
  if (address === undefined)
    return ended(
      lost(
        `the job is not followed: its address ${shown(answer, written)} is not of ${new URL(plan.url).origin}`,
      ),
    );
  // The address is kept in the ledger.
  return answer.hide(address) === address
    ? { kind: 'begun', statusUrl: address }
    : ended(lost('the job is not followed: its address holds what proves who asks'));
}

/** The address of the job, as the answer writes it. */
const statusAddressIn = ({ status }: JobPlan, answer: Answered): string | undefined =>
  status.url === undefined
    ? answer.header('operation-location') || answer.header('location') || undefined
    : textInAnswer(status.url, answer.status, jsonOf(answer));

function sameOrigin(url: string, written: string): string | undefined {
  if (!URL.canParse(written, url)) return undefined;
  const address = new URL(written, url);
  return address.origin === new URL(url).origin && addressFault(address.href) === undefined
    ? address.href
    : undefined;
}

const shown = ({ hide }: Answered, written: string) => JSON.stringify(answerLine(hide(written)));

const jsonOf = ({ complete, text }: Answered): unknown => (complete ? exactAnswerIn(text) : undefined);

interface Following {
  readonly plan: JobPlan;
  readonly statusUrl: string;
  readonly prove: Prove;
  /** Until when, in milliseconds since the epoch. */
  readonly until: number;
  readonly now: () => number;
  readonly progress: Progress | undefined;
}

/** Follows a job until it has ended, its time is over or it is not wanted any more. */
async function follow(following: Following): Promise<EffectResult> {
  const { plan, statusUrl, prove, until, now, progress } = following;
  for (;;) {
    const seen = await look(plan, statusUrl, prove, LOOK_MS);
    const result = resultOf(seen);
    if (result) return result;
    const unwanted = await progress?.unwanted();
    const leftMs = until - now();
    if (unwanted !== undefined) return giveUp(following, unwanted, seen);
    if (leftMs <= 0) return giveUp(following, `it still ran after ${plan.timeoutMs} ms`, seen);
    const waitMs = Math.max(plan.status.intervalMs, seen.retryAfterMs);
    // The last look is when the time is over.
    await waited(Math.min(waitMs, leftMs), progress);
  }
}

/** How often it is asked whether a job is still wanted, in milliseconds. */
const WANTED_MS = 5_000;

/** Waits, and ends the waiting where the job is not wanted any more. */
async function waited(ms: number, progress: Progress | undefined): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= WANTED_MS) {
    await wait(Math.min(leftMs, WANTED_MS));
    if (leftMs > WANTED_MS && (await progress?.unwanted()) !== undefined) return;
  }
}

/** Cancels a job, and looks how it ended. A job that was cancelled may have done a part of its work. */
async function giveUp(
  { plan, statusUrl, prove, now }: Following,
  why: string,
  last: Seen,
): Promise<EffectResult> {
  if (!plan.cancel) return lost(`${why}, and nothing cancels it: ${last.summary}`);
  const { method, append = '', body } = plan.cancel;
  const until = now() + JOB_CANCEL_MS;
  const url = new URL(statusUrl);
  url.pathname += append;
  const answer = await request(url, prove, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs: JOB_CANCEL_MS / 2,
    maxBytes: MAX_ANSWER_BYTES,
  });
  const cancelled = answer.kind === 'answer' && answer.status < 300;
  const cancelText = answer.kind === 'none' ? answer.reason : answerSummary(answer, answer.text);
  const whyUnknown = cancelled
    ? `${why}, and it was cancelled`
    : `${why}, and cancelling it failed: ${cancelText}`;
  for (;;) {
    const seen = await look(plan, statusUrl, prove, Math.max(1, until - now()));
    const result = resultOf(seen);
    if (result?.kind === 'unknown') return lost(`${whyUnknown}: ${result.reason}`);
    if (result) return result;
    if (!cancelled || until - now() <= CANCELLED_LOOK_MS) return lost(`${whyUnknown}: ${seen.summary}`);
    await wait(CANCELLED_LOOK_MS);
  }
}

/** What one look at a job saw. */
interface Seen {
  readonly state: JobState;
  readonly summary: string;
  /** How long the system wants to be left alone, in milliseconds. */
  readonly retryAfterMs: number;
}

async function look(plan: JobPlan, statusUrl: string, prove: Prove, timeoutMs: number): Promise<Seen> {
  const answer = await request(new URL(statusUrl), prove, {
    method: 'GET',
    headers: { accept: 'application/json, */*;q=0.5' },
    timeoutMs: Math.min(LOOK_MS, timeoutMs),
    maxBytes: MAX_ANSWER_BYTES,
  });
  return answer.kind === 'none'
    ? { state: 'runs', summary: answer.reason, retryAfterMs: 0 }
    : seenIn(plan, answer);
}

function seenIn({ status }: JobPlan, answer: Answered): Seen {
  const json = jsonOf(answer);
  const words = status.summary === undefined ? undefined : textInAnswer(status.summary, answer.status, json);
  return {
    state: jobStateIn(status, answer.status, json),
    summary: answerSummary(answer, words ?? answer.text),
    retryAfterMs: retryAfterMs(answer.header('retry-after')),
  };
}

/** The milliseconds of a Retry-After header (RFC 9110, 10.2.3): seconds, or a date. 0: there is none. */
function retryAfterMs(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now());
}

/** What the end of a job means. Undefined: it has not ended. */
function resultOf({ state, summary }: Seen): EffectResult | undefined {
  switch (state) {
    case 'succeeded':
      return { kind: 'done', summary };
    case 'unchanged':
      return { kind: 'refused', reason: summary };
    case 'failed':
      return lost(`the job failed: ${summary}`);
    case 'unclear':
      return lost(`the job says several things at once: ${summary}`);
    case 'runs':
      return undefined;
  }
}

function foundIn({ state, summary }: Seen): Found {
  switch (state) {
    case 'succeeded':
      return { found: 'present', summary };
    case 'unchanged':
      return { found: 'absent', summary };
    case 'failed':
      return notFound(`the job failed: ${summary}`);
    case 'unclear':
      return notFound(`the job says several things at once: ${summary}`);
    case 'runs':
      return notFound(`the job has not ended: ${summary}`);
  }
}

const notFound = (summary: string): Found => ({ found: 'unknown', summary: answerLine(summary) });

const refused = (reason: string): EffectResult => ({ kind: 'refused', reason: answerLine(reason) });

/** Nobody knows what the job did, and another attempt would not know either. */
const lost = (reason: string): EffectResult => ({
  kind: 'unknown',
  reason: answerLine(reason),
  isFinal: true,
});
