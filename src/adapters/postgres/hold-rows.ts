import type { ClientBase, Pool } from 'pg';
import { holdScopeSchema } from '../../contract/order.ts';
import type { Hold, Lifting } from '../../domain/admission/hold.ts';
import { prepared } from './statement.ts';

/** A hold that was placed or lifted. */
export interface StoredHold extends Hold {
  readonly lifted?: Lifting;
}

/** A row of `countersign_holds`, as PostgreSQL writes it in JSON: numbers arrive as numbers. */
interface HoldRow {
  readonly id: string;
  readonly scope: unknown;
  readonly placed_by: string;
  readonly reason: string;
  readonly autonomous_only: boolean | null;
  readonly placed_at: number;
  readonly lifted_by: string | null;
  readonly lift_reason: string | null;
  readonly lifted_at: number | null;
}

const rowOf = ({ id, scope, placedBy, reason, autonomousOnly, at, lifted }: StoredHold): HoldRow => ({
  id,
  scope,
  placed_by: placedBy,
  reason,
  placed_at: at,
  autonomous_only: autonomousOnly ?? null,
  lifted_by: lifted?.by ?? null,
  lift_reason: lifted?.reason ?? null,
  lifted_at: lifted?.at ?? null,
});

/** The holds that stand, oldest first. */
export async function readHolds(client: ClientBase | Pool): Promise<Hold[]> {
  const { rows } = await client.query<{ row: HoldRow }>(
    prepared(
      `select row_to_json(h) as row from countersign_holds h where lifted_at is null order by placed_at, id`,
    ),
  );
  return rows.map(({ row }) => holdOf(row));
}

/** The hold of a row. A later version may write a scope that this one cannot read: such a hold stops everything. */
function holdOf({ id, scope, placed_by, reason, autonomous_only, placed_at }: HoldRow): Hold {
  const parsedScope = holdScopeSchema.safeParse(scope).data;
  return {
    id,
    scope: parsedScope ?? { kind: 'everything' },
    placedBy: placed_by,
    reason: parsedScope ? reason : `its scope cannot be read, so that it stops everything: ${reason}`,
    ...(autonomous_only ? { autonomousOnly: true } : {}),
    at: placed_at,
  };
}

export async function saveHolds(client: ClientBase, holds: readonly StoredHold[]): Promise<void> {
  if (holds.length === 0) return;
  await client.query(
    `insert into countersign_holds select * from json_populate_recordset(null::countersign_holds, $1)
     on conflict (id) do update set
       lifted_by = excluded.lifted_by, lift_reason = excluded.lift_reason, lifted_at = excluded.lifted_at`,
    [JSON.stringify(holds.map(rowOf), storable)],
  );
}

/** Makes a text storable. A reason may quote a governed system, and PostgreSQL accepts neither NUL nor lone surrogates. */
const storable = (_: string, value: unknown) =>
  typeof value === 'string' ? value.replace(/[\0\p{Surrogate}]/gu, '\uFFFD') : value;
