import { lookup } from '../shared/lookup.ts';

export type Labels = Readonly<Record<string, string>>;

/** An alert of another system about a service, as it is kept. Times in milliseconds since the epoch. */
export interface Alert {
  /** The name of the receiver by which it came. */
  readonly receiver: string;
  /** The sender's own id for these labels. Together with `startsAt` it is one alert, however often it is sent. */
  readonly fingerprint: string;
  readonly service: string;
  readonly environment: string;
  readonly labels: Labels;
  /** What the sender wrote for people. Absent: nothing. */
  readonly summary?: string | undefined;
  /** When it began, by the sender's clock. */
  readonly startsAt: number;
  /** When we first heard of it, by our clock. */
  readonly receivedAt: number;
  /** When it ended, by the sender's clock. Absent: we were not told that it did. */
  readonly endedAt?: number | undefined;
}

const OPERATORS = ['=', '!=', '=~', '!~'] as const;

/** A condition on one label, as Alertmanager has it. A regular expression matches the whole value. */
export interface Matcher {
  readonly label: string;
  readonly operator: (typeof OPERATORS)[number];
  readonly value: string;
}

/** What ends a watch. An alert must meet all matchers of one of these. */
export type AbortOn =
  | { readonly kind: 'alert'; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'hold' };

const MATCHER =
  /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\["\\n])*"|(?![=~])[^\s"{},]*)\s*$/;

/** Reads a matcher such as `severity=~"critical|page"`. Returns what is wrong where it is none. */
export function readMatcher(text: string): Matcher | string {
  const [, label, operator, written] = MATCHER.exec(text) ?? [];
  const known = OPERATORS.find((candidate) => candidate === operator);
  if (label === undefined || written === undefined || !known)
    return 'must be a matcher as Alertmanager has it, such as severity="critical" or team=~"shop|web"';
  const value = written.startsWith('"')
    ? written.slice(1, -1).replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
    : written;
  const fault = known.endsWith('~') ? patternFault(value) : undefined;
  return fault ?? { label, operator: known, value };
}

function patternFault(pattern: string): string | undefined {
  // Alertmanager's regular expressions (RE2) do not have these. Without them a pattern means the same here.
  if (/\(\?[^:]|\\[1-9]/.test(pattern))
    return 'has a regular expression with "(?" or a back reference: leave them out';
  try {
    wholeOf(pattern);
    return undefined;
  } catch {
    return 'has a regular expression that cannot be read';
  }
}

const wholeOf = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'u');

/** Whether labels meet a matcher. A label that is absent counts as empty, as in Alertmanager. */
export function meets(labels: Labels, { label, operator, value }: Matcher): boolean {
  const found = lookup(labels, label) ?? '';
  const isMet = operator.endsWith('~') ? wholeOf(value).test(found) : found === value;
  return operator.startsWith('!') ? !isMet : isMet;
}

/** A label that names something of ours, and our names for the values that are others. */
export interface NamingLabel {
  readonly label: string;
  readonly values: Readonly<Record<string, string>>;
}

/** How a receiver finds the service and the environment of an alert. `is`: all its alerts are of that environment. */
export interface AlertPlaces {
  readonly service: NamingLabel;
  readonly environment: NamingLabel | { readonly is: string };
}

/** What an installation has names for. */
interface Names {
  readonly services: Readonly<Record<string, unknown>>;
  readonly environments: Readonly<Record<string, unknown>>;
}

export type Placed =
  | { readonly kind: 'placed'; readonly service: string; readonly environment: string }
  | { readonly kind: 'nowhere'; readonly reason: string };

/** Finds what an alert is about, by its labels. */
export function placed(places: AlertPlaces, labels: Labels, { services, environments }: Names): Placed {
  const service = named(places.service, labels);
  const environment = 'is' in places.environment ? places.environment.is : named(places.environment, labels);
  const reason =
    whyNot(places.service.label, service, services, 'service') ??
    whyNot(
      'label' in places.environment ? places.environment.label : '',
      environment,
      environments,
      'environment',
    );
  return reason === undefined && service !== undefined && environment !== undefined
    ? { kind: 'placed', service, environment }
    : { kind: 'nowhere', reason: reason ?? '' };
}

function named({ label, values }: NamingLabel, labels: Labels): string | undefined {
  const value = lookup(labels, label);
  return value === undefined ? undefined : (lookup(values, value) ?? value);
}

function whyNot(
  label: string,
  name: string | undefined,
  known: Readonly<Record<string, unknown>>,
  what: string,
): string | undefined {
  if (name === undefined) return `it has no label "${label}", which names the ${what}`;
  return lookup(known, name) === undefined
    ? `its label "${label}" names no ${what} that is known`
    : undefined;
}
