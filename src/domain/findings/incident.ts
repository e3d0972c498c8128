import type { CurrentValue } from '../risk/size.ts';
import type { Clause } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { TROUBLE } from './words.ts';

/** The open incidents on one service, the target or one beside it. */
export interface OpenIncidents {
  readonly service: string;
  readonly open: CurrentValue;
  /** Absent: only their number is known. */
  readonly named?:
    | readonly {
        readonly id: string;
        readonly title: string;
        /** Whether operators declared that the action type is a cure for it. */
        readonly cured?: true | undefined;
      }[]
    | undefined;
}

/** Open incidents of which the agent's text says nothing: it may not know of them. An action that is a known cure need not speak of them. */
export function unmentionedIncidents(
  incidents: readonly OpenIncidents[],
  target: string,
  clauses: readonly Clause[],
): Finding[] {
  const speaksOfTrouble = clauses.some(
    ({ place, words }) =>
      place !== 'criterion' && place !== 'alternative' && words.some((word) => TROUBLE.has(word)),
  );
  if (speaksOfTrouble) return [];
  return incidents.flatMap(({ service, open, named = [] }) =>
    open.kind === 'known' && open.value > 0 && !named.some(({ cured }) => cured)
      ? [
          {
            kind: 'incidentOpen',
            weight: service === target ? 2 : 1,
            text: `an incident is open on ${service}${nameOf(named)}, and the agent's text does not mention one`,
          },
        ]
      : [],
  );
}

const nameOf = ([first]: NonNullable<OpenIncidents['named']>) =>
  first ? ` (${first.id}: ${first.title})` : '';
