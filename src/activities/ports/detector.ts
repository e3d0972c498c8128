import type { Action, Proposal } from '../../domain/action/action.ts';
import type { Finding } from '../../domain/findings/finding.ts';
import type { ParameterChange } from '../../domain/risk/parameter-change.ts';

/** What a detector is asked about. */
export interface DetectorQuestion {
  /** As the agent made it. */
  readonly proposal: Proposal;
  /** As it would run. */
  readonly action: Action;
  readonly changes: readonly ParameterChange[];
  /** What our own rules found. */
  readonly findings: readonly Finding[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Detected =
  | {
      readonly kind: 'found';
      readonly findings: readonly Pick<Finding, 'weight' | 'text' | 'parameter'>[];
      /** 0 to 1: how unusual the request is. Absent: it gave none. */
      readonly anomalyScore?: number | undefined;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** An installation's own look for contradictions. It can only add findings and doubt. Never throws, and answers within its own time. */
export interface Detector {
  find(question: DetectorQuestion): Promise<Detected>;
}
