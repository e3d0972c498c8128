import type { Json } from '../shared/json.ts';

/** One thing that a plan would change, as the governed system itself says. */
export interface PreviewedChange {
  /** What changes, in the system's own words, for example `spec.replicas`. */
  readonly what: string;
  /** The value before. Absent: there is none, or the system does not say. */
  readonly from?: Json | undefined;
  /** The value after. Absent: it is removed, or the system does not say. */
  readonly to?: Json | undefined;
}

/**
 * What the governed system says that a plan would do. It is made before the ruling, people see it as the thing that will run, and the digest
 * that they sign covers it. Right before the effect it is made again, and the executor applies nothing else.
 */
export interface Preview {
  /** In one line, for example "scale deployment/checkout from 3 to 5 replicas". */
  readonly summary: string;
  /** All changes, in a stable order. Empty: the plan would change nothing. */
  readonly changes: readonly PreviewedChange[];
  /**
   * What the preview rests on besides the changes, by name, for example the uid of an object or the digest of a plan file. It must be
   * the same when the preview is made again, unless something changed that people would want to know.
   */
  readonly boundTo: Readonly<Record<string, string>>;
  /** What the executor needs to put back what was there before. Absent: it needs nothing, or it cannot. */
  readonly before?: Json | undefined;
}

/** What came of asking for a preview. */
export type Previewed =
  | { readonly kind: 'previewed'; readonly preview: Preview }
  /** The governed system says that it would refuse the plan. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It is not known what the plan would do. INVARIANT 7: nothing runs on that without people. */
  | { readonly kind: 'unknown'; readonly reason: string };
