import type { Ruled } from '../activities/ruling/rule.ts';
import type { Revocation } from '../domain/approval/interventions.ts';
import type { ActionRecord } from './action-record.ts';
import { record as recordActivity, rule } from './activities.ts';
import { tell } from './notify.ts';
import { withPreview } from './preview.ts';
import type { Drifted, Revised } from './why-asked-again.ts';

/**
 * Has the action ruled on again, because its risk grew or a person edited it. After an edit, the requester, those who had decided
 * and those who decide now are told by mail.
 */
export async function askAgain(record: ActionRecord, why: Drifted | Revised): Promise<void> {
  const { proposal } = record.state;
  const edit = why.kind === 'revised' ? why.jws : undefined;
  record.askAgain(why);
  const rulingResult = await withPreview<Ruled>(proposal, (unpreviewed) =>
    rule({ proposal, edit, unpreviewed }),
  );
  if (rulingResult.kind === 'refused') throw new TypeError('what is on record can be ruled on');
  record.rule(rulingResult);
  if (edit === undefined) return;
  record.inBackground(
    tell(
      record,
      { kind: 'edited' },
      { by: 'mail', whom: 'requester, those who had decided and those who decide now' },
    ),
  );
}

/** How long the rollback of an effect waits for the ledger. */
const PATIENCE = '5s';

/** Records a revocation. INVARIANT 9: it is in the ledger before anything is rolled back for it; if the ledger is away, afterwards. */
export async function recordRevoked(record: ActionRecord, { jws }: Revocation): Promise<void> {
  try {
    await recordActivity.executeWithOptions({ scheduleToCloseTimeout: PATIENCE }, [jws]);
  } catch {
    record.record(jws);
  }
}
