import type { Revocation } from '../domain/said.ts';
import type { ActionRecord, Again } from './action-record.ts';
import { record as recordActivity } from './activities.ts';
import { tell } from './tell.ts';

/**
 * Has it ruled on again: it became worse, or a person changed it. INVARIANT 9: an edit is in the ledger before what is
 * ruled on it. Whoever decided on what it was before is told, and so is the agent's owner.
 */
export async function askAgain(
  record: ActionRecord,
  again: Again,
  rule: (why: readonly string[]) => Promise<void>,
): Promise<void> {
  const { edit, drift, jws, action } = again;
  const { runId, votes } = record.state;
  record.askAgain(again);
  if (!edit) return rule(drift);
  const { revision } = record.state;
  await recordActivity({
    ...{ actionId: action.id, runId, kind: 'edited', nth: revision, at: Date.now() },
    body: { ...edit, revision, params: action.params, jws },
  });
  const said = `${edit.by} edited it: ${edit.reason}`;
  await rule([said]);
  const { requester } = record.known.ruling.people;
  const people = [...new Set([...votes.map(({ person }) => person), ...requester])];
  record.inBackground(
    tell(record, {
      ...{ by: 'mail', whom: 'requester and those who had decided', people, kind: 'edited' },
      ...{ step: `edited-${revision}`, aside: true, said },
    }),
  );
}

/** INVARIANT 9: in the ledger before anything is taken back for it. */
export async function recordRevoked(record: ActionRecord, revocation: Revocation): Promise<void> {
  const { runId } = record.state;
  const { action, ruling } = record.known;
  await recordActivity({
    ...{ actionId: action.id, runId, kind: 'revoked', at: Date.now() },
    body: { ...revocation, digest: ruling.digest },
  });
}
