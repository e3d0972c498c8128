import type { Action } from '../action/action.ts';
import { actionDigest, type Pins } from '../action/action-digest.ts';
import { audience, membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide } from '../installation/requester-side.ts';
import type { Impact } from '../risk/impact.ts';
import { digestOf } from '../shared/digest.ts';
import { lookup } from '../shared/lookup.ts';

/** The people whom an action concerns besides its approvers, by name. */
interface Concerned {
  readonly owners: readonly string[];
  readonly onCall: readonly string[];
  /** The agent's owner: is told how the action ended, and is never asked to approve. */
  readonly requester: readonly string[];
}

/** What a ruling is about and rests on; the same for every kind of ruling. */
export interface Grounds {
  /** The name of the installation that rules on it. */
  readonly installation: string;
  readonly pins: Pins;
  readonly digest: string;
  readonly people: Concerned;
}

export function groundsOf(installation: Installation, action: Action, impact: Impact): Grounds {
  const { policy, catalog, actionTypes } = installation.digests;
  const actionType = lookup(actionTypes, action.type) ?? 'unknown';
  const pins = { policy, catalog, actionType, impact: digestOf(impact) };
  return {
    installation: installation.name,
    pins,
    digest: actionDigest(action, pins),
    people: {
      owners: audience(installation, action, ['owners']).people,
      onCall: membersOf(installation, installation.rules.onCall),
      requester: requesterSide(installation, action.agent),
    },
  };
}
