import type { Proposal } from './action.ts';

/** What speaks for doubt about a request, in whole percent: what its agent says of itself, and what a detector says of it. */
export interface Doubt {
  /** 0 to 100: how sure the agent says that it is. */
  readonly confidence: number;
  /** -100 to 100: by how much surer it says that it is than of the best alternative. */
  readonly margin: number;
  /** 0 to 100; 100 where the detector gave none. Absent: the installation has no detector. */
  readonly anomalyScore?: number | undefined;
}

/** From where on people decide, in percent. An absent limit: nothing is doubted for that. */
export interface DoubtRules {
  readonly confidenceBelow?: number | undefined;
  readonly marginBelow?: number | undefined;
  readonly anomalyAbove?: number | undefined;
}

/** What is known of an anomaly. `unknown` counts as the worst. */
export type Anomaly =
  | { readonly kind: 'none' }
  | { readonly kind: 'score'; readonly score: number }
  | { readonly kind: 'unknown' };

/** Returns what speaks for doubt about a proposal. Each number is rounded to the side of doubt. */
export function doubtIn(
  { rationale: { confidence, alternatives } }: Pick<Proposal, 'rationale'>,
  anomaly: Anomaly,
): Doubt {
  const best = Math.max(0, ...alternatives.map((alternative) => alternative.confidence));
  return {
    confidence: Math.floor(percent(confidence)),
    margin: Math.floor(percent(confidence - best)),
    ...(anomaly.kind === 'none'
      ? {}
      : { anomalyScore: anomaly.kind === 'score' ? Math.ceil(percent(anomaly.score)) : WORST }),
  };
}

const WORST = 100;

/** Without the last digits, which binary fractions leave: 0.29 is 29 percent, and 0.9 - 0.8 are 10. */
const percent = (share: number): number => Number((share * 100).toFixed(9));

/** Returns why people decide although the tables would let it run. Empty: nothing speaks for that. */
export function whyDoubted(doubt: Doubt | undefined, rules: DoubtRules | undefined): string[] {
  if (!doubt || !rules) return [];
  const { confidence, margin, anomalyScore } = doubt;
  const { confidenceBelow = 0, marginBelow = -WORST, anomalyAbove = WORST } = rules;
  return [
    ...(confidence < confidenceBelow
      ? [`its agent is only ${confidence} % sure, and below ${confidenceBelow} % people decide`]
      : []),
    ...(margin < marginBelow
      ? [
          `its agent thinks an alternative nearly as good, or better: it is ${margin} % ahead, and below ${marginBelow} % people decide`,
        ]
      : []),
    ...(rules.anomalyAbove !== undefined && (anomalyScore ?? WORST) > anomalyAbove
      ? [`its anomaly score is ${anomalyScore ?? WORST} %, and above ${anomalyAbove} % people decide`]
      : []),
  ];
}
