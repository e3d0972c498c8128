import { CATEGORIES, type Category, type ServiceTier, type Severity } from '../action/action.ts';
import type { ActionType, DataClassification } from '../installation/installation.ts';
import { type Size, severityBySize, sizeText } from './size.ts';

export interface SeverityInput {
  readonly type: Pick<ActionType, 'name' | 'severity' | 'size'>;
  readonly target: string;
  readonly serviceTier: ServiceTier;
  readonly dataClassification: DataClassification | undefined;
  readonly environment: string;
  readonly production: boolean;
  readonly size: Size | undefined;
}

type ByCategory<T> = Readonly<Record<Category, T>>;

interface Judged {
  readonly severity: Severity;
  readonly reasons: readonly string[];
}

/** The worst that slowness and outages can be outside production, where no customer is served. */
const MOST_OUTSIDE_PRODUCTION = 1;

/**
 * The severity of an action in each category. It begins with what the operator declared for the action type and is raised
 * - to what the action type's `size` says of a change that large, or of one that cannot be measured;
 * - by 1, performance and serviceDisruption, on a service of tier 1;
 * - by 1, dataAccess, where the data is confidential; by 2, and security by 1, where it is restricted or nobody said;
 * but never from 0 because of the service: an action type without an effect of a kind has none on any service. Outside production,
 * performance and serviceDisruption end at 1.
 */
export function severitiesOf(input: SeverityInput): {
  severity: ByCategory<Severity>;
  reasons: ByCategory<readonly string[]>;
} {
  const judgements = CATEGORIES.map((category) => ({ category, ...judge(category, input) }));
  const table = <T>(value: (judgement: Judged) => T) =>
    Object.fromEntries(
      judgements.map((judgement) => [judgement.category, value(judgement)]),
    ) as ByCategory<T>;
  return { severity: table(({ severity }) => severity), reasons: table(({ reasons }) => reasons) };
}

function judge(category: Category, input: SeverityInput): Judged {
  const { type, environment, production, size } = input;
  let severity = type.severity[category];
  const reasons = severity > 0 ? [`${type.name} is declared ${category} ${severity} of 4`] : [];
  const become = (newSeverity: Severity, why: string) => {
    if (newSeverity === severity) return;
    severity = newSeverity;
    reasons.push(`${why}: ${category} ${newSeverity} of 4`);
  };
  if (type.size && size) {
    const bySize = severityBySize(type.size, size, category);
    if (bySize > severity) become(bySize, sizeText(size));
  }
  const { by, why } = raiseOf(category, input);
  if (severity > 0) become(Math.min(4, severity + by) as Severity, why);
  if (!production && LIVE.includes(category) && severity > MOST_OUTSIDE_PRODUCTION)
    become(MOST_OUTSIDE_PRODUCTION, `${environment} is not production`);
  return { severity, reasons };
}

/** The categories that only the users of a service notice. */
const LIVE: readonly Category[] = ['performance', 'serviceDisruption'];

const BY_DATA: Readonly<Record<DataClassification, Partial<Record<Category, number>>>> = {
  public: {},
  internal: {},
  confidential: { dataAccess: 1 },
  restricted: { dataAccess: 2, security: 1 },
};

function raiseOf(category: Category, input: SeverityInput): { by: number; why: string } {
  const { target, serviceTier, dataClassification } = input;
  if (LIVE.includes(category))
    return { by: serviceTier === 1 ? 1 : 0, why: `${target} is a service of tier 1` };
  return {
    by: BY_DATA[dataClassification ?? 'restricted'][category] ?? 0,
    why:
      dataClassification === undefined
        ? `nobody stated how secret the data of ${target} is, so it counts as restricted`
        : `the data of ${target} is ${dataClassification}`,
  };
}
