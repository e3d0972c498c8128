import { defineSearchAttributeKey } from '@temporalio/common';

/** Where an action or a review stands, as coarsely as a list needs it. */
export type IndexedStatus = 'running' | 'waiting' | 'closed';

/** What operators filter by in the Temporal UI. Registered when a worker starts. Never a secret, never agent text. */
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
