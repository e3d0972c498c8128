import { type Context, Hono } from 'hono';
import { ActionNotFound } from '../../contract/errors.ts';
import { WHAT_DECIDED } from '../../domain/advice/advice.ts';
import { FINDING_KINDS } from '../../domain/findings/finding.ts';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import type { ReviewState } from '../../domain/record/action-state.ts';
import { reviewOn } from '../../domain/record/review-on-record.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { actionSubject, reviewed, reviewSubject } from '../api/decisions.ts';
import { requireRequester } from '../auth/agent-pass.ts';
import { signedInOf } from '../auth/guard.ts';
import { assertionOptions, passkeyDomain } from '../auth/passkeys.ts';
import { factorsOf } from '../auth/step-up.ts';
import type { Form } from '../pages/form.ts';
import { actionPage, type Frame, PATHS } from '../pages/index.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from '../ports/deps.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem, problemJson, problemOf, problemText } from '../ports/problem.ts';
import { decide } from '../use-cases/decide.ts';
import { aboutOrder, order } from '../use-cases/order.ts';
import { readAction } from '../use-cases/read-action.ts';
import { doneOn } from './flash.ts';
import { intentIn, proofIn } from './intent-form.ts';
import { mayOf } from './may.ts';
import { actionOrderIn } from './order-form.ts';

type GatewayContext = Context<GatewayEnv>;

/** A form that was refused: the reason, and what was typed. */
interface Refused {
  readonly notice: NonNullable<Frame['notice']>;
  readonly typed: Form;
}

/** The page of one action, and the addresses that its forms post to. */
export function actionPageRoutes(
  deps: GatewayDeps,
  metrics: Metrics,
  frameOf: (c: GatewayContext, notice?: Frame['notice']) => Frame,
) {
  const app = new Hono<GatewayEnv>();

  async function show(c: GatewayContext, id: string, refusal?: Refused) {
    const signedIn = signedInOf(c);
    const { state } = await readAction(deps, id);
    const entries = await deps.ledger.entriesOf(id);
    const [review, factors] = await Promise.all([reviewOf(deps, id, entries), provesWith(deps, signedIn)]);
    const may = mayOf(state, review, signedIn.person, deps.now());
    // Whoever may decide is asked. What the team learns from looks must never keep anybody from deciding.
    if (may.approve || may.deny) {
      const found = [...new Set((state.findings ?? []).map(({ kind }) => kind))];
      await deps.looks.opened(id, signedIn.person, deps.now(), found).catch(deps.report);
    }
    const hasDecided = state.votes.some(({ person }) => person === signedIn.person);
    const asksWhatDecided =
      hasDecided &&
      (await deps.looks.isUnanswered(id, signedIn.person).catch((error) => {
        deps.report(error);
        return false;
      }));
    const slo = lookup(deps.installation().services, state.proposal.target)?.slo;
    return actionPage({
      frame: frameOf(c, refusal?.notice),
      typed: refusal?.typed,
      state,
      entries,
      may,
      asksWhatDecided,
      ...(review ? { review } : {}),
      ...(slo === undefined ? {} : { slo }),
      ...(state.ruling?.gateway?.stepUp && state.status !== 'closed' ? { stepUp: factors } : { factors }),
      ...(deps.uiUrl === undefined
        ? {}
        : { temporalUrl: `${deps.uiUrl}/${encodeURIComponent(state.workflowId)}` }),
    });
  }

  app.get('/actions/:id', async (c) => c.html(await show(c, c.req.param('id'))));

  /** Carries out what the form said. A refusal is shown on the page that the form came from. */
  async function handleForm(
    c: GatewayContext,
    id: string,
    carryOut: (signedIn: SignedIn, form: Form) => Promise<string>,
  ) {
    const signedIn = signedInOf(c);
    const form = await c.req.parseBody();
    try {
      return doneOn(c, PATHS.action(id), await carryOut(signedIn, form));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem || problem.problem === 'not-found') throw error;
      metrics.add('countersign_gateway_problems', `{problem="${problem.problem}"}`);
      const notice = { kind: 'refused', text: problemText(problem) } as const;
      return c.html(await show(c, id, { notice, typed: form }), problem.status);
    }
  }

  app.post('/actions/:id/decide', (c) => {
    const id = c.req.param('id');
    return handleForm(c, id, async (signedIn, form) => {
      const intent = intentIn(form);
      const { already } = await decide(deps, metrics, signedIn, () => actionSubject(deps, id), intent);
      const drill = await deps.lists.drillOf(id, signedIn.person);
      if (drill) return DRILL_DONE[drill];
      return already ? 'already' : intent.verdict;
    });
  });
  app.post('/actions/:id/review', (c) => {
    const id = c.req.param('id');
    return handleForm(c, id, async (signedIn, form) => {
      const intent = reviewed(intentIn(form));
      const { already } = await decide(deps, metrics, signedIn, () => reviewSubject(deps, id), intent);
      return already ? 'already' : 'reviewed';
    });
  });
  app.post('/actions/:id/what-decided', (c) => {
    const id = c.req.param('id');
    return handleForm(c, id, async ({ person }, form) => {
      const what = WHAT_DECIDED.find((answer) => answer === form.what);
      if (!what) throw new Problem('malformed', `what decided it must be one of ${WHAT_DECIDED.join(', ')}`);
      await deps.looks.decided(id, person, what);
      return 'whatDecided';
    });
  });
  app.post('/actions/:id/followed', async (c) => {
    const { person } = signedInOf(c);
    const { finding } = await c.req.parseBody();
    const kind = FINDING_KINDS.find((known) => known === finding);
    if (!kind) throw new Problem('malformed', `finding must be one of ${FINDING_KINDS.join(', ')}`);
    await deps.looks.followed(c.req.param('id'), person, kind);
    return c.body(null, 204);
  });
  app.post('/actions/:id/cancel', (c) => {
    const id = c.req.param('id');
    return handleForm(c, id, async ({ person }) => {
      const action = deps.countersign.action(id);
      const state = await action.state();
      requireRequester({ kind: 'person', person }, state);
      if (state.status === 'closed') throw new Problem('not-open', 'it is closed: nothing is left to cancel');
      await action.cancel();
      return 'cancel';
    });
  });
  app.post('/actions/:id/order', (c) => {
    const id = c.req.param('id');
    return handleForm(c, id, async (signedIn, form) => {
      const unsignedOrder = actionOrderIn(form, id);
      await order(deps, signedIn, unsignedOrder, proofIn(form));
      return unsignedOrder.kind === 'report' ? 'reported' : 'takeBack';
    });
  });
  app.post('/actions/:id/order/options', async (c) => {
    try {
      const about = aboutOrder(actionOrderIn(await c.req.parseBody(), c.req.param('id')));
      return c.json(await assertionOptions(deps, signedInOf(c), about));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return problemJson(c, problem);
    }
  });
  // The address of a refused form, opened again by the browser.
  app.get('/actions/:id/:form{decide|review|cancel|what-decided|order}', (c) =>
    c.redirect(PATHS.action(c.req.param('id'))),
  );

  return app;
}

/** What a person is told of a drill that they answered. Nobody else is. */
const DRILL_DONE = {
  caught: 'drillCaught',
  missed: 'drillMissed',
  lookedCloser: 'drillLookedCloser',
  expired: 'already',
} as const;

/** The review of an action. Only an action that ran without a person's approval has one. */
async function reviewOf(
  deps: GatewayDeps,
  id: string,
  entries: readonly ReadEntry[],
): Promise<ReviewState | undefined> {
  if (!reviewOn(id, entries)) return undefined;
  return deps.countersign.review(id).catch((error) => {
    if (error instanceof ActionNotFound) return undefined;
    throw error;
  });
}

async function provesWith(deps: GatewayDeps, { person }: SignedIn) {
  const { passkeys, totp } = await factorsOf(deps, person);
  return { passkey: passkeys.length > 0 && passkeyDomain(deps.origin) !== undefined, totp };
}
