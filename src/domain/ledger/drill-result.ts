/**
 * How a drill ended. `caught`: somebody denied it. `missed`: somebody approved it, or broke the glass for it. `lookedCloser`: somebody asked
 * about it or edited it, which is neither. `expired`: nobody said anything.
 */
export const DRILL_RESULTS = ['caught', 'missed', 'lookedCloser', 'expired'] as const;
export type DrillResult = (typeof DRILL_RESULTS)[number];
