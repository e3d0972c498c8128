import type { ServerResponse } from 'node:http';
import { type Received, serve } from '../adapters/serve.ts';

interface Run {
  readonly id: number;
  readonly display_title: string;
  head_sha: string;
  status: string;
  conclusion: string | null;
}

/** The parts of GitHub's REST API that start and follow a run of deploy.yml, which takes the inputs `version` and `correlation`. */
export async function aGitHub() {
  const state = {
    sha: 'a'.repeat(40),
    workflowState: 'active',
    runs: [] as Run[],
    /** How a run ends. Absent: it runs on. */
    ends: 'success' as string | undefined,
    /** Set: what every request is answered. */
    fault: undefined as { status: number; headers?: Record<string, string>; message: string } | undefined,
    /** Set: a dispatch is done, and its answer is lost. */
    loses: false,
  };
  const server = await serve((response, received) => {
    if (state.fault) {
      const { status, headers, message } = state.fault;
      return json(response, status, { message }, headers);
    }
    return answer(response, received, state);
  });
  return { ...server, state };
}

const REPOSITORY = '/repos/example/shop/';
const json = (response: ServerResponse, status: number, body: object, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

function answer(
  response: ServerResponse,
  { method, url, body }: Received,
  state: Awaited<ReturnType<typeof aGitHub>>['state'],
) {
  const { pathname, searchParams } = new URL(url, 'http://github.test');
  const path = pathname.replace(REPOSITORY, '');
  const workflow = /^actions\/workflows\/(?:deploy\.yml|17)(\/.*)?$/.exec(path);
  if (path === 'git/ref/heads/main') return json(response, 200, { object: { sha: state.sha } });
  if (workflow && !workflow[1] && method === 'GET')
    return json(response, 200, { id: 17, name: 'Deploy', state: state.workflowState });
  if (workflow?.[1] === '/runs') {
    const size = Number(searchParams.get('per_page'));
    const from = size * (Number(searchParams.get('page')) - 1);
    return json(response, 200, { workflow_runs: state.runs.slice(from, from + size) });
  }
  if (workflow?.[1] === '/dispatches' && method === 'POST') {
    const { ref, inputs } = JSON.parse(body);
    if (ref !== 'main') return json(response, 422, { message: `No ref found for: ${ref}` });
    const unexpected = Object.keys(inputs).filter((name) => !['version', 'correlation'].includes(name));
    if (unexpected.length > 0)
      return json(response, 422, { message: `Unexpected inputs provided: ${JSON.stringify(unexpected)}` });
    state.runs.unshift({
      id: 1_000 + state.runs.length,
      display_title: `deploy ${inputs.correlation}`,
      head_sha: state.sha,
      status: state.ends === undefined ? 'in_progress' : 'completed',
      conclusion: state.ends ?? null,
    });
    if (state.loses) return response.destroy();
    return response.writeHead(204).end();
  }
  const cancelled = /^actions\/runs\/(\d+)\/cancel$/.exec(path);
  const run = state.runs.find(({ id }) => id === Number(cancelled?.[1]));
  if (run) {
    if (run.status === 'completed')
      return json(response, 409, { message: 'Cannot cancel a workflow run that is completed.' });
    run.status = 'completed';
    run.conclusion = 'cancelled';
    return json(response, 202, {});
  }
  return json(response, 404, { message: 'Not Found' });
}
