import type { Action } from '../../domain/action/action.ts';
import type { Preview } from '../../domain/action/preview.ts';
import { lastOnRecord, type OnRecord } from '../../domain/record/on-record.ts';
import { previewIn } from '../../domain/record/preview-on-record.ts';
import type { Ledger } from '../ports/ledger.ts';

type Entries = Pick<Ledger, 'entriesOf'>;

/** What an executor is bound to: the preview of the action itself, or of the action that it takes back. Undefined: nothing previewed it. */
export async function previewFor(
  ledger: Entries,
  { ruled }: Pick<OnRecord, 'ruled'>,
): Promise<Preview | undefined> {
  return ruled?.action.takesBack ? takenBackPreview(ledger, ruled.action) : previewIn(ruled);
}

/** What the action was to change that this one takes back. Undefined: it takes none back, or nothing previewed that one. */
export async function takenBackPreview(ledger: Entries, { takesBack }: Action): Promise<Preview | undefined> {
  if (!takesBack) return undefined;
  return previewIn(lastOnRecord(takesBack.actionId, await ledger.entriesOf(takesBack.actionId))?.ruled);
}
