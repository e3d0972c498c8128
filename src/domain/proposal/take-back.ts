import type { Action, Plan, Proposal, Wish } from '../action/action.ts';
import { OURSELVES } from '../action/take-back.ts';
import type { Installation } from '../installation/installation.ts';
import { digestOf } from '../shared/digest.ts';
import type { Fault } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';
import { type CheckParams, unfit } from './check-proposal.ts';
import { type Resolved, scopeOf, takeBackIdOf, watchOf } from './resolve-proposal.ts';
import { unsafeValues } from './unsafe-values.ts';

/** A person's wish, with what it is about, all of it from the ledger. */
export interface WishOnRecord extends Wish {
  readonly person: string;
  readonly reason: string;
  /** The action that is to be taken back, as it ran. */
  readonly ran: Action;
  /** The digest with which it was admitted, and when, in milliseconds since the epoch. */
  readonly digest: string;
  readonly admittedAt: number;
}

/** Returns the proposal that a wish is. Nobody else has a say in it. */
export function takeBackProposal({ ran, actionId, attempt, jws, reason }: WishOnRecord): Proposal {
  const { type, target, environment, params } = ran;
  return {
    actionType: type,
    target,
    environment,
    params,
    agent: OURSELVES,
    rationale: {
      summary: reason,
      // A person is asked for a reason and for no number: this one says nothing in either direction.
      confidence: 0.5,
      alternatives: [
        { option: 'leave it as it is', confidence: 0.5, whyNot: 'a person wants it taken back' },
      ],
    },
    evidence: [{ title: 'the action that is taken back', detail: actionId }],
    successCriteria: ['what is watched after it stays within its limits'],
    idempotencyKey: `take-back-${attempt}`,
    takesBack: { actionId, attempt, jws },
  };
}

/**
 * Resolves a wish into the action that would run. INVARIANT 13: the request is the rollback that was recorded, byte by byte, and everything else
 * follows from the record and from the installation.
 */
export function takingBack(
  installation: Installation,
  wish: WishOnRecord,
  checkParams: CheckParams,
): Resolved {
  const { ran, actionId, attempt, person, digest, admittedAt } = wish;
  const { target, environment, params, rollback, title } = ran;
  const type = lookup(installation.actionTypes, ran.type);
  const service = lookup(installation.services, target);
  const faults = unfit(installation, { actionType: ran.type, target, environment, params }, checkParams);
  if (!type || !service || faults.length > 0) return { kind: 'refused', faults };
  if (!rollback) return { kind: 'refused', faults: [NO_ROLLBACK(actionId)] };
  const id = takeBackIdOf({ actionId, attempt });
  const scope = scopeOf(installation, { id, target, environment, params });
  const unsafe = unsafeValues(type, scope);
  if (unsafe.length > 0) return { kind: 'refused', faults: unsafe };
  // How to find out whether its effect is there says nothing about the effect of undoing it.
  const { rollback: _, watch: __, reconcile: ___, ...same } = ran;
  const action: Action = {
    ...same,
    id,
    title: `take back: ${title}`,
    serviceTier: service.serviceTier,
    agent: { ...OURSELVES, owner: `user:${person}` },
    execute: rollback,
    ...([ran.execute, rollback].every(mayRunAgain) ? { rollback: ran.execute } : {}),
    ...(type.watch ? { watch: watchOf(type.watch, scope) } : {}),
    takesBack: { actionId, digest, admittedAt },
  };
  return { kind: 'resolved', proposal: takeBackProposal(wish), action, type };
}

/** Returns what speaks against a proposal that takes an action back: that it is not what the wish on record gives. */
export const otherThanWished = (proposal: Proposal, resolution: Resolved): Fault[] =>
  resolution.kind === 'refused' || digestOf(proposal) === digestOf(resolution.proposal)
    ? []
    : [{ where: 'the whole', problem: 'is not what follows from the wish on record: ask for it anew' }];

const NO_ROLLBACK = (actionId: string): Fault => ({
  where: 'takesBack',
  problem: `${actionId} has no rollback: it cannot be taken back`,
});

/** Whether a request may be sent once more, under another key. A command may only where operators say so. */
const mayRunAgain = (plan: Plan): boolean =>
  plan.executor === 'http' ||
  plan.executor === 'job' ||
  (plan.executor === 'command' && plan.repeatable === true);
