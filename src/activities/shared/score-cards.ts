import { type RecordedCardEntry, scoreCardSubject, scoreCardsIn } from '../../contract/score-card.ts';
import type { RecordedCard } from '../../domain/autonomy/score-card-rule.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { signedToday } from '../../domain/installation/keys-today.ts';
import type { Ledger } from '../ports/ledger.ts';

/**
 * The score cards of an agent, in the order of the ledger. INVARIANTS 3, 13: one that its person did not sign, or signed with a key that is gone
 * from the catalog, is none.
 */
export async function scoreCards(
  { ledger, installation }: { readonly ledger: Ledger; readonly installation: Installation },
  agentId: string,
): Promise<RecordedCard[]> {
  const entries = scoreCardsIn(await ledger.entriesOf(scoreCardSubject(agentId)));
  return entries.filter((entry) => isSigned(installation, agentId, entry));
}

const isSigned = (
  installation: Installation,
  agentId: string,
  { by, jws, agent, cases, wrong }: RecordedCardEntry,
): boolean =>
  agent.id === agentId &&
  signedToday(installation, by, jws, {
    kind: 'scoreCard',
    person: by,
    agent: agent.id,
    agentVersion: agent.version,
    model: agent.model,
    promptDigest: agent.promptDigest,
    cases,
    wrong,
  });
