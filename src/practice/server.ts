import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { textOf } from '../domain/approval/requirement.ts';
import type { PracticeAnswer } from '../domain/practice/result.ts';
import { hostCheck } from '../gateway/auth/guard.ts';
import { securityHeaders } from '../gateway/auth/headers.ts';
import { errorPage, type Frame, PATHS, pendingPage } from '../gateway/pages/index.ts';
import { Problem, problemOf, problemText } from '../gateway/ports/problem.ts';
import type { PendingAction } from '../gateway/ports/read-model.ts';
import { sameText } from '../gateway/ports/sessions.ts';
import { assetRoutes } from '../gateway/routes/assets.ts';
import { intentIn } from '../gateway/routes/intent-form.ts';
import { requireConfirmed, requireSame } from '../gateway/use-cases/decide.ts';
import { practicePage } from './action-page.ts';
import type { PracticeCase } from './prepared.ts';
import { type Decided, resultPage } from './result-page.ts';

export interface Practice {
  readonly cases: readonly PracticeCase[];
  /** The address that the browser uses, without a path. */
  readonly origin: string;
  /** Whoever has it can practise. Recorded questions tell of production, and other people may have accounts on this machine. */
  readonly key: string;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/** One browser's practice. It is in memory alone, and nobody else sees it. */
interface Session {
  readonly csrf: string;
  readonly answers: Map<string, PracticeAnswer>;
  notice?: Frame['notice'];
}

const COOKIE = 'countersign-practice';
const newId = () => randomBytes(32).toString('base64url');

/**
 * An inbox for practice. It is made of data alone: no workflow, no database, no executor and no channel is behind it, so nothing can run, whatever
 * anybody approves.
 */
export function createPractice({ cases, origin, key, now, report }: Practice): Hono {
  const app = new Hono();
  const sessions = new Map<string, Session>();

  function sessionOf(c: Context): Session {
    const session = sessions.get(getCookie(c, COOKIE) ?? '');
    if (!session) throw new Problem('not-signed-in', 'open the address that "countersign practice" printed');
    return session;
  }

  const caseAt = (c: Context): PracticeCase => {
    const found = cases.find(({ actionId }) => actionId === c.req.param('id'));
    if (!found) throw new Problem('not-found', 'there is no such action in this practice');
    return found;
  };

  const openIn = ({ answers }: Session) => cases.filter(({ actionId }) => !answers.has(actionId));

  /** @param refusal why the form before this page was refused */
  function frameOf(session: Session, refusal?: string): Omit<Frame, 'now'> {
    const notice = refusal === undefined ? session.notice : { kind: 'refused' as const, text: refusal };
    delete session.notice;
    const waiting = openIn(session).length;
    return {
      csrf: session.csrf,
      practice: { decided: cases.length - waiting, waiting },
      ...(notice ? { notice } : {}),
    };
  }

  function show(
    session: Session,
    one: PracticeCase,
    more: { readonly refusal?: string; readonly typed?: Readonly<Record<string, unknown>> } = {},
  ) {
    const isOpen = !session.answers.has(one.actionId);
    return practicePage(one, frameOf(session, more.refusal), { isOpen, typed: more.typed });
  }

  app.use(securityHeaders(false));
  app.use(hostCheck({ origin }));
  app.route('/', assetRoutes());

  app.get('/', (c) => {
    if (!sameText(c.req.query('key') ?? '', key)) sessionOf(c);
    else if (!sessions.has(getCookie(c, COOKIE) ?? '')) {
      const id = newId();
      sessions.set(id, { csrf: newId(), answers: new Map() });
      setCookie(c, COOKIE, id, { path: '/', httpOnly: true, sameSite: 'Strict' });
    }
    return c.redirect(PATHS.pending);
  });
  app.get(PATHS.pending, (c) => {
    const session = sessionOf(c);
    const items = openIn(session).map(pendingItem);
    return c.html(pendingPage({ frame: { ...frameOf(session), now: now() }, list: { items }, first: true }));
  });
  app.get(PATHS.practiceResult, (c) => {
    const session = sessionOf(c);
    const decided = cases.flatMap((one): Decided[] => {
      const answer = session.answers.get(one.actionId);
      return answer ? [{ ...one, answer }] : [];
    });
    return c.html(resultPage({ ...frameOf(session), now: now() }, decided));
  });
  app.get('/actions/:id', (c) => c.html(show(sessionOf(c), caseAt(c))));
  app.get('/actions/:id/decide', (c) => c.redirect(PATHS.action(caseAt(c).actionId)));
  app.post('/actions/:id/:form{decide|followed}', async (c) => {
    const session = sessionOf(c);
    const form = await c.req.parseBody();
    const csrf = typeof form.csrf === 'string' ? form.csrf : (c.req.header('x-csrf-token') ?? '');
    if (!sameText(csrf, session.csrf))
      throw new Problem(
        'foreign-origin',
        'the token of the session is missing or wrong: load the page again',
      );
    const one = caseAt(c);
    // The script of the page tells that somebody followed a finding. In practice nobody counts it.
    if (c.req.param('form') === 'followed') return c.body(null, 204);
    try {
      answer(session, one, form);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return c.html(show(session, one, { refusal: problemText(problem), typed: form }), problem.status);
    }
    const isOver = openIn(session).length === 0;
    return c.redirect(isOver ? PATHS.practiceResult : PATHS.pending, 303);
  });

  function answer(session: Session, one: PracticeCase, form: Readonly<Record<string, unknown>>): void {
    const { state, actionId } = one;
    const intent = intentIn(form);
    const { verdict, reason } = intent;
    if (verdict !== 'approve' && verdict !== 'deny')
      throw new Problem('malformed', 'in practice you can approve or deny');
    if (session.answers.has(actionId)) throw new Problem('not-open', 'you have decided on it already');
    requireSame({ runId: state.runId, digest: state.ruling?.digest ?? '' }, intent);
    requireConfirmed(state, intent);
    session.answers.set(actionId, { verdict, reason });
    session.notice = {
      kind: 'done',
      text: `${verdict === 'approve' ? 'you approved' : 'you denied'} "${one.title}". Nothing ran. "How I did" says whether that was right.`,
    };
  }

  app.notFound((c) => fail(c, new Problem('not-found', 'there is no such page in practice')));
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (!problem) report(error);
    return fail(c, problem ?? new Problem('internal', 'the terminal of "countersign practice" says more'));
  });

  function fail(c: Context, problem: Problem) {
    const session = sessions.get(getCookie(c, COOKIE) ?? '');
    const { status, title } = problem;
    const practice = {
      decided: session?.answers.size ?? 0,
      waiting: cases.length - (session?.answers.size ?? 0),
    };
    return c.html(
      errorPage({ frame: { now: now(), practice }, status, title, detail: problemText(problem) }),
      status,
    );
  }

  return app;
}

function pendingItem({ actionId, title, state }: PracticeCase): PendingAction {
  const { action, ruling, impact } = state;
  if (!action || !ruling || !impact || !('requirement' in ruling))
    throw new Error(`${actionId} asks nobody: it is no question of practice`);
  const { type, target, environment, agent } = action;
  return {
    actionId,
    title,
    actionType: type,
    target,
    environment,
    agent: agent.id,
    tier: ruling.tier,
    risk: impact.riskScore,
    status: 'waiting',
    ruledAt: state.openedAt ?? 0,
    needed: textOf(ruling.requirement),
    group: actionId,
  };
}
