import type { ClientBase } from 'pg';
import type { StoredContext } from './sealed-context.ts';

/** The contexts of these actions, by the id of the action. An action that handed none in has none here. */
export async function readContexts(
  client: ClientBase,
  actionIds: readonly string[],
): Promise<ReadonlyMap<string, StoredContext>> {
  const { rows } = await client.query<{
    action_id: string;
    digest: string;
    key_id: string;
    sealed: Buffer | null;
  }>('select action_id, digest, key_id, sealed from countersign_contexts where action_id = any($1::text[])', [
    actionIds,
  ]);
  return new Map(
    rows.map(({ action_id, digest, key_id, sealed }) => [
      action_id,
      { actionId: action_id, digest, keyId: key_id, ...(sealed === null ? {} : { sealed }) },
    ]),
  );
}

/**
 * Erases contexts for good. That there was one stays known, so that nobody hands it in again.
 *
 * @param which one action's, or all that were kept before a time
 * @param at milliseconds since the epoch
 * @returns how many were erased
 */
export async function eraseContexts(
  client: ClientBase,
  which: { readonly actionId: string } | { readonly before: number },
  at: number,
): Promise<number> {
  const [condition, value] =
    'actionId' in which ? ['action_id = $2', which.actionId] : ['kept_at < $2', which.before];
  const { rowCount } = await client.query(
    `update countersign_contexts set sealed = null, erased_at = $1 where sealed is not null and ${condition}`,
    [at, value],
  );
  return rowCount ?? 0;
}
