import type { RuledBefore } from '../../domain/attention/anomaly-rules.ts';
import type { Attention, NotAsked, Request } from '../../domain/attention/request-limits.ts';
import type { Fact } from './ledger.ts';

/** What the ledger says of people's attention. All throw when the store is unreachable. */
export interface AttentionRecords {
  /**
   * In one transaction: appends the ruling, or does nothing because what is open or was denied speaks against it.
   *
   * @returns why it was not appended
   */
  permit(request: Request, attention: Attention, ruling: Fact): Promise<NotAsked | undefined>;
  /** How often each person was asked first since then. */
  asksSince(since: number): Promise<ReadonlyMap<string, number>>;
  /** What this agent asked for since then, and what these people decided on; the newest 2,000. */
  seenSince(since: number, agent: string, people: readonly string[]): Promise<RuledBefore[]>;
  /** The holds on what this agent runs by itself that anomalies placed, lifted ones too. */
  alarmsOn(
    agent: string,
  ): Promise<readonly { readonly holdId: string; readonly at: number; readonly stands: boolean }[]>;
  /** How many actions of this agent and type ran since then without a person's approval, but for this one. */
  ranAlone(which: {
    readonly agent: string;
    readonly actionType: string;
    readonly since: number;
    readonly but: string;
  }): Promise<number>;
}
