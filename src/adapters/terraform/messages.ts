import { z } from 'zod';
import { jsonIn } from '../../domain/shared/json.ts';

const diagnosticSchema = z.object({
  severity: z.enum(['error', 'warning']),
  summary: z.string(),
  detail: z.string().default(''),
  address: z.string().optional(),
  range: z.object({ filename: z.string(), start: z.object({ line: z.number() }) }).optional(),
});
type Diagnostic = z.infer<typeof diagnosticSchema>;

const messageSchema = z.object({
  type: z.string(),
  diagnostic: diagnosticSchema.optional(),
  hook: z.object({ resource: z.object({ addr: z.string() }) }).optional(),
});

/** What a command said with `-json`. */
export interface Said {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** The addresses of what it changed, and of what it began to change and did not change. */
  readonly changed: readonly string[];
  readonly failed: readonly string[];
  /** Whether it surely changed nothing: it said nothing but what comes before the first change. */
  readonly begunNothing: boolean;
}

/** The messages that come before anything is changed. INVARIANT 7: any other one may mean that something was. */
const BEFORE_CHANGES: ReadonlySet<string> = new Set([
  'version',
  'log',
  'state_lock_acquire',
  'state_lock_release',
  'diagnostic',
  'planned_change',
  'resource_drift',
]);

/**
 * Reads the messages of a command that ran with `-json`, one a line.
 *
 * @param complete whether the output is all that it printed
 */
export function saidIn(output: string, complete: boolean): Said {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const messages = lines.map((line) => messageSchema.safeParse(jsonIn(line)));
  const understood = messages.flatMap(({ data }) => data ?? []);
  const diagnostics = understood.flatMap(({ diagnostic }) => diagnostic ?? []);
  const textsOf = (severity: Diagnostic['severity']) =>
    diagnostics.filter((one) => one.severity === severity).map(diagnosticText);
  const addressesOf = (type: string) =>
    understood.flatMap((message) =>
      message.type === type && message.hook ? message.hook.resource.addr : [],
    );
  const changed = addressesOf('apply_complete');
  return {
    errors: textsOf('error'),
    warnings: textsOf('warning'),
    changed,
    failed: [...new Set(addressesOf('apply_start'))].filter((address) => !changed.includes(address)),
    begunNothing:
      complete &&
      understood.length === messages.length &&
      understood.every(({ type }) => BEFORE_CHANGES.has(type)),
  };
}

/** The program's own words, with the place that they are about. */
function diagnosticText({ summary, detail, address, range }: Diagnostic): string {
  const place = range && `${range.filename} line ${range.start.line}`;
  const about = [address, place].filter((part) => part !== undefined).join(', ');
  const words = detail === '' ? summary : `${summary}: ${detail}`;
  return about === '' ? words : `${words} (${about})`;
}

/** What a command wrote for people, without the frame that it draws around it. */
export const unframed = (text: string): string => text.replace(/[╷│╵]/g, ' ').replace(/\s+/g, ' ').trim();
