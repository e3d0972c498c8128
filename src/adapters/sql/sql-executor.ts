import { Client, DatabaseError, escapeIdentifier, type QueryConfig, type QueryResult } from 'pg';
import type { Effect, EffectResult, Executor, Verified } from '../../activities/ports/executor.ts';
import type { DatabaseConnection } from '../../config/index.ts';
import type { Plan, SqlPlan } from '../../domain/action/action.ts';
import { type Previewed, saysTheSame } from '../../domain/action/preview.ts';
import type { Found } from '../../domain/action/reconcile.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { answerLine } from '../answer-text.ts';
import { estimateIn, previewOf, type StatementEstimate } from './estimate.ts';

/** How long a database may take to accept a connection, in milliseconds. */
const CONNECT_MS = 10_000;
/** How much longer than the server we wait, in milliseconds: the server's own error says more. */
const LONGER_MS = 2_000;

/**
 * Runs the statements of a plan in one transaction. The same transaction writes one row into the table of effects, so a statement never runs a
 * second time, and whether it ran can be looked up. Where the statements touch more rows than the plan allows, nothing is kept.
 *
 * The preview is what the planner estimates (EXPLAIN), rounded up to a power of ten, with the columns of the tables that are touched.
 *
 * @param databases the databases of countersign.yaml, by name
 */
export function createSqlExecutor(databases: Readonly<Record<string, DatabaseConnection>>): Executor {
  /** Uses a connection for one plan. What goes wrong is told by `use`, by the error that it gets. */
  async function on<T>(
    plan: SqlPlan,
    use: (client: Client, database: DatabaseConnection) => Promise<T>,
    failed: (reason: string, error?: unknown) => T,
  ): Promise<T> {
    const database = Object.hasOwn(databases, plan.database) ? databases[plan.database] : undefined;
    if (!database) return failed(`countersign.yaml names no database ${plan.database}`);
    const client = new Client({
      connectionString: database.url,
      application_name: 'countersign',
      connectionTimeoutMillis: Math.min(CONNECT_MS, plan.timeoutMs),
      statement_timeout: plan.timeoutMs,
      lock_timeout: plan.timeoutMs,
      idle_in_transaction_session_timeout: plan.timeoutMs,
      query_timeout: plan.timeoutMs + LONGER_MS,
    });
    // A connection that breaks while nothing is asked is an error of the next question.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      return failed(`the database ${plan.database} cannot be reached: ${reasonIn(error)}`, error);
    }
    try {
      return await use(client, database);
    } catch (error) {
      return failed(reasonIn(error), error);
    } finally {
      await client.end().catch(() => {});
    }
  }

  const preview = (plan: Plan): Promise<Previewed> =>
    plan.executor === 'sql'
      ? on<Previewed>(
          plan,
          async (client) => {
            await client.query('begin read only');
            return { kind: 'previewed', preview: previewOf(plan, await estimatesOf(client, plan)) };
          },
          (reason, error) => ({ kind: error instanceof DatabaseError ? 'refused' : 'unknown', reason }),
        )
      : Promise.resolve({ kind: 'unknown', reason: `an ${plan.executor} plan is no SQL` });

  async function run({ plan, idempotencyKey, fencingToken, preview }: Effect): Promise<EffectResult> {
    if (plan.executor !== 'sql') return { kind: 'refused', reason: `an ${plan.executor} plan is no SQL` };
    let committing = false;
    return on<EffectResult>(
      plan,
      async (client, { effects }) => {
        await client.query('begin');
        const first = await client.query(
          `insert into ${tableName(effects)} (key, fencing_token) values ($1, $2) on conflict (key) do nothing`,
          [idempotencyKey, fencingToken],
        );
        if (first.rowCount === 0) return { kind: 'done', summary: 'it was committed before' };
        const estimated = preview && previewOf(plan, await estimatesOf(client, plan));
        if (preview && estimated && !saysTheSame(preview, estimated))
          return {
            kind: 'refused',
            reason: 'it would do something else now than people saw; nothing was kept',
          };
        const touched = await statementsOf(client, plan);
        const rows = touched.reduce((sum, count) => sum + count, 0);
        if (rows > plan.mostRows) {
          const reason = `it would touch ${rows} rows, and ${plan.mostRows} are allowed; nothing was kept`;
          return { kind: 'refused', reason };
        }
        committing = true;
        await client.query('commit');
        return { kind: 'done', summary: `committed: ${touched.map(rowsText).join(', ')}` };
      },
      // An error that the server tells ended the transaction. Without one, a commit may have come through.
      (reason, error) =>
        committing && !(error instanceof DatabaseError)
          ? { kind: 'unknown', reason: `the commit was not answered: ${reason}` }
          : { kind: 'refused', reason: `${reason}; nothing was kept` },
    );
  }

  /** Whether the row of an effect is there. */
  const isThere = (plan: Plan, key: string): Promise<boolean | string> =>
    plan.executor === 'sql'
      ? on<boolean | string>(
          plan,
          async (client, { effects }) => {
            const found = await client.query(`select 1 from ${tableName(effects)} where key = $1`, [key]);
            return found.rowCount === 1;
          },
          (reason) => reason,
        )
      : Promise.resolve(`an ${plan.executor} plan is no SQL`);

  return {
    preview,
    run,
    verify: async ({ plan, idempotencyKey }): Promise<Verified> => {
      const there = await isThere(plan, idempotencyKey);
      if (typeof there === 'string') return { kind: 'unknown', reason: there };
      return there
        ? { kind: 'verified', summary: 'the transaction is in the table of effects' }
        : { kind: 'notSo', reason: 'the transaction is not in the table of effects' };
    },
    lookUp: async ({ plan, idempotencyKey }): Promise<Found> => {
      const there = await isThere(plan, idempotencyKey);
      if (typeof there === 'string') return { found: 'unknown', summary: there };
      return there
        ? { found: 'present', summary: 'its transaction is in the table of effects' }
        : { found: 'absent', summary: 'its transaction is not in the table of effects' };
    },
  };
}

/** Runs the statements. Returns how many rows each touched. */
async function statementsOf(client: Client, { statements }: SqlPlan): Promise<number[]> {
  const touched: number[] = [];
  for (const { text, values } of statements)
    touched.push((await ask(client, text, values.map(asParameter))).rowCount ?? 0);
  return touched;
}

/** What the planner estimates of each statement, and what it reads of the tables that the statement touches. Changes nothing. */
async function estimatesOf(client: Client, { statements }: SqlPlan): Promise<StatementEstimate[]> {
  const estimates: StatementEstimate[] = [];
  for (const { text, values } of statements) {
    if (!EXPLAINABLE.test(text)) {
      estimates.push({ text, tables: {} });
      continue;
    }
    const { rows } = await ask(client, `explain (format json, verbose) ${text}`, values.map(asParameter));
    const estimate = estimateIn(rows[0]?.['QUERY PLAN']);
    const columns = await Promise.all(
      estimate.tables.map(async (name): Promise<[string, string]> => [name, await columnsOf(client, name)]),
    );
    estimates.push({ text, rows: estimate.rows, tables: Object.fromEntries(columns) });
  }
  return estimates;
}

/** The statements that EXPLAIN knows (PostgreSQL's documentation of EXPLAIN). It says nothing of others, such as ALTER TABLE. */
const EXPLAINABLE = /^\s*(select|insert|update|delete|merge|with|values)\b/i;

/** The digest of the columns of a table: what people approved holds for these. */
async function columnsOf(client: Client, table: string): Promise<string> {
  const { rows } = await client.query(
    `select attname, format_type(atttypid, atttypmod) as type, attnotnull from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return digestOf(rows).slice(0, 16);
}

/** Asks with the extended protocol, which takes one statement alone. */
function ask(client: Client, text: string, values: unknown[]): Promise<QueryResult> {
  // The types of the library leave the member out.
  const query: QueryConfig & { queryMode: 'extended' } = { text, values, queryMode: 'extended' };
  return client.query(query);
}

/** Lists and mappings go as JSON: PostgreSQL would read a list as an array of its own form. */
const asParameter = (value: SqlPlan['statements'][number]['values'][number]): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

const tableName = (name: string): string => name.split('.').map(escapeIdentifier).join('.');

const rowsText = (rows: number): string => (rows === 1 ? '1 row' : `${rows} rows`);

const reasonIn = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonIn(error.errors[0]);
  if (error instanceof DatabaseError) return answerLine(`${error.message} (${error.code})`);
  return answerLine(error instanceof Error ? error.message || error.name : String(error));
};
