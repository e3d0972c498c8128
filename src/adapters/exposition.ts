import { sampleValue } from '../domain/analysis/sample-value.ts';

/** Selects samples by the metric's name and the labels that a sample must have. An empty value requires that the label is absent. */
export interface Selector {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

export interface Sample {
  readonly value: number;
  readonly labels: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  readonly sampledAt?: number;
}

/** OpenMetrics text 1.0, or the Prometheus text format 0.0.4. */
export type Format = 'openmetrics' | 'prometheus';

/** The longest line that is read: it bounds the work of a regular expression. */
const MAX_LINE_CHARACTERS = 64 * 1024;

// Two repeated parts that match the same character never stand side by side, so each expression needs linear time.
const NAME = String.raw`[a-zA-Z_:][\w:]*`;
const LABEL = String.raw`[a-zA-Z_]\w*[ \t]*=[ \t]*"(?:[^"\\\n]|\\[^\n])*"`;
const LABELS = String.raw`\{[ \t]*(?:(${LABEL}(?:[ \t]*,[ \t]*${LABEL})*)(?:[ \t]*,)?[ \t]*)?\}`;
const SERIES = String.raw`(${NAME})(?:[ \t]*${LABELS})?`;
const SELECTOR = new RegExp(`^${SERIES}$`);
const SAMPLE = new RegExp(String.raw`^[ \t]*${SERIES}[ \t]+(\S+)(?:[ \t]+([^#\s]\S*))?[ \t]*(?: # [^\n]*)?$`);
const ONE_LABEL = /(\w+)[ \t]*=[ \t]*"((?:[^"\\]|\\[^\n])*)"/g;

/** Reads `name{label="value",...}`. A returned string says what is wrong with the text. */
export function parseSelector(text: string): Selector | string {
  const [, name, list = ''] = (text.length <= MAX_LINE_CHARACTERS && SELECTOR.exec(text.trim())) || [];
  if (name === undefined) {
    return `${JSON.stringify(text)} does not name a sample; write name or name{label="value",...}, with = alone`;
  }
  const labels = labelsIn(list);
  return labels ? { name, labels } : `${JSON.stringify(text)} names a label twice`;
}

/** The samples of a text that a selector names. A returned string says which line of the text is malformed, and how. */
export function samplesOf(text: string, format: Format, selector: Selector): Sample[] | string {
  const lines = text.split('\n');
  const cutOff = lines.pop() !== '';
  if (format === 'openmetrics') {
    // OpenMetrics allows its last line to end without a line feed.
    const last = cutOff ? text.slice(text.lastIndexOf('\n') + 1) : lines.pop();
    if (last !== '# EOF') return `line ${lines.length + 1} is not "# EOF", so the text may be cut off`;
  } else if (cutOff) {
    return `line ${lines.length + 1} does not end with a line feed, so the text may be cut off`;
  }
  const samples: Sample[] = [];
  for (const [index, line] of lines.entries()) {
    const sample = sampleIn(line, format, selector);
    if (typeof sample === 'string') return `line ${index + 1} ${sample}`;
    if (sample) samples.push(sample);
  }
  return samples;
}

/** The selected sample in a line; undefined for a line with no such sample. Every line is checked all the same. */
function sampleIn(line: string, format: Format, selector: Selector): Sample | string | undefined {
  if (line.length > MAX_LINE_CHARACTERS) return `is longer than ${MAX_LINE_CHARACTERS} characters`;
  if (format === 'prometheus' && /^[ \t]*(?:#|$)/.test(line)) return undefined;
  if (line === '# EOF') return 'is "# EOF", and more follows it';
  if (line.startsWith('# ')) return undefined;
  const [, name, list = '', number = '', time] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return 'is not a sample; name{label="value",...} value timestamp is one';
  const labels = labelsIn(list);
  if (!labels) return 'names a label twice';
  const value = sampleValue(number);
  if (value === undefined) return `has the value ${number}, which is not a number`;
  const sampledAt = time === undefined ? undefined : millisecondsOf(time, format);
  if (Number.isNaN(sampledAt)) return `has the timestamp ${time}, which is not one`;
  const isSelected =
    name === selector.name && [...selector.labels].every(([key, text]) => (labels.get(key) ?? '') === text);
  if (!isSelected) return undefined;
  return { value, labels, ...(sampledAt === undefined ? {} : { sampledAt }) };
}

/** The labels of a list. Undefined when a label is named twice. */
function labelsIn(list: string): ReadonlyMap<string, string> | undefined {
  const pairs = [...list.matchAll(ONE_LABEL)].map(
    ([, key = '', text = '']) => [key, unescaped(text)] as const,
  );
  const labels = new Map(pairs);
  return labels.size === pairs.length ? labels : undefined;
}

/** Undoes escapes. OpenMetrics lets undefined escapes stand for themselves: `\a` is a backslash and an a. */
const unescaped = (text: string) => text.replace(/\\([\\"n])/g, (_, c: string) => (c === 'n' ? '\n' : c));

/** A timestamp in milliseconds. OpenMetrics writes seconds, Prometheus whole milliseconds. NaN for any other text. */
function millisecondsOf(text: string, format: Format): number {
  if (format === 'prometheus') return /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  const milliseconds = Math.round((sampleValue(text) ?? Number.NaN) * 1_000);
  return Number.isSafeInteger(milliseconds) ? milliseconds : Number.NaN;
}
