import type { ClientBase, Pool } from 'pg';
import { prepared } from './statement.ts';

/** The lease on a target: a row of `countersign_leases`. */
export interface Lease {
  readonly target: string;
  /** The action that has the target. */
  readonly holder: string | null;
  /** The token of the lease. Grows by two with every new holder, because the rollback uses the next token. */
  readonly fencingToken: number;
  /** Milliseconds since the epoch. */
  readonly acquiredAt: number;
}

interface LeaseRow {
  readonly target: string;
  readonly holder: string | null;
  readonly fencing_token: string;
  readonly acquired_at: string;
}

/** The leases by target. Targets that were never leased are missing. */
export async function readLeases(
  client: ClientBase | Pool,
  targets: readonly string[],
): Promise<Map<string, Lease>> {
  if (targets.length === 0) return new Map();
  const { rows } = await client.query<LeaseRow>(
    prepared(
      'select target, holder, fencing_token, acquired_at from countersign_leases where target = any($1)',
      [targets],
    ),
  );
  return new Map(
    rows.map(({ target, holder, fencing_token, acquired_at }) => [
      target,
      { target, holder, fencingToken: Number(fencing_token), acquiredAt: Number(acquired_at) },
    ]),
  );
}

export async function saveLeases(client: ClientBase, leases: readonly Lease[]): Promise<void> {
  if (leases.length === 0) return;
  await client.query(
    prepared(
      `insert into countersign_leases (target, holder, fencing_token, acquired_at)
       select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
       on conflict (target) do update set
         holder = excluded.holder, fencing_token = excluded.fencing_token, acquired_at = excluded.acquired_at`,
      [
        leases.map((lease) => lease.target),
        leases.map((lease) => lease.holder),
        leases.map((lease) => lease.fencingToken),
        leases.map((lease) => lease.acquiredAt),
      ],
    ),
  );
}
