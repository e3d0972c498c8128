import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Effect, EffectResult, Executor, Verified } from '../../activities/ports/executor.ts';
import type { Auth } from '../../config/index.ts';
import type { GithubPlan, Plan } from '../../domain/action/action.ts';
import { type Previewed, saysTheSame } from '../../domain/action/preview.ts';
import type { Found } from '../../domain/action/reconcile.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import { answerLine, statusLine } from '../answer-text.ts';
import { credentialsByOrigin } from '../credentials.ts';
import { addressFault, type HttpAnswer, request } from '../request.ts';

const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** How long one request may take, and how often a run is asked for, in milliseconds. */
const REQUEST_MS = 10_000;
const EVERY_MS = 5_000;
/** How many runs are looked through: a run of ours is among the newest. */
const PAGE = 100;
const MOST_PAGES = 10;

const workflowSchema = z.object({ id: z.int(), name: z.string(), state: z.string() });
const refSchema = z.object({ object: z.object({ sha: z.string() }) });
const runSchema = z.object({
  id: z.int(),
  display_title: z.string(),
  head_sha: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
});
const runsSchema = z.object({ workflow_runs: z.array(runSchema) });
const messageSchema = z.object({ message: z.string() });

type Run = z.infer<typeof runSchema>;

/** What GitHub did not answer, and whether it is a final no. */
interface Failed {
  readonly kind: 'refused' | 'unknown';
  readonly reason: string;
}
type Asked<T> = { readonly kind: 'value'; readonly value: T } | Failed;

/**
 * Starts a run of a workflow of GitHub Actions, once, and follows it to its end. The preview is bound to the commit of the branch. GitHub cannot start
 * a run on the condition of a commit: a run that began at another commit is cancelled, and is not so.
 *
 * @param systems the credentials, by the origin that they are sent to
 * @param now milliseconds of a clock that never goes back
 * @param everyMs how often a run is asked for
 */
export function createGithubExecutor(
  systems: Readonly<Record<string, Auth>>,
  now: () => number,
  everyMs = EVERY_MS,
): Executor {
  const proveTo = credentialsByOrigin(systems);

  async function ask(
    plan: GithubPlan,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<HttpAnswer> {
    const base = `${plan.api.replace(/\/$/, '')}/repos/${plan.repository}`;
    const fault = addressFault(base);
    if (fault !== undefined) return { kind: 'none', sent: false, reason: fault };
    const url = new URL(`${base}/${path}`);
    return request(url, proveTo(url), {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      timeoutMs: Math.min(REQUEST_MS, plan.timeoutMs),
      maxBytes: MAX_ANSWER_BYTES,
    });
  }

  async function get<T>(plan: GithubPlan, path: string, schema: z.ZodType<T>): Promise<Asked<T>> {
    const answer = await ask(plan, 'GET', path);
    if (answer.kind === 'none') return { kind: 'unknown', reason: answer.reason };
    // That we may not ask now says nothing about the plan.
    if ([401, 403, 429].includes(answer.status)) return { ...failed(answer), kind: 'unknown' };
    if (answer.status !== 200) return failed(answer);
    const { data } = schema.safeParse(jsonIn(answer.text));
    return data === undefined
      ? { kind: 'unknown', reason: 'GitHub answered something else than its API says' }
      : { kind: 'value', value: data };
  }

  /** The run with the correlation of a plan; null: there is none. */
  async function runOf(plan: GithubPlan): Promise<Asked<Run | null>> {
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const query = new URLSearchParams({
        event: 'workflow_dispatch',
        branch: plan.branch,
        per_page: String(PAGE),
        page: String(page),
      });
      const path = `actions/workflows/${encodeURIComponent(plan.workflow)}/runs?${query}`;
      const asked = await get(plan, path, runsSchema);
      if (asked.kind !== 'value') return asked;
      const { workflow_runs: runs } = asked.value;
      const found = runs.find(({ display_title: title }) => title.includes(plan.correlation.value));
      if (found) return { kind: 'value', value: found };
      if (runs.length < PAGE) return { kind: 'value', value: null };
    }
    return { kind: 'unknown', reason: `it is not among the newest ${PAGE * MOST_PAGES} runs` };
  }

  async function preview(plan: Plan): Promise<Previewed> {
    if (plan.executor !== 'github') return { kind: 'unknown', reason: noWorkflow(plan) };
    if (plan.change === 'undo') return cancelPreview(plan);
    const workflow = await get(
      plan,
      `actions/workflows/${encodeURIComponent(plan.workflow)}`,
      workflowSchema,
    );
    if (workflow.kind !== 'value') return workflow;
    const branch = plan.branch.split('/').map(encodeURIComponent).join('/');
    const ref = await get(plan, `git/ref/heads/${branch}`, refSchema);
    if (ref.kind !== 'value') return ref;
    const { id, name, state } = workflow.value;
    if (state !== 'active') return { kind: 'refused', reason: `the workflow is ${answerLine(state)}` };
    const { sha } = ref.value.object;
    return {
      kind: 'previewed',
      preview: {
        summary: answerLine(
          `run ${name} (${plan.workflow}) of ${plan.repository} at ${sha.slice(0, 12)} of ${plan.branch}`,
        ),
        changes: Object.entries({ ...plan.inputs, [plan.correlation.input]: plan.correlation.value })
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([input, to]) => ({ what: `input ${input}`, to })),
        boundTo: { workflow: String(id), commit: sha },
      },
    };
  }

  async function cancelPreview(plan: GithubPlan): Promise<Previewed> {
    const found = await runOf(plan);
    if (found.kind !== 'value') return found;
    if (!found.value) return { kind: 'refused', reason: NO_RUN };
    const { id, status } = found.value;
    if (status === 'completed') return { kind: 'refused', reason: OVER };
    return {
      kind: 'previewed',
      preview: {
        summary: `cancel the run ${id}`,
        changes: [{ what: 'the run is cancelled' }],
        boundTo: { run: String(id) },
      },
    };
  }

  async function run({ plan, preview: seen }: Effect): Promise<EffectResult> {
    if (plan.executor !== 'github') return { kind: 'refused', reason: noWorkflow(plan) };
    if (plan.change === 'undo') return cancel(plan);
    const again = await preview(plan);
    if (again.kind !== 'previewed')
      return { kind: 'refused', reason: `${again.reason}; nothing was started` };
    if (!seen || !saysTheSame(seen, again.preview))
      return {
        kind: 'refused',
        reason: 'it would run something else now than people saw; nothing was started',
      };
    const answer = await ask(plan, 'POST', `actions/workflows/${seen.boundTo.workflow ?? ''}/dispatches`, {
      ref: plan.branch,
      inputs: { ...plan.inputs, [plan.correlation.input]: plan.correlation.value },
    });
    if (answer.kind === 'none') return { kind: answer.sent ? 'unknown' : 'refused', reason: answer.reason };
    return answer.status === 204 || answer.status === 200
      ? { kind: 'done', summary: `the run ${plan.correlation.value} was started` }
      : failed(answer);
  }

  async function cancel(plan: GithubPlan): Promise<EffectResult> {
    const found = await runOf(plan);
    if (found.kind !== 'value') return found;
    if (!found.value) return { kind: 'unknown', reason: NO_RUN };
    const { id, status, conclusion } = found.value;
    if (status === 'completed')
      return conclusion === 'cancelled'
        ? { kind: 'done', summary: `the run ${id} is cancelled` }
        : { kind: 'refused', reason: OVER };
    const answer = await ask(plan, 'POST', `actions/runs/${id}/cancel`, {});
    if (answer.kind === 'none') return { kind: 'unknown', reason: answer.reason };
    if (answer.status === 409) return { kind: 'refused', reason: OVER };
    return answer.status === 202
      ? { kind: 'done', summary: `the run ${id} was told to stop` }
      : failed(answer);
  }

  async function verify({ plan, preview: seen }: Effect): Promise<Verified> {
    if (plan.executor !== 'github') return { kind: 'unknown', reason: noWorkflow(plan) };
    const until = now() + plan.timeoutMs;
    for (;;) {
      const found = await runOf(plan);
      const known = found.kind === 'value' ? found.value : null;
      const wanted = plan.change === 'undo' ? 'cancelled' : 'success';
      if (known && plan.change === 'dispatch' && known.head_sha !== seen?.boundTo.commit) {
        await ask(plan, 'POST', `actions/runs/${known.id}/cancel`, {});
        const reason = `the run ${known.id} began at ${known.head_sha}, which nobody saw; it was told to stop`;
        return { kind: 'notSo', reason };
      }
      if (known?.status === 'completed') {
        const said = answerLine(`the run ${known.id} ended with ${known.conclusion}`);
        return known.conclusion === wanted
          ? { kind: 'verified', summary: said }
          : { kind: 'notSo', reason: said };
      }
      if (now() + everyMs > until) {
        const why =
          found.kind === 'value' ? (known ? `the run ${known.id} is ${known.status}` : NO_RUN) : found.reason;
        return { kind: 'unknown', reason: answerLine(why) };
      }
      await pause(everyMs);
    }
  }

  async function lookUp({ plan }: Omit<Effect, 'fencingToken'>): Promise<Found> {
    if (plan.executor !== 'github' || plan.change === 'undo')
      return { found: 'unknown', summary: 'only a run that was started is looked up' };
    const found = await runOf(plan);
    if (found.kind !== 'value') return { found: 'unknown', summary: found.reason };
    return found.value
      ? { found: 'present', summary: `the run ${found.value.id} is ${answerLine(found.value.status)}` }
      : { found: 'absent', summary: NO_RUN };
  }

  return { preview, run, verify, lookUp };
}

/** A final no, or none. A limit on requests is a no: nothing was done, and it is said until when. */
function failed({ status, header, text, hide }: Extract<HttpAnswer, { kind: 'answer' }>): Failed {
  const said = messageSchema.safeParse(jsonIn(text)).data?.message ?? text;
  const reason = answerLine(`GitHub says ${statusLine(status)}: ${hide(said)}`);
  const isLimited =
    status === 429 ||
    (status === 403 && (header('retry-after') !== '' || header('x-ratelimit-remaining') === '0'));
  if (isLimited) {
    const seconds = header('retry-after');
    const reset = Number(header('x-ratelimit-reset'));
    const when =
      seconds === ''
        ? reset > 0
          ? `, until ${new Date(reset * 1_000).toISOString()}`
          : ''
        : `, for ${seconds} s`;
    return { kind: 'refused', reason: answerLine(`${reason} (too many requests${when})`) };
  }
  return { kind: status >= 400 && status < 500 && status !== 408 ? 'refused' : 'unknown', reason };
}

const NO_RUN = 'there is no run with its correlation in the name';
const OVER = 'the run is over: what it did stays';
const noWorkflow = ({ executor }: Plan) => `a plan for ${executor} runs no workflow`;
