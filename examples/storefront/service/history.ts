import { Hono } from 'hono';
import { z } from 'zod';
import type { Family } from './openmetrics.ts';
import { Problem } from './problem.ts';

const EVERY_MS = 1_000;
const KEPT_MS = 3_600_000;

interface Kept {
  name: string;
  labels: Record<string, string>;
  points: [at: number, value: number][];
}

const askedSchema = z.object({
  query: z.string('is required: a selector such as storefront_requests_total{service="cart",code=~"5.."}'),
  from: z.coerce.number('must be milliseconds since 1970').int(),
  until: z.coerce.number('must be milliseconds since 1970').int(),
});

/** Each sample of the metrics, once a second for an hour. */
export class History {
  readonly #kept = new Map<string, Kept>();

  /** Keeps what `families` gives, once a second. Undefined: the metrics cannot be read now. */
  start(families: () => Family[] | undefined): void {
    setInterval(() => this.record(families() ?? [], Date.now()), EVERY_MS).unref();
  }

  record(families: readonly Family[], at: number): void {
    for (const { name: family, samples } of families) {
      for (const { suffix = '', labels = {}, value } of samples) {
        const name = family + suffix;
        const key = JSON.stringify([name, labels]);
        const kept = this.#kept.get(key) ?? { name, labels, points: [] };
        this.#kept.set(key, kept);
        kept.points.push([at, value]);
      }
    }
    for (const [key, { points }] of this.#kept) {
      while (points[0] && points[0][0] <= at - KEPT_MS) points.shift();
      if (points.length === 0) this.#kept.delete(key);
    }
  }

  /** The samples that a selector names, from one time to another, both included. */
  between(matches: (name: string, labels: Record<string, string>) => boolean, from: number, until: number) {
    return [...this.#kept.values()]
      .filter(({ name, labels }) => matches(name, labels))
      .map(({ name, labels, points }) => ({
        name,
        labels,
        points: points
          .filter(([at]) => at >= from && at <= until)
          // JSON has no number for NaN.
          .map(([at, value]) => [at, Number.isFinite(value) ? value : String(value)]),
      }))
      .filter(({ points }) => points.length > 0);
  }
}

/** `GET /metrics/history` tells the metrics of the last hour. @param check throws a Problem while metrics are down */
export function historyRoutes(history: History, check: () => void): Hono {
  const app = new Hono();
  app.get('/metrics/history', (c) => {
    check();
    const asked = askedSchema.safeParse(c.req.query());
    if (!asked.success) throw new Problem('invalid-request', z.prettifyError(asked.error));
    const { query, from, until } = asked.data;
    return c.json({ series: history.between(selectorOf(query), from, until) });
  });
  return app;
}

/** Reads `name{label="value",label=~"expression"}`; the labels may be left out. */
function selectorOf(query: string): (name: string, labels: Record<string, string>) => boolean {
  const [, named, inBraces = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(query) ?? [];
  const matchers = inBraces.split(',').filter((matcher) => matcher !== '');
  const read = matchers.map((matcher) => {
    const [, label = '', operator, value = ''] = /^\s*(\w+)(=~?)"([^"\\]*)"\s*$/.exec(matcher) ?? [];
    if (label === '') throw new Problem('invalid-request', `${matcher} is not label="value"`);
    return { label, fits: operator === '=' ? (text: string) => text === value : expression(value) };
  });
  if (named === undefined) throw new Problem('invalid-request', `${query} is not name{label="value"}`);
  return (name, labels) => name === named && read.every(({ label, fits }) => fits(labels[label] ?? ''));
}

function expression(text: string): (value: string) => boolean {
  try {
    const whole = new RegExp(`^(?:${text})$`);
    return (value) => whole.test(value);
  } catch {
    throw new Problem('invalid-request', `${text} is not a regular expression`);
  }
}
