import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { DELEGATIONS, notOver, parseDelegations } from '../../contract/delegation.ts';
import { text } from '../../contract/json.ts';
import { localTime } from '../../domain/calendar/local-time.ts';
import { factorChanges } from '../auth/factor-changes.ts';
import { isFresh, signedInOf } from '../auth/guard.ts';
import { assertionOptions, attestationSchema, passkeyDomain } from '../auth/passkeys.ts';
import { factorsOf } from '../auth/step-up.ts';
import { type AccountData, accountPage } from '../pages/account-page.ts';
import { type AwayData, ORDER_OPTIONS, ORDERS } from '../pages/away-section.ts';
import { type Form, typedIn } from '../pages/form.ts';
import { type Frame, PATHS } from '../pages/index.ts';
import type { GatewayDeps, GatewayEnv, SignedIn } from '../ports/deps.ts';
import { Problem, problemJson, problemOf, problemText } from '../ports/problem.ts';
import { aboutOrder, order } from '../use-cases/order.ts';
import { doneOn } from './flash.ts';
import { jsonField, proofIn } from './intent-form.ts';
import { orderIn } from './order-form.ts';
import { soundForm } from './sound-form.ts';

type GatewayContext = Context<GatewayEnv>;
type FrameOf = (c: GatewayContext, notice?: Frame['notice']) => Frame;

/** The labels of the form for delegations. Faults of the form are reported by these labels. */
const LABELS: Readonly<Record<string, string>> = {
  to: 'Who decides in your place',
  since: 'First day',
  from: 'First day',
  until: 'Last day',
  scope: 'On what',
  reason: 'Why',
};

/** The forms of the page. After a refusal, the browser shows their addresses. */
const FORMS = [
  '/account/totp',
  '/account/totp/confirm',
  '/account/totp/remove',
  ORDERS,
  ORDER_OPTIONS,
  '/account/passkeys',
  '/account/passkeys/remove',
];

/** The page on which people add and remove passkeys and authenticator apps. It does the same as the API. */
export function accountRoutes(deps: GatewayDeps, frameOf: FrameOf) {
  const app = new Hono<GatewayEnv>();
  const changes = factorChanges(deps);

  interface Answer extends Pick<AccountData, 'begun'> {
    readonly refused?: string;
    /** The fields of the form that was refused. */
    readonly typed?: Form;
  }

  async function show(c: GatewayContext, { begun, refused, typed = {} }: Answer = {}) {
    const { person, session } = signedInOf(c);
    const notice = refused === undefined ? undefined : { kind: 'refused' as const, text: refused };
    const { events: _, ...frame } = frameOf(c, notice);
    const away = { ...(await awayOf(deps, person)), typed };
    return accountPage({
      frame,
      ...(await factorsOf(deps, person)),
      begun,
      away,
      fresh: isFresh(session, deps.now()),
      domain: passkeyDomain(deps.origin),
      again: deps.provider ? '/sign-in/start?again=1&next=/account' : '/sign-in?next=/account',
    });
  }

  /** Makes a change, or says on the same page why not. */
  async function change(
    c: GatewayContext,
    work: (signedIn: SignedIn, form: Form) => Promise<Response>,
  ): Promise<Response> {
    const signedIn = signedInOf(c);
    const form = await c.req.parseBody();
    try {
      return await work(signedIn, form);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return c.html(await show(c, { refused: problemText(labelled(problem)), typed: form }), problem.status);
    }
  }

  const showDone = (c: GatewayContext, result: string) => doneOn(c, PATHS.account, result);

  app.get(PATHS.account, async (c) => c.html(await show(c)));
  for (const form of FORMS) app.get(form, (c) => c.redirect(PATHS.account));

  app.post('/account/totp', (c) =>
    change(c, async (signedIn, form) =>
      c.html(await show(c, { begun: await changes.beginTotp(signedIn, proofIn(form)) })),
    ),
  );
  app.post('/account/totp/confirm', (c) =>
    change(c, async (signedIn, { code }) => {
      await changes.confirmTotp(signedIn, String(code ?? ''));
      return showDone(c, 'totp');
    }),
  );
  app.post('/account/totp/remove', (c) =>
    change(c, async (signedIn, form) => {
      await changes.removeTotp(signedIn, proofIn(form));
      return showDone(c, 'removed');
    }),
  );
  app.post('/account/passkeys/remove', (c) =>
    change(c, async (signedIn, form) => {
      await changes.removePasskey(signedIn, proofIn(form), String(form.credentialId ?? ''));
      return showDone(c, 'removed');
    }),
  );
  app.post('/account/passkeys', (c) =>
    change(c, async (signedIn, form) => {
      await changes.addPasskey(signedIn, madeIn(form));
      return showDone(c, 'passkey');
    }),
  );

  const orderOfForm = (form: Form) => orderIn(form, deps.installation().rules.calendar.timeZone);

  app.post(ORDERS, (c) =>
    change(c, async (signedIn, form) => {
      const { kind } = await order(deps, signedIn, orderOfForm(form), proofIn(form));
      return showDone(c, kind);
    }),
  );
  // For the script: the options of a passkey's assertion, before the same form is sent.
  app.post(ORDER_OPTIONS, async (c) => {
    try {
      const about = aboutOrder(orderOfForm(await c.req.parseBody()));
      return c.json(await assertionOptions(deps, signedInOf(c), about));
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      return problemJson(c, problem);
    }
  });
  return app;
}

/** The passkey that the page's script made. @throws Problem when there is none */
function madeIn(form: Form) {
  const attestation = typedIn(form, 'attestation') ?? '';
  if (attestation === '')
    throw new Problem('malformed', 'no passkey was made: the browser makes it, and needs JavaScript for it');
  return soundForm(
    madeSchema.safeParse({
      attestation: jsonField('attestation', attestation),
      name: typedIn(form, 'name')?.trim() || 'passkey',
    }),
  );
}

const madeSchema = z.object({ attestation: attestationSchema, name: text(100) });

function labelled(problem: Problem): Problem {
  const { faults = [] } = problem.more;
  const byLabel = faults.map(({ where, problem: faultText }) => ({
    where: LABELS[where.split('.')[0] ?? ''] ?? where,
    problem: faultText,
  }));
  return new Problem(problem.problem, problem.message, { ...problem.more, faults: byLabel });
}

/** The data of the section on absence. It is read here, not by a worker, because the page must also show the factors without workers. */
async function awayOf(
  { ledger, installation, now }: Pick<GatewayDeps, 'ledger' | 'installation' | 'now'>,
  person: string,
): Promise<Omit<AwayData, 'typed'>> {
  const { people, services, actionTypes, rules } = installation();
  const { timeZone } = rules.calendar;
  const { delegations } = parseDelegations(await ledger.entriesOf(DELEGATIONS));
  const standingDelegations = notOver(delegations, now());
  return {
    delegations: standingDelegations.filter(({ from, to }) => from === person || to === person),
    people: Object.values(people).filter(({ name }) => name !== person),
    services: Object.keys(services),
    actionTypes: Object.keys(actionTypes),
    timeZone,
    today: localTime(now(), timeZone).date,
  };
}
