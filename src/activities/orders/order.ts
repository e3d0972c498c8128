import { DELEGATIONS, parseDelegations } from '../../contract/delegation.ts';
import { orderWorkflowId } from '../../contract/ids.ts';
import { readOrder } from '../../contract/order.ts';
import { scoreCardSubject } from '../../contract/score-card.ts';
import type { AgentBuild, Proposal } from '../../domain/action/action.ts';
import type { Delegation } from '../../domain/approval/delegation.ts';
import { heldLevel } from '../../domain/autonomy/held-level.ts';
import { reportOn } from '../../domain/autonomy/promotion.ts';
import { missingCard } from '../../domain/autonomy/score-card-rule.ts';
import type { Granted } from '../../domain/autonomy/standing.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import {
  type DelegateOrder,
  delegationFaults,
  type EndDelegationOrder,
  endFaults,
} from '../../domain/orders/delegation-order.ts';
import {
  buildOf,
  type CarriedOut,
  type GrantOrder,
  keyOfGrant,
  type Order,
  orderFaults,
  type ScoreCardOrder,
} from '../../domain/orders/order.ts';
import type { Authorize } from '../../domain/policy/policy.ts';
import { liftersOf, whyNotLift } from '../../domain/ruling/lift-hold.ts';
import { type Fault, faultsText } from '../../domain/shared/json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Holds } from '../ports/holds.ts';
import type { PastActions } from '../ports/past-actions.ts';
import { createAskTakeBack, type TakeBackDeps } from '../ruling/take-back.ts';
import { readDelegations } from '../shared/delegations.ts';
import { failure } from '../shared/failure.ts';
import { behindHold } from '../shared/lifting.ts';
import { scoreCards } from '../shared/score-cards.ts';
import { standingFact, standingFacts } from '../shared/standing.ts';
import type { StepDeps } from '../shared/step.ts';
import { createLedgerOrders } from './order-ledger.ts';
import { createEndLost, type LostDeps } from './order-lost.ts';
import { createReport } from './order-report.ts';

/** An order that is being carried out. */
interface Handed {
  readonly jws: string;
  /** The workflow that carries it out. */
  readonly workflowId: string;
  /** Milliseconds since the epoch, the server's time. */
  readonly handedInAt: number;
}

export interface OrderDeps extends StepDeps, LostDeps, TakeBackDeps {
  readonly installation: Installation;
  /** Asks the installation's policies. */
  readonly authorize: Authorize;
  readonly pastActions: PastActions;
  readonly holds: Holds;
}

/** What was done; with a wish to take an action back comes the proposal that follows from it. */
type Carried =
  | CarriedOut
  | (Extract<CarriedOut, { kind: 'takeBackAsked' }> & { readonly proposal: Proposal });

export function createOrder(deps: OrderDeps) {
  const { installation, authorize, ledger, pastActions, holds, step } = deps;
  const endLost = createEndLost(deps);
  const report = createReport(deps);
  const ledgerOrders = createLedgerOrders(deps);
  const askTakeBack = createAskTakeBack(deps);

  async function grant(order: GrantOrder, { jws, workflowId, handedInAt }: Handed): Promise<CarriedOut> {
    const key = keyOfGrant(order);
    const { level, person, reason } = order;
    const facts = await standingFacts(deps, order.agent);
    const answer: CarriedOut = { kind: 'granted', level };
    if (facts.some((change) => change.kind === 'granted' && change.orderId === workflowId)) return answer;
    const newGrant: Granted = {
      kind: 'granted',
      key,
      level,
      by: person,
      reason,
      orderId: workflowId,
      // Never later than it was handed in: otherwise a person whose clock runs ahead would win over what goes wrong meanwhile.
      at: Math.min(order.at, handedInAt),
    };
    const levelAfter = heldLevel([...facts, newGrant], key);
    if (levelAfter?.given !== newGrant || levelAfter.lowered.length > 0) {
      throw refusal([{ where: 'at', problem: `the standing changed after it was signed: look at it again` }]);
    }
    const levelBefore = heldLevel(facts, key);
    const noCard = await missing(key.agent, levelBefore?.evidenceFrom ?? 0);
    if (noCard !== undefined && level > (levelBefore?.level ?? 0))
      throw refusal([{ where: 'agentVersion', problem: `a higher level needs ${noCard}` }]);
    const type = lookup(installation.actionTypes, key.actionType);
    const { evidence, promotion } = reportOn(
      key,
      levelBefore ?? levelAfter,
      type,
      await pastActions.of(key),
      noCard,
    );
    const heldBefore = levelBefore?.level ?? null;
    await ledger.append(
      standingFact(newGrant, workflowId, { jws, signedAt: order.at, heldBefore, evidence, promotion }),
    );
    return answer;
  }

  /** What is missing for the score card that the installation asks for. */
  const missing = async (agent: AgentBuild, from: number) =>
    missingCard(installation.rules.standing?.scoreCard, await scoreCards(deps, agent.id), agent, from);

  /** Records how a build did. Like a grant it is never later than it was handed in. */
  async function recordCard(
    order: ScoreCardOrder,
    { jws, workflowId, handedInAt }: Handed,
  ): Promise<CarriedOut> {
    const { person: by, build, cases, wrong, digest, reason } = order;
    const agent = buildOf(order);
    await ledger.append({
      eventId: workflowId,
      actionId: scoreCardSubject(agent.id),
      kind: 'scoreCardRecorded',
      at: Math.min(order.at, handedInAt),
      body: { agent, build, cases, wrong, digest, by, reason, jws },
    });
    return { kind: 'scoreCardRecorded', cases, wrong };
  }

  async function lift(
    { holdId, person, reason, at }: Extract<Order, { kind: 'lift' }>,
    jws: string,
  ): Promise<CarriedOut> {
    const answer: CarriedOut = { kind: 'holdLifted', holdId };
    const entries = await ledger.entriesOf(holdId);
    if (
      entries.some(({ kind, body }) => kind === 'holdLifted' && Reflect.get(Object(body), 'order') === jws)
    ) {
      return answer;
    }
    const standingHolds = await holds.list();
    const hold = standingHolds.find(({ id }) => id === holdId);
    const peopleBehind = hold && (await behindHold(deps, hold));
    const whyNot = whyNotLift(installation, person, peopleBehind);
    if (whyNot !== undefined) {
      const otherLifters = liftersOf(installation, peopleBehind).join(', ') || 'nobody of them is left';
      throw refusal([
        { where: 'person', problem: `${whyNot}, so somebody else has to lift ${holdId}: ${otherLifters}` },
      ]);
    }
    if (hold && (await holds.lift(holdId, { by: person, reason, at }, jws)).kind === 'lifted') return answer;
    const standingIds = standingHolds.map(({ id }) => id).join(', ');
    throw refusal([
      { where: 'holdId', problem: `no hold ${holdId} stands; those that do: ${standingIds || 'none'}` },
    ]);
  }

  async function delegate(
    order: DelegateOrder,
    { jws, workflowId, handedInAt }: Handed,
  ): Promise<CarriedOut> {
    const id = `delegation-${shortOf(workflowId)}`;
    const delegations = await readDelegations(deps);
    const otherDelegations = delegations.filter(
      (otherDelegation) => otherDelegation.id !== id && otherDelegation.until > handedInAt,
    );
    const faults = delegationFaults(installation, order, otherDelegations, handedInAt);
    if (faults.length > 0) throw refusal(faults);
    const { person: from, to, scope, since, until, reason } = order;
    const delegation: Delegation = { id, from, to, scope, since, until, reason };
    const at = Math.min(order.at, handedInAt);
    await ledger.append({
      eventId: workflowId,
      actionId: DELEGATIONS,
      kind: 'delegated',
      at,
      body: { delegation, jws },
    });
    return { kind: 'delegated', delegationId: id };
  }

  async function endDelegation(
    order: EndDelegationOrder,
    { jws, workflowId, handedInAt }: Handed,
  ): Promise<CarriedOut> {
    const { delegationId: id, person: by, reason } = order;
    const answer: CarriedOut = { kind: 'delegationEnded', delegationId: id };
    const entries = await ledger.entriesOf(DELEGATIONS);
    if (entries.some(({ eventId }) => eventId === workflowId)) return answer;
    const faults = endFaults(order, parseDelegations(entries).delegations);
    if (faults.length > 0) throw refusal(faults);
    const at = Math.min(order.at, handedInAt);
    await ledger.append({
      eventId: workflowId,
      actionId: DELEGATIONS,
      kind: 'delegationEnded',
      at,
      body: { id, by, reason, jws },
    });
    return answer;
  }

  return {
    /**
     * Carries out what a person signed, or refuses it with everything that speaks against it. Repeating it is harmless. The server
     * says which workflow carries it out, and when.
     */
    carryOut: async (jws: string): Promise<Carried> => {
      const { workflowId, at: handedInAt } = step();
      const input = { jws, workflowId, handedInAt };
      const parsed = readOrder(jws);
      if (parsed.kind === 'refused') throw refusal(parsed.faults);
      const { order } = parsed;
      const ownWorkflowId = orderWorkflowId(jws);
      const faults = [
        ...(workflowId === ownWorkflowId
          ? []
          : [
              {
                where: 'the workflow id',
                problem: `is ${workflowId}; this order is carried out as ${ownWorkflowId} alone`,
              },
            ]),
        ...orderFaults(installation, authorize, order, jws, handedInAt),
      ];
      if (faults.length > 0) throw refusal(faults);
      const newId = `legal-hold-${shortOf(ownWorkflowId)}`;
      switch (order.kind) {
        case 'grant':
          return grant(order, input);
        case 'scoreCard':
          return recordCard(order, input);
        case 'lift':
          return lift(order, jws);
        case 'hold': {
          const { scope, person, reason, at } = order;
          const holdId = `hold-${shortOf(ownWorkflowId)}`;
          await holds.place({ id: holdId, scope, placedBy: person, reason, at }, jws);
          return { kind: 'holdPlaced', holdId };
        }
        case 'takeBack':
        case 'release':
          return done(await endLost(order, jws, handedInAt));
        case 'report':
          return done(await report(order, jws, handedInAt));
        case 'rollback': {
          const answer = await askTakeBack(order, jws, handedInAt);
          if (answer.kind === 'refused') throw refusal(answer.faults);
          return { ...answer.done, proposal: answer.proposal };
        }
        case 'erase':
          return done(await ledgerOrders.erase(order, { ...input, newId }));
        case 'placeLegalHold':
          return done(await ledgerOrders.placeLegalHold(order, { ...input, newId }));
        case 'endLegalHold':
          return done(await ledgerOrders.endLegalHold(order, { ...input, newId }));
        case 'delegate':
          return delegate(order, input);
        case 'endDelegation':
          return endDelegation(order, input);
      }
    },
  };
}

/** The first 12 characters of the digest in `order/<digest>`. */
const shortOf = (workflowId: string) => workflowId.slice('order/'.length, 'order/'.length + 12);

/** What was done. @throws ApplicationFailure `OrderRefused` */
function done(
  answer:
    | { readonly kind: 'done'; readonly done: CarriedOut }
    | { readonly kind: 'refused'; readonly faults: readonly Fault[] },
): CarriedOut {
  if (answer.kind === 'refused') throw refusal(answer.faults);
  return answer.done;
}

function refusal(faults: readonly Fault[]) {
  return failure('OrderRefused', faultsText(faults), faults);
}
