import { BAD_KINDS } from './bad-requests.ts';
import { areaUnderCurve } from './score.ts';
import type { Place } from './screen.ts';

/** A finding, or a fact of the headline, and where a reader meets it. */
export interface Shown {
  /** The kind of the finding, or the label of the fact. */
  readonly name: string;
  readonly text: string;
  /** Of a finding. */
  readonly weight?: number;
  readonly place: Place;
  /** Whether it says what is wrong with the case. */
  readonly fits: boolean;
}

export interface Result {
  readonly id: string;
  readonly phase: string;
  readonly bad?: { readonly kind: string; readonly wrong: string };
  readonly asked: string;
  readonly summary: string;
  readonly tier: number;
  readonly risk: number;
  readonly findings: readonly Shown[];
  readonly facts: readonly Shown[];
}

/** A finding of a good case counts from this weight on: below it, it only says "worth a look". */
const DOUBTFUL = 2;

export type OversightReport = ReturnType<typeof reportOf>;

export function reportOf({ seed, results }: { readonly seed: number; readonly results: readonly Result[] }) {
  const bad = results.filter((result) => result.bad);
  const good = results.filter((result) => !result.bad);
  const weights = (all: readonly Result[]) => all.map(weightOf);
  const risks = (all: readonly Result[]) => all.map(({ risk }) => risk);
  const falsely = good.filter(({ findings }) => findings.some(({ weight = 0 }) => weight >= DOUBTFUL));
  return {
    seed,
    cases: { bad: bad.length, good: good.length },
    kinds: BAD_KINDS.map(({ kind }) =>
      kindOf(
        kind,
        bad.filter((result) => result.bad?.kind === kind),
      ),
    ).filter(({ cases }) => cases > 0),
    /** Good cases with a finding that speaks against them. */
    falseFindings: { cases: falsely.map(({ id }) => id), share: falsely.length / good.length },
    areaUnderCurve: {
      findings: areaUnderCurve(weights(bad), weights(good)),
      riskScore: areaUnderCurve(risks(bad), risks(good)),
    },
    results,
  };
}

const weightOf = ({ findings }: Result) => findings.reduce((sum, { weight = 0 }) => sum + weight, 0);

/** What says that a bad case is bad. */
export const signsOf = ({ findings, facts }: Result): Shown[] =>
  [...findings, ...facts].filter(({ fits }) => fits);

function kindOf(kind: string, cases: readonly Result[]) {
  const found = cases.filter((result) => signsOf(result).length > 0);
  const onFirstScreen = found.filter((result) =>
    signsOf(result).some(({ place }) => place === 'first screen'),
  );
  const byFinding = cases.filter(({ findings }) => findings.some(({ fits }) => fits));
  return {
    kind,
    cases: cases.length,
    found: found.length,
    byFinding: byFinding.length,
    onFirstScreen: onFirstScreen.length,
    missed: cases.filter((result) => !found.includes(result)).map(({ id }) => id),
  };
}
