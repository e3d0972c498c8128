/**
 * The addresses of the pages, and of what their forms post to. All forms send `csrf`; those of an action also `runId` and `digest`,
 * so that a decision is on what the person saw.
 */
export const PATHS = {
  pending: '/pending',
  decided: '/decided',
  reviews: '/reviews',
  actions: '/actions',
  dashboard: '/dashboard',
  /** The page of a person's second factors. */
  account: '/account',
  signOut: '/sign-out',
  /** Of `countersign practice` alone: what a person caught and missed. */
  practiceResult: '/result',
  action: (actionId: string) => `/actions/${encodeURIComponent(actionId)}`,
  /** A file: every entry of the ledger about the action, each with its proof. */
  proof: (actionId: string) => `/api/actions/${encodeURIComponent(actionId)}/proof`,
  /**
   * POST: `verdict` (`approve`, `deny`, `withdraw`, `revoke`, `edit`, `ask`, `acknowledge`, `breakGlass`, `keep`), and with it `reason`, `named`
   * (one of `NAMED_REASONS`), `params` (JSON), `incident`, `confirms-` and a digest for each finding that an approval must confirm;
   * `assertion` (JSON) or `code` where a step-up is needed.
   */
  decide: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/decide`,
  /** POST: `verdict` (`approve`, `deny`), `reason`, `named`; `runId` and `digest` of the review. */
  review: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/review`,
  /** POST: `what`, one of `WHAT_DECIDED`: what decided this person's answer. */
  whatDecided: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/what-decided`,
  /** POST: `finding`, one of `FINDING_KINDS`: this person followed one to what it is about. */
  followed: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/followed`,
  /** POST: cancels the request. */
  cancel: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/cancel`,
  /** POST: `kind`, what belongs to it, `reason`, and `assertion` (JSON) or `code`: an order about an action that is over. */
  order: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/order`,
  /** POST, the same: options for a passkey's assertion that is bound to it. */
  orderOptions: (actionId: string) => `/actions/${encodeURIComponent(actionId)}/order/options`,
  /** POST, JSON `{actionId, runId, digest, verdict}`: options for a passkey's assertion that is bound to them. */
  stepUpOptions: '/api/step-up/options',
} as const;

/** The page with the form that posts to this address. */
export const pageOfForm = (formPath: string): string =>
  /^\/(?:account|actions\/[^/]+)(?=\/)/.exec(formPath)?.[0] ?? PATHS.pending;

/** Why people deny, so that denials can be counted by reason. */
export const NAMED_REASONS = [
  'Wrong time',
  'Too risky',
  'Not enough evidence',
  'Wrong target or parameters',
  'There is a better way',
  'Not needed',
  'Other',
] as const;

/** The reason that is signed, from the fields of the form. Undefined: the form gives none. */
export function reasonSent({ named, reason }: { named?: string | undefined; reason?: string | undefined }) {
  const namedReason = NAMED_REASONS.find((candidate) => candidate === named && candidate !== 'Other');
  const text = reason?.trim() ?? '';
  if (namedReason) return text === '' ? namedReason : `${namedReason}: ${text}`;
  return text === '' ? undefined : text;
}
