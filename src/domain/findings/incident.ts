import type { OpenIncidents } from '../risk/live-context.ts';
import { type Clause, stem, wordsIn } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { TROUBLE } from './words.ts';

/**
 * Open incidents of which the agent's text says nothing: it may not know of them. An action that is a known cure need not speak of them. That
 * something failed or was refused is the usual reason of a request, and no sign that it knows of an incident.
 */
export function unmentionedIncidents(
  incidents: readonly OpenIncidents[],
  target: string,
  clauses: readonly Clause[],
): Finding[] {
  const told = clauses
    .filter(({ place }) => place !== 'criterion' && place !== 'alternative')
    .flatMap(({ words }) => words);
  const known = incidents.flatMap(({ named = [] }) => named);
  if (
    told.some((word, at) => TROUBLE.has(word) || isDown(told, at)) ||
    known.some((incident) => isNamed(incident, told))
  )
    return [];
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

/** "Checkout is down": not "scale it down". */
const isDown = (told: readonly string[], at: number) =>
  told[at] === 'down' && /^(?:is|are|was|were|went|goes)$/.test(told[at - 1] ?? '');

/** By its id, or by two words of its title. */
function isNamed({ id, title }: { readonly id: string; readonly title: string }, told: readonly string[]) {
  const stems = new Set(told.map(stem));
  const shared = [...new Set(wordsIn(title).map(stem))].filter((word) => word.length > 3 && stems.has(word));
  return told.includes(id.toLowerCase()) || shared.length > 1;
}

const nameOf = ([first]: NonNullable<OpenIncidents['named']>) =>
  first ? ` (${first.id}: ${first.title})` : '';
