import type { SendResult } from '../activities/ports/channels.ts';

/** A change of a person's second factors. */
export interface FactorChange {
  readonly id: string;
  readonly person: string;
  readonly change: 'passkeyAdded' | 'passkeyRemoved' | 'totpAdded' | 'totpRemoved';
  /** The name that the person gave the passkey. */
  readonly name?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The changes of factors, as the gateway recorded them. */
export interface FactorChanges {
  /** The changes that nobody was told of, the oldest first. @param since milliseconds since the epoch */
  untold(since: number, limit: number): Promise<FactorChange[]>;
  /** Sends one notice. Of several workers, one sends it. @returns whether this worker sent it */
  tell(change: FactorChange, at: number, send: () => Promise<boolean>): Promise<boolean>;
}

/** How long the mail of a change is tried. */
const TRIED_MS = 7 * 24 * 3_600_000;
const AT_ONCE = 20;

/**
 * Mails each person the changes of their second factors. A worker does this, because the gateway has no mail settings.
 *
 * @returns the mails that could not be sent, and why
 */
export function createFactorNotices(
  changes: FactorChanges,
  mail: (change: FactorChange) => Promise<SendResult>,
) {
  return async (now: number): Promise<readonly string[]> => {
    const failures: string[] = [];
    for (const change of await changes.untold(now - TRIED_MS, AT_ONCE)) {
      await changes.tell(change, now, async () => {
        const result = await mail(change);
        if (result.kind !== 'delivered') failures.push(`${change.person}: ${result.reason}`);
        // A mail that is refused for good is not tried again.
        return result.kind !== 'unavailable';
      });
    }
    return failures;
  };
}
