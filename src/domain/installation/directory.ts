import type { Action } from '../action/action.ts';
import type { Approver } from '../approval/requirement.ts';
import { peopleOn } from '../calendar/on-call-schedule.ts';
import type { Whom } from '../escalation/route-template.ts';
import { lookup } from '../shared/lookup.ts';
import type { Installation } from './installation.ts';

/** Returns the names of the people of `user:name`, `group:name` or `schedule:name`; empty for an unknown one, which the loader refuses. */
export function membersOf(installation: Installation, ref: string): readonly string[] {
  const [kind, name = ''] = ref.split(':');
  if (kind === 'user') return lookup(installation.people, name) ? [name] : [];
  if (kind === 'schedule') {
    const schedule = lookup(installation.rules.schedules ?? {}, name);
    return schedule ? peopleOn(schedule) : [];
  }
  return lookup(installation.groups, name) ?? [];
}

/** Returns the people that `owners`, `data-owners`, `on-call` or a group stand for, for this action; each once. */
export function audience(installation: Installation, action: Action, recipients: readonly Whom[]) {
  const refs = [...new Set(recipients.flatMap((recipient) => refsOf(installation, action, recipient)))];
  const people = [...new Set(refs.flatMap((ref) => membersOf(installation, ref)))];
  return { whom: refs.map(nameIn).join(' or '), people };
}

function refsOf(installation: Installation, action: Action, recipient: Whom): readonly string[] {
  const service = lookup(installation.services, action.target);
  switch (recipient) {
    case 'owners':
      return [service?.owner ?? ''];
    case 'data-owners':
      // A service without a database declares only its own data.
      return service?.dataOwners?.length ? service.dataOwners : [service?.owner ?? ''];
    case 'on-call':
      return [installation.rules.onCall];
    default:
      return [recipient];
  }
}

/** Returns a person as they are pinned. With a gateway, everybody in the catalog can sign in there. */
export function approverNamed({ people, rules }: Installation, name: string): Approver {
  const entry = lookup(people, name);
  return { person: name, keys: entry?.keys ?? [], ...(entry && rules.gateway ? { signsIn: true } : {}) };
}

/** Returns `checkout-team` for `group:checkout-team`. */
export const nameIn = (ref: string) => ref.replace(/^(user|group|schedule):/, '');
