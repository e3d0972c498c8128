import type { RuledBefore } from '../../domain/attention/anomaly-rules.ts';
import type { Attention, NotAsked, Request } from '../../domain/attention/request-limits.ts';
import type { Fact } from './ledger.ts';

/** What the ledger says of people's attention. All methods throw when the store is unreachable. */
export interface AttentionRecords {
  /**
   * Appends the ruling, in one transaction, unless open or denied requests speak against it.
   *
   * @returns why the ruling was not appended
   */
  permit(request: Request, attention: Attention, ruling: Fact): Promise<NotAsked | undefined>;
  /** How often each person was asked first since that time. */
  asksSince(since: number): Promise<ReadonlyMap<string, number>>;
  /** What this agent asked for since then, and what these people decided on; the newest 2,000. */
  seenSince(since: number, agent: string, people: readonly string[]): Promise<RuledBefore[]>;
  /** The holds that anomalies placed on this agent's autonomous actions, lifted ones too. */
  alarmsOn(
    agent: string,
  ): Promise<readonly { readonly holdId: string; readonly at: number; readonly stands: boolean }[]>;
  /** How many other actions of this agent and type ran since then without a person's approval. */
  ranAlone(selection: {
    readonly agent: string;
    readonly actionType: string;
    readonly since: number;
    readonly but: string;
  }): Promise<number>;
}
