import type { Means } from '../escalation/route.ts';

/** A message that a channel of an exercise was handed. */
export interface SeenMessage {
  readonly kind: 'message';
  /** Milliseconds since the epoch, as all times here. */
  readonly at: number;
  readonly actionId: string;
  /** `action/<actionId>` or `review/<actionId>`. */
  readonly workflowId: string;
  /** Names the message: each attempt to send it has the same. */
  readonly step: string;
  readonly by: Means;
  /** What the message says, as channels name it: `approvalRequested`, `proceeding` ... */
  readonly about: string;
  readonly people: readonly string[];
  /** Whether the channel took it. */
  readonly taken: boolean;
}

/** A request that the governed system of an exercise got. */
export interface SeenEffect {
  readonly kind: 'effect';
  readonly at: number;
  readonly actionId: string;
  readonly way: 'there' | 'back';
  readonly answer: 'done' | 'refused' | 'lost';
}

/** A proposal that was not taken. */
export interface SeenRefusal {
  readonly kind: 'refusal';
  readonly at: number;
  readonly actionId: string;
  readonly reason: string;
}

/** What the stand-ins of an exercise saw. */
export type Sighting = SeenMessage | SeenEffect | SeenRefusal;
