import { SERVICE_TIERS, TIERS } from '../action/action.ts';
import { OUTCOMES } from '../action/outcome.ts';
import { REPORTED } from '../action/reported.ts';
import { type AttentionFacts, askedIn, decidedIn } from '../attention/request-facts.ts';
import type { Json } from '../shared/json.ts';
import { nameAt, oneOf, partOf, textAt } from '../shared/json-reader.ts';
import type { NewEntry } from './ledger.ts';
import type { PastAction } from './past-action.ts';

/** A past action, with the earlier facts that its later entries need. */
export type Projected = Omit<PastAction, 'sameness'> & {
  /** Milliseconds since the epoch. Absent: nothing was rolled back. */
  readonly rollbackBeganAt?: number | undefined;
  /** Absent: it was ruled on by a version that did not record it. */
  readonly attention?: AttentionFacts | undefined;
};

/**
 * Adds one more ledger entry to what is known about an action. An entry without the facts that its step writes changes nothing, so that no
 * entry can prevent another from being recorded.
 */
export function project(
  pastAction: Projected | undefined,
  { actionId, kind, at, body }: NewEntry,
): Projected | undefined {
  if (kind === 'ruled') {
    const rulingFacts = ruledIn(body);
    return rulingFacts
      ? { ...pastAction, ...rulingFacts, actionId, ruledAt: at, attention: askedIn(body) }
      : pastAction;
  }
  if (!pastAction) return undefined;
  switch (kind) {
    case 'admitted':
      // After a reset the action runs once more.
      return {
        ...pastAction,
        admittedAt: at,
        rollbackBeganAt: undefined,
        closed: undefined,
        verdict: undefined,
        reported: undefined,
      };
    case 'verdict':
      return { ...pastAction, rollbackBeganAt: at };
    case 'closed': {
      const closed = closedIn(body, at, pastAction.rollbackBeganAt);
      const { attention } = pastAction;
      const verdict = oneOf(VERDICTS, partOf(body, 'record', 'verdict', 'kind'));
      return closed
        ? {
            ...pastAction,
            closed,
            ...(verdict ? { verdict } : {}),
            ...(attention ? { attention: { ...attention, ...decidedIn(body) } } : {}),
          }
        : pastAction;
    }
    case 'reviewed':
      return { ...pastAction, review: oneOf(REVIEWS, partOf(body, 'result', 'kind')) ?? pastAction.review };
    case 'reported': {
      const found = oneOf(REPORTED, partOf(body, 'found'));
      return found && !pastAction.reported ? { ...pastAction, reported: { found, at } } : pastAction;
    }
    case 'erasureOrdered': {
      const { closed } = pastAction;
      // It is not known which of its entries a text came from.
      return {
        ...pastAction,
        params: undefined,
        ...(closed ? { closed: { ...closed, reason: undefined } } : {}),
      };
    }
    default:
      return pastAction;
  }
}

type Ruled = Pick<
  PastAction,
  | 'agent'
  | 'actionType'
  | 'target'
  | 'serviceTier'
  | 'environment'
  | 'params'
  | 'confidence'
  | 'tier'
  | 'risk'
  | 'takesBack'
>;

const SETTLEMENTS = ['approved', 'denied', 'proceed', 'brokenGlass', 'expired', 'undeliverable'] as const;
const VERDICTS = ['healthy', 'regressed', 'inconclusive', 'error'] as const;
const REVIEWS = ['agreed', 'disagreed', 'overdue'] as const;

function ruledIn(body: Json): Ruled | undefined {
  const action = partOf(body, 'action');
  const names = {
    id: nameAt(action, 'agent', 'id'),
    version: nameAt(action, 'agent', 'version'),
    model: nameAt(action, 'agent', 'model'),
    promptDigest: nameAt(action, 'agent', 'promptDigest'),
    actionType: nameAt(action, 'type'),
    target: nameAt(action, 'target'),
    environment: nameAt(action, 'environment'),
  };
  const serviceTier = oneOf(SERVICE_TIERS, partOf(action, 'serviceTier'));
  const tier = oneOf(TIERS, partOf(body, 'ruling', 'tier'));
  const { id, version, model, promptDigest, actionType, target, environment } = names;
  if (!id || !version || !actionType || !target || !environment || !serviceTier || !tier) return undefined;
  const agent = { id, version, ...(model ? { model } : {}), ...(promptDigest ? { promptDigest } : {}) };
  return {
    agent,
    actionType,
    target,
    environment,
    serviceTier,
    params: paramsIn(action),
    confidence: confidenceIn(body),
    tier,
    risk: riskIn(body),
    takesBack: nameAt(action, 'takesBack', 'actionId'),
  };
}

/** The longest JSON of a parameter that is kept, in characters. Many past actions are read for each assessment. */
const LONGEST_PARAMETER = 500;

/** What PostgreSQL does not hold: NUL, and half a character. JSON.stringify writes both as escapes. */
const NOT_STORED = /\\u(0000|d[89a-f])/;

/** Returns the parameters that are short, and that any store can hold. */
function paramsIn(action: Json | undefined): PastAction['params'] {
  const params = partOf(action, 'params');
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return undefined;
  const kept = Object.entries(params).filter((entry) => {
    const text = JSON.stringify(entry);
    return text.length <= LONGEST_PARAMETER && !NOT_STORED.test(text);
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Returns how sure the agent was. Undefined for a ruling from before proposals were recorded with it. */
function confidenceIn(body: Json): number | undefined {
  const confidence = partOf(body, 'proposal', 'rationale', 'confidence');
  return typeof confidence === 'number' && confidence >= 0 && confidence <= 1 ? confidence : undefined;
}

/** Returns the risk score; 0 for an action that was ruled on before there were scores. */
function riskIn(body: Json): number {
  const risk = partOf(body, 'impact', 'riskScore');
  return typeof risk === 'number' ? risk : 0;
}

function closedIn(body: Json, at: number, rollbackBeganAt: number | undefined): PastAction['closed'] {
  const outcome = oneOf(OUTCOMES, partOf(body, 'outcome', 'kind'));
  if (!outcome) return undefined;
  const reason = textAt(body, 'outcome', 'reason');
  const settlement = oneOf(SETTLEMENTS, partOf(body, 'record', 'settlement', 'kind'));
  const rollbackWorked = partOf(body, 'record', 'rollback') !== undefined && rollbackBeganAt !== undefined;
  return {
    at,
    outcome,
    ...(reason ? { reason } : {}),
    ...(settlement ? { settlement } : {}),
    ...(rollbackWorked ? { rollbackMs: at - rollbackBeganAt } : {}),
    ...(outcome === 'succeeded' && wasFoundHealthy(body) ? { foundHealthy: true } : {}),
  };
}

/** An action of which nothing is watched has a healthy verdict too, and no measurements. What a person kept was not found healthy. */
function wasFoundHealthy(body: Json): boolean {
  const measurements = partOf(body, 'record', 'measurements');
  return (
    partOf(body, 'record', 'verdict', 'kind') === 'healthy' &&
    partOf(body, 'record', 'kept') === undefined &&
    Array.isArray(measurements) &&
    measurements.length > 0
  );
}
