import type { CurrentValue } from '../risk/size.ts';
import type { Clause } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { TROUBLE } from './words.ts';

/** Open incidents of which the agent's text says nothing: it may not know of them. */
export function unmentionedIncidents(
  incidents: readonly { readonly service: string; readonly open: CurrentValue }[],
  target: string,
  clauses: readonly Clause[],
): Finding[] {
  const speaksOfTrouble = clauses.some(
    ({ place, words }) =>
      place !== 'criterion' && place !== 'alternative' && words.some((word) => TROUBLE.has(word)),
  );
  if (speaksOfTrouble) return [];
  return incidents.flatMap(({ service, open }) =>
    open.kind === 'known' && open.value > 0
      ? [
          {
            kind: 'incidentOpen',
            weight: service === target ? 2 : 1,
            text: `an incident is open on ${service}, and the agent's text does not mention one`,
          },
        ]
      : [],
  );
}
