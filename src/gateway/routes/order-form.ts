import { z } from 'zod';
import { identifier, text } from '../../contract/json.ts';
import { unsignedOrderSchema } from '../../contract/order.ts';
import { plainly } from '../../contract/zod-messages.ts';
import type { DelegationScope } from '../../domain/approval/delegation.ts';
import { instantOf } from '../../domain/calendar/local-time.ts';
import type { Unsigned } from '../../domain/orders/order.ts';
import { type Form, typedIn } from '../pages/form.ts';
import { Problem } from '../ports/problem.ts';
import { soundForm } from './sound-form.ts';

const DAY_MS = 24 * 3_600_000;
const day = z.iso.date('must be a day, such as 2026-12-24');

const formSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delegate'),
    to: identifier,
    from: day,
    until: day,
    reason: text(2_000),
    scope: z.string().regex(/^(everything|service:.+|actionType:.+)$/, 'must be one of those in the list'),
  }),
  z.object({ kind: z.literal('endDelegation'), delegationId: text(500), reason: text(2_000) }),
]);

/**
 * The order in the form of the account page. The same form gives the same order, so that a passkey's assertion fits it.
 *
 * @param timeZone the time zone in which days begin and end; the last day counts
 * @throws Problem with everything that is wrong with it
 */
export function orderIn(form: Form, timeZone: string): Unsigned {
  const fields = Object.keys(form).map((name) => [name, typedIn(form, name)]);
  const typed = soundForm(formSchema.safeParse(Object.fromEntries(fields), { error: plainly }));
  if (typed.kind === 'endDelegation') return typed;
  const { kind, to, from, until, scope, reason } = typed;
  return {
    kind,
    to,
    scope: scopeIn(scope),
    reason,
    since: instantOf(Date.parse(from), timeZone),
    until: instantOf(Date.parse(until) + DAY_MS, timeZone),
  };
}

/** The members of the orders that the page of an action has forms for, besides `kind`, `actionId` and `reason`. */
const ABOUT_ACTION = { rollback: 'digest', report: 'found' } as const;

/** The order in a form of an action's page. @throws Problem with everything that is wrong with it */
export function actionOrderIn(form: Form, actionId: string): Unsigned {
  const kind = typedIn(form, 'kind');
  if (kind !== 'rollback' && kind !== 'report')
    throw new Problem('malformed', 'the order must be a rollback or a report');
  const member = ABOUT_ACTION[kind];
  const typed = { kind, actionId, [member]: typedIn(form, member), reason: typedIn(form, 'reason') };
  return soundForm(unsignedOrderSchema.safeParse(typed, { error: plainly }));
}

function scopeIn(scope: string): DelegationScope {
  const name = scope.slice(scope.indexOf(':') + 1);
  if (scope.startsWith('service:')) return { kind: 'service', service: name };
  return scope.startsWith('actionType:') ? { kind: 'actionType', actionType: name } : { kind: 'everything' };
}
