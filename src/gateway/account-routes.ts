import { type Context, Hono } from 'hono';
import { DELEGATIONS, delegationsIn, notOver } from '../contract/delegation.ts';
import { localTime } from '../domain/local-time.ts';
import { type AccountData, accountPage } from './account-page.ts';
import { type AwayData, ORDER_OPTIONS, ORDERS } from './away-section.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from './deps.ts';
import { isFresh, requireFresh, signedInOf } from './guard.ts';
import { proofIn } from './intent-form.ts';
import { aboutOrder, order } from './order.ts';
import { orderIn } from './order-form.ts';
import type { Frame } from './pages/index.ts';
import { assertionOptions, passkeyDomain } from './passkeys.ts';
import { Problem, problemJson, problemOf, textOf } from './problem.ts';
import { factorsOf, requireExistingFactor, useCode } from './step-up.ts';
import { newTotp } from './totp.ts';

type GatewayContext = Context<GatewayEnv>;
type FrameOf = (c: GatewayContext, notice?: Frame['notice']) => Frame;

const DONE: Readonly<Record<string, string>> = {
  passkey: 'the passkey is added. Everywhere else you are signed out.',
  totp: 'the authenticator app is set up. Everywhere else you are signed out.',
  removed: 'it is removed. Everywhere else you are signed out.',
  delegated: 'your place is given: what would be asked of you goes to somebody else.',
  delegationEnded: 'it is ended. What was asked of the delegate before stays theirs.',
};

/** The page on which people add and remove passkeys and authenticator apps: the same as the API does. */
export function accountRoutes(deps: GatewayDeps, frameOf: FrameOf) {
  const app = new Hono<GatewayEnv>();
  const { factors, sessions } = deps;

  async function show(c: GatewayContext, more: Pick<AccountData, 'begun'> = {}, refused?: string) {
    const { person, session } = signedInOf(c);
    const { passkeys, totp } = await factorsOf(deps, person);
    const done = DONE[c.req.query('done') ?? ''];
    const notice = refused
      ? { kind: 'refused' as const, text: refused }
      : done === undefined
        ? undefined
        : { kind: 'done' as const, text: done };
    const { events: _, ...frame } = frameOf(c, notice);
    const away = await awayOf(deps, person);
    return accountPage({
      ...{ frame, passkeys, totp, away, fresh: isFresh(session, deps.now()) },
      domain: passkeyDomain(deps.origin),
      again: deps.provider ? '/sign-in/start?again=1&next=/account' : '/sign-in?next=/account',
      ...more,
    });
  }

  /** Changes something, or says on the same page why not. */
  async function change(
    c: GatewayContext,
    work: (signedIn: SignedIn, form: Record<string, unknown>) => Promise<Response>,
  ): Promise<Response> {
    const signedIn = signedInOf(c);
    try {
      return await work(signedIn, await c.req.parseBody());
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return c.html(await show(c, {}, textOf(problem)), problem.status);
    }
  }

  /** As `change`, for what needs a fresh sign-in and a factor that is there already. */
  const changeFactors = (
    c: GatewayContext,
    work: (person: string, form: Record<string, unknown>) => Promise<Response>,
  ) =>
    change(c, async (signedIn, form) => {
      requireFresh(signedIn, deps.now());
      await requireExistingFactor(deps, signedIn, proofIn(form));
      return work(signedIn.person, form);
    });

  const removed = async (c: GatewayContext, was: boolean) => {
    const { person, session } = signedInOf(c);
    // Who removes one that was stolen means the thief's session too.
    await sessions.endOthers(person, session.idHash);
    if (!was) throw new Problem('not-found', 'there is no such thing to remove');
    return c.redirect('/account?done=removed', 303);
  };

  app.get('/account', async (c) => c.html(await show(c)));

  app.post('/account/totp', (c) =>
    changeFactors(c, async (person) => {
      const { totp, secret, uri } = newTotp(person, deps.keys.totp, new URL(deps.origin).host);
      if (!(await factors.proposeTotp(person, totp)))
        throw new Problem('conflict', 'you have an authenticator app: remove it first');
      return c.html(await show(c, { begun: { secret, uri } }));
    }),
  );
  app.post('/account/totp/confirm', (c) =>
    change(c, async ({ person, session }, { code }) => {
      await useCode(deps, person, String(code ?? ''), 'unconfirmed');
      await sessions.endOthers(person, session.idHash);
      return c.redirect('/account?done=totp', 303);
    }),
  );
  app.post('/account/totp/remove', (c) =>
    changeFactors(c, async (person) => removed(c, await factors.removeTotp(person))),
  );
  app.post('/account/passkeys/remove', (c) =>
    changeFactors(c, async (person, { credentialId }) =>
      removed(c, await factors.removePasskey(person, String(credentialId ?? ''))),
    ),
  );

  const ordered = (form: Record<string, unknown>) =>
    orderIn(form, deps.installation().rules.calendar.timeZone);

  app.post(ORDERS, (c) =>
    change(c, async (signedIn, form) => {
      const { kind } = await order(deps, signedIn, ordered(form), proofIn(form));
      return c.redirect(`/account?done=${kind}`, 303);
    }),
  );
  // For the script: what a passkey is asked for before the same form is sent.
  app.post(ORDER_OPTIONS, async (c) => {
    try {
      const about = aboutOrder(ordered(await c.req.parseBody()));
      return c.json(await assertionOptions(deps, signedInOf(c), about));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return problemJson(c, problem);
    }
  });
  return app;
}

/** Read here and not asked of a worker: the page also shows how one proves oneself, and has to do that always. */
async function awayOf(
  { ledger, installation, now }: Pick<GatewayDeps, 'ledger' | 'installation' | 'now'>,
  person: string,
): Promise<AwayData> {
  const { people, services, actionTypes, rules } = installation();
  const { timeZone } = rules.calendar;
  const standing = notOver(delegationsIn(await ledger.entriesOf(DELEGATIONS)), now());
  return {
    delegations: standing.filter(({ from, to }) => from === person || to === person),
    people: Object.values(people).filter(({ name }) => name !== person),
    services: Object.keys(services),
    actionTypes: Object.keys(actionTypes),
    timeZone,
    today: localTime(now(), timeZone).date,
  };
}
