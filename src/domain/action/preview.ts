import { canonicalJson, digestOf } from '../shared/digest.ts';
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

/** How many changes of a preview are kept, and how long one value may be as JSON. People could not read more. */
export const MOST_CHANGES = 200;
const LONGEST_VALUE = 2_000;
/** How long a preview may be as JSON. It stands in the histories and in the ledger. */
const LONGEST_PREVIEW = 100_000;

/**
 * Returns a preview that fits into the records. What is left out of it is still bound: its digest stands in `boundTo`, and the summary says that
 * there is more.
 */
export function fitted(preview: Preview): Previewed {
  const { changes, boundTo, summary } = preview;
  const kept = changes.slice(0, MOST_CHANGES).map(({ what, from, to }) => ({
    what: cut(what),
    ...(from === undefined ? {} : { from: shortened(from) }),
    ...(to === undefined ? {} : { to: shortened(to) }),
  }));
  const whole = canonicalJson(kept) === canonicalJson([...changes]);
  const more = changes.length - kept.length;
  const short: Preview = {
    ...preview,
    summary: more > 0 ? `${cut(summary)} (${more} more changes are not shown)` : cut(summary),
    changes: kept,
    boundTo: whole ? boundTo : { ...boundTo, 'all changes': digestOf(changes) },
  };
  const { length } = canonicalJson(short);
  return length > LONGEST_PREVIEW
    ? { kind: 'unknown', reason: `its preview has ${length} characters, and ${LONGEST_PREVIEW} fit` }
    : { kind: 'previewed', preview: short };
}

const cut = (text: string) => (text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);

function shortened(value: Json): Json {
  const text = canonicalJson(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)` : value;
}

/** Whether two previews say the same: the same changes, and bound to the same. What stood there before follows from those. */
export const saysTheSame = (one: Preview, other: Preview): boolean =>
  canonicalJson([one.changes, one.boundTo]) === canonicalJson([other.changes, other.boundTo]);

/** Returns how what an action would do differs from what people, or the rules, permitted. Empty: it does not, or nothing previews it. */
export function previewDrift(then: Previewed | undefined, now: Previewed | undefined): string[] {
  if (!then || !now) return then || now ? ['whether it can be previewed has changed'] : [];
  if (now.kind === 'refused')
    return then.kind === 'refused' ? [] : [`it would be refused now: ${now.reason}`];
  if (now.kind === 'unknown')
    return then.kind === 'unknown' ? [] : [`it is not known any more what it would do: ${now.reason}`];
  if (then.kind !== 'previewed') return [`it is known by now what it would do: ${now.preview.summary}`];
  if (saysTheSame(then.preview, now.preview)) return [];
  return [`it would do something else now: ${differences(then.preview, now.preview).join('; ')}`];
}

/** The differences in words, the first few. */
function differences(then: Preview, now: Preview): string[] {
  const wasBefore = new Map(then.changes.map((change) => [change.what, change]));
  const isNow = new Map(now.changes.map((change) => [change.what, change]));
  const changed = now.changes
    .filter((change) => canonicalJson({ ...wasBefore.get(change.what) }) !== canonicalJson({ ...change }))
    .map((change) => {
      const before = wasBefore.get(change.what);
      return before ? `${changeText(change)} instead of ${changeText(before)}` : changeText(change);
    });
  const gone = then.changes.filter(({ what }) => !isNow.has(what)).map(({ what }) => `no change of ${what}`);
  const bound = [...new Set([...Object.keys(then.boundTo), ...Object.keys(now.boundTo)])]
    .filter((name) => then.boundTo[name] !== now.boundTo[name])
    .map((name) => `${name} is ${now.boundTo[name] ?? 'gone'} and was ${then.boundTo[name] ?? 'not there'}`);
  const all = [...changed, ...gone, ...bound];
  return all.length > 5 ? [...all.slice(0, 5), `and ${all.length - 5} more differences`] : all;
}

/** How many changes people are told in a message. All of them are on the page. */
const TOLD_CHANGES = 10;

/** What the governed system says, in lines for messages. */
export function previewLines(previewed: Previewed): string[] {
  switch (previewed.kind) {
    case 'previewed': {
      const { summary, changes } = previewed.preview;
      const more = changes.length - TOLD_CHANGES;
      return [
        `the system says: ${summary}`,
        ...(changes.length === 0 ? ['it would change nothing'] : []),
        ...changes.slice(0, TOLD_CHANGES).map(changeText),
        ...(more > 0 ? [`and ${more} more changes`] : []),
      ];
    }
    case 'refused':
      return [`the system says that it would refuse it: ${previewed.reason}`];
    case 'unknown':
      return [`it is not known what it would do: ${previewed.reason}`];
  }
}

/** One change in words, for example `spec.replicas: 3 to 5`. */
export function changeText({ what, from, to }: PreviewedChange): string {
  if (from === undefined && to === undefined) return what;
  if (from === undefined) return `${what}: ${shown(to)}, which is new`;
  return to === undefined ? `${what}: ${shown(from)} is removed` : `${what}: ${shown(from)} to ${shown(to)}`;
}

const shown = (value: Json | undefined) => JSON.stringify(value) ?? '';
