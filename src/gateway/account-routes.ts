import { type Context, Hono } from 'hono';
import { DELEGATIONS, delegationsIn, notOver } from '../contract/delegation.ts';
import { localTime } from '../domain/local-time.ts';
import { type AccountData, accountPage } from './account-page.ts';
import { type AwayData, ORDER_OPTIONS, ORDERS } from './away-section.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from './deps.ts';
import { factorChanges } from './factor-changes.ts';
import { isFresh, signedInOf } from './guard.ts';
import { proofIn } from './intent-form.ts';
import { aboutOrder, order } from './order.ts';
import { orderIn } from './order-form.ts';
import type { Frame } from './pages/index.ts';
import { assertionOptions, passkeyDomain } from './passkeys.ts';
import { problemJson, problemOf, textOf } from './problem.ts';
import { factorsOf } from './step-up.ts';

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
  const changes = factorChanges(deps);

  interface Answer extends Pick<AccountData, 'begun'> {
    readonly refused?: string;
    /** The form that was refused. */
    readonly typed?: Readonly<Record<string, unknown>>;
  }

  async function show(c: GatewayContext, { begun, refused, typed = {} }: Answer = {}) {
    const { person, session } = signedInOf(c);
    const done = DONE[c.req.query('done') ?? ''];
    const notice = refused
      ? { kind: 'refused' as const, text: refused }
      : done === undefined
        ? undefined
        : { kind: 'done' as const, text: done };
    const { events: _, ...frame } = frameOf(c, notice);
    const away = { ...(await awayOf(deps, person)), typed };
    return accountPage({
      ...{ frame, ...(await factorsOf(deps, person)), begun, away, fresh: isFresh(session, deps.now()) },
      domain: passkeyDomain(deps.origin),
      again: deps.provider ? '/sign-in/start?again=1&next=/account' : '/sign-in?next=/account',
    });
  }

  /** Changes something, or says on the same page why not. */
  async function change(
    c: GatewayContext,
    work: (signedIn: SignedIn, form: Record<string, unknown>) => Promise<Response>,
  ): Promise<Response> {
    const signedIn = signedInOf(c);
    const typed = await c.req.parseBody();
    try {
      return await work(signedIn, typed);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return c.html(await show(c, { refused: textOf(problem), typed }), problem.status);
    }
  }

  const removed = (c: GatewayContext) => c.redirect('/account?done=removed', 303);

  app.get('/account', async (c) => c.html(await show(c)));

  app.post('/account/totp', (c) =>
    change(c, async (signedIn, form) =>
      c.html(await show(c, { begun: await changes.beginTotp(signedIn, proofIn(form)) })),
    ),
  );
  app.post('/account/totp/confirm', (c) =>
    change(c, async (signedIn, { code }) => {
      await changes.confirmTotp(signedIn, String(code ?? ''));
      return c.redirect('/account?done=totp', 303);
    }),
  );
  app.post('/account/totp/remove', (c) =>
    change(c, async (signedIn, form) => {
      await changes.removeTotp(signedIn, proofIn(form));
      return removed(c);
    }),
  );
  app.post('/account/passkeys/remove', (c) =>
    change(c, async (signedIn, form) => {
      await changes.removePasskey(signedIn, proofIn(form), String(form.credentialId ?? ''));
      return removed(c);
    }),
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
): Promise<Omit<AwayData, 'typed'>> {
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
