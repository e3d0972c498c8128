/** What the bare workflow asks for: the same effects as a governed action, and nothing that governs them. */
export interface BareRequest {
  readonly actionId: string;
  readonly target: string;
  readonly version: string;
  readonly needsApproval: boolean;
  readonly checks: number;
  readonly intervalMs: number;
}

export type BareActivities = ReturnType<typeof createBareActivities>;

/** @param targetUrl the URL of the system that is changed */
export const createBareActivities = (targetUrl: string) => ({
  assess: async ({ target, version }: BareRequest) => ({
    severity: version.length % 5,
    reasons: [`${target} is to be set to ${version}`],
  }),

  execute: async ({ actionId, target, version }: BareRequest) => {
    const response = await fetch(`${targetUrl}/effects/${target}/set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': actionId },
      body: JSON.stringify({ version }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the target answered ${response.status}`);
    return { summary: await response.text(), at: Date.now() };
  },

  measure: async () => {
    const response = await fetch(`${targetUrl}/metrics`, { signal: AbortSignal.timeout(5_000) });
    const [, number] = /^bench_error_ratio (\S+)$/m.exec(await response.text()) ?? [];
    const value = Number(number);
    return { value, healthy: value <= 0.02, at: Date.now() };
  },
});
