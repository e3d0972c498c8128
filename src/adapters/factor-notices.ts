import type { SendResult } from '../activities/ports/channels.ts';

/** What a person changed of what they prove themselves with. */
export interface FactorChange {
  readonly id: string;
  readonly person: string;
  readonly change: 'passkeyAdded' | 'passkeyRemoved' | 'totpAdded' | 'totpRemoved';
  /** What they call the passkey. */
  readonly name?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Where the gateway writes them down. */
export interface FactorChanges {
  /** Those of which nobody was told, the oldest first. @param since milliseconds since the epoch */
  untold(since: number, limit: number): Promise<FactorChange[]>;
  /** Of several workers one sends. @returns whether it was sent by this one */
  tell(change: FactorChange, at: number, send: () => Promise<boolean>): Promise<boolean>;
}

/** For so long it is tried to mail it. */
const TRIED_MS = 7 * 24 * 3_600_000;
const AT_ONCE = 20;

/**
 * Mails each person what was changed of what they prove themselves with: a worker does, as the gateway has no mail settings.
 *
 * @returns those that could not be mailed, and why
 */
export function createFactorNotices(
  changes: FactorChanges,
  mail: (change: FactorChange) => Promise<SendResult>,
) {
  return async (now: number): Promise<readonly string[]> => {
    const failed: string[] = [];
    for (const change of await changes.untold(now - TRIED_MS, AT_ONCE)) {
      await changes.tell(change, now, async () => {
        const result = await mail(change);
        if (result.kind !== 'delivered') failed.push(`${change.person}: ${result.reason}`);
        // What is refused for good is not tried again.
        return result.kind !== 'unavailable';
      });
    }
    return failed;
  };
}
