import { defineSearchAttributeKey } from '@temporalio/common';

/** The status of an action or a review, as coarse as a list needs it. */
export type IndexedStatus = 'running' | 'waiting' | 'closed';

/**
 * The search attributes by which operators filter in the Temporal UI. They are registered when a worker starts, and never contain a secret
 * or text of an agent.
 */
export const searchAttributes = {
  tier: defineSearchAttributeKey('CountersignTier', 'INT'),
  status: defineSearchAttributeKey('CountersignStatus', 'KEYWORD'),
  agent: defineSearchAttributeKey('CountersignAgent', 'KEYWORD'),
  actionType: defineSearchAttributeKey('CountersignActionType', 'KEYWORD'),
  target: defineSearchAttributeKey('CountersignTarget', 'KEYWORD'),
  environment: defineSearchAttributeKey('CountersignEnvironment', 'KEYWORD'),
  outcome: defineSearchAttributeKey('CountersignOutcome', 'KEYWORD'),
  deadline: defineSearchAttributeKey('CountersignDeadline', 'DATETIME'),
} as const;
