import type { Revocation } from '../domain/approval/interventions.ts';
import type { ActionRecord } from './action-record.ts';
import { record as recordActivity, ruleAgain } from './activities.ts';
import { tell } from './notify.ts';
import type { Drifted, Revised } from './why-asked-again.ts';

/**
 * Has it ruled on again: it became worse, or a person changed it. Whoever decided on what it was before is told, and so is the
 * agent's owner.
 */
export async function askAgain(record: ActionRecord, why: Drifted | Revised): Promise<void> {
  const { proposal } = record.state;
  const edit = why.kind === 'revised' ? why.jws : undefined;
  record.askAgain(why);
  const found = await ruleAgain({ proposal, edit });
  if (found.kind === 'refused') throw new TypeError('what is on record can be ruled on');
  record.rule(found);
  if (edit === undefined) return;
  record.inBackground(
    tell(
      record,
      { kind: 'edited' },
      { by: 'mail', whom: 'requester, those who had decided and those who decide now' },
    ),
  );
}

/** So long the ledger is waited for before an effect is taken back. */
const PATIENCE = '5s';

/** INVARIANT 9: in the ledger before anything is taken back for it, unless that is away: then afterwards. */
export async function recordRevoked(record: ActionRecord, { jws }: Revocation): Promise<void> {
  try {
    await recordActivity.executeWithOptions({ scheduleToCloseTimeout: PATIENCE }, [jws]);
  } catch {
    record.record(jws);
  }
}
