import type { AgentBuild } from '../action/action.ts';
import type { ScoreCardRule } from '../installation/installation.ts';
import { sameBuild } from './standing.ts';

/** How a build of an agent did when it was asked what was asked before (decision 48), as a person signed it. */
export interface RecordedCard {
  readonly agent: AgentBuild;
  /** How many situations the build was asked about. */
  readonly cases: number;
  /** In how many it repeated what people denied or what went wrong, or gave no answer that can be used. */
  readonly wrong: number;
  /** When it was recorded: milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Returns what is missing for a score card that an installation asks for; undefined when nothing is. The last card of this very build counts: a
 * worse one is not made good by an older one.
 *
 * @param from milliseconds since the epoch: when a level was last lowered. An older card says nothing of what was learned then
 */
export function missingCard(
  rule: ScoreCardRule | undefined,
  cards: readonly RecordedCard[],
  agent: AgentBuild,
  from: number,
): string | undefined {
  if (!rule) return undefined;
  const card = cards.findLast((each) => sameBuild(each.agent, agent) && each.at >= from);
  if (!card)
    return from === 0
      ? 'a score card of this build: record one with "countersign score-card"'
      : 'a score card of this build since its level was lowered: record one with "countersign score-card"';
  if (card.cases < rule.cases) return `a score card over ${rule.cases} cases, the last one has ${card.cases}`;
  if (card.wrong > rule.wrong)
    return `a score card with at most ${rule.wrong} wrong proposals, the last one has ${card.wrong}`;
  return undefined;
}
