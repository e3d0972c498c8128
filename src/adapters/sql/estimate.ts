import { z } from 'zod';
import type { SqlPlan } from '../../domain/action/action.ts';
import type { Preview } from '../../domain/action/preview.ts';

/** What is known beforehand of one statement. */
export interface StatementEstimate {
  readonly text: string;
  /** How many rows the planner expects. Absent: it does not say for such a statement. */
  readonly rows?: number | undefined;
  /** The tables that it touches, with the digest of their columns, by name. */
  readonly tables: Readonly<Record<string, string>>;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Plan Rows'?: number | undefined;
  readonly Schema?: string | undefined;
  readonly 'Relation Name'?: string | undefined;
  readonly Plans?: readonly Node[] | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Plan Rows': z.number().optional(),
    Schema: z.string().optional(),
    'Relation Name': z.string().optional(),
    Plans: z.array(node).optional(),
  }),
);
const explained = z.tuple([z.object({ Plan: node })]);

/** Reads an answer of `EXPLAIN (FORMAT JSON, VERBOSE)`: the rows that are expected, and the tables. */
export function estimateIn(answer: unknown): { readonly rows: number; readonly tables: readonly string[] } {
  const [{ Plan: top }] = explained.parse(answer);
  // A node that modifies a table says 0 rows unless it returns some; what goes into it are the rows that it touches.
  const counted = top['Node Type'] === 'ModifyTable' ? (top.Plans?.[0] ?? top) : top;
  return { rows: counted['Plan Rows'] ?? 0, tables: [...new Set(tablesIn(top))].sort() };
}

function tablesIn({ Schema, 'Relation Name': name, Plans = [] }: Node): string[] {
  const own = Schema === undefined || name === undefined ? [] : [`${quoted(Schema)}.${quoted(name)}`];
  return [...own, ...Plans.flatMap(tablesIn)];
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** What people are shown of the statements. An estimate is rounded up to a power of ten: it changes a little with every row that comes and goes. */
export function previewOf({ database, mostRows }: SqlPlan, estimates: readonly StatementEstimate[]): Preview {
  const known = estimates.flatMap(({ rows }) => rows ?? []);
  const all = known.reduce((sum, rows) => sum + rows, 0);
  const countText = estimates.length === 1 ? '1 statement' : `${estimates.length} statements`;
  const rowsText =
    known.length === 0 ? 'nobody can say how many rows' : `${upTo(all)} by the planner's estimate`;
  return {
    summary: `${countText} in one transaction on ${database}, ${rowsText}; more than ${mostRows} rows undo all of it`,
    changes: estimates.map(({ text, rows, tables }, i) => ({
      what: estimates.length === 1 ? text : `${i + 1}: ${text}`,
      to:
        rows === undefined
          ? 'the planner gives no estimate of such a statement'
          : `${upTo(rows)} of ${Object.keys(tables).join(', ') || 'no table'}`,
    })),
    boundTo: Object.fromEntries(
      estimates.flatMap(({ tables }) =>
        Object.entries(tables).map(([name, columns]) => [`columns of ${name}`, columns]),
      ),
    ),
  };
}

function upTo(rows: number): string {
  if (rows <= 1) return 'up to about 1 row';
  return `up to about ${10 ** Math.ceil(Math.log10(rows))} rows`;
}
