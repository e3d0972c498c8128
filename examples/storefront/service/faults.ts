import { Hono } from 'hono';
import { z } from 'zod';
import { type Family, OPENMETRICS_TYPE, renderOpenMetrics } from './openmetrics.ts';
import { checkBody, Problem } from './problem.ts';

const STALE_BY_SECONDS = 600;

const switchesSchema = z.strictObject({
  hangAfterEffectMs: z.int().min(0).max(600_000).default(0),
  failUndo: z.boolean().default(false),
  /** `lost`: no change is made but an undo. `unanswered`: each is made. Either way the answer is 500. */
  changes: z.enum(['ok', 'lost', 'unanswered']).default('ok'),
  /** Whether operators can ask for an operation. */
  operations: z.enum(['ok', 'down']).default('ok'),
  metrics: z.enum(['ok', 'down', 'nan', 'empty', 'stale']).default('ok'),
  /** Whether the metrics are as they are again once something is undone. */
  untilUndone: z.boolean().default(false),
});
type Switches = z.infer<typeof switchesSchema>;

/** Faults that tests switch on; all are off in a new process. */
export class Faults {
  readonly #families: () => Family[];
  #switches: Switches = switchesSchema.parse({});
  #frozen: { families: Family[]; timestamp: number } = { families: [], timestamp: 0 };

  constructor(families: () => Family[]) {
    this.#families = families;
  }

  get failUndo(): boolean {
    return this.#switches.failUndo;
  }

  /** Throws Problem 500 before a change where it is to be lost. */
  loseChange(): void {
    if (this.#switches.changes === 'lost') throw on('changes=lost');
  }

  /** Throws Problem 500 after a change where its answer is to be lost. */
  loseAnswer(): void {
    if (this.#switches.changes === 'unanswered') throw on('changes=unanswered');
  }

  /** Throws Problem 500 where nobody can ask for an operation. */
  checkOperations(): void {
    if (this.#switches.operations === 'down') throw on('operations=down');
  }

  set(switches: Switches, now: Date): void {
    this.#switches = switches;
    this.#frozen = { families: this.#families(), timestamp: now.getTime() / 1_000 - STALE_BY_SECONDS };
  }

  undone(): void {
    if (this.#switches.untilUndone) this.#switches = { ...this.#switches, metrics: 'ok' };
  }

  /** How long the answer to the change just made is held back, in ms; 0 from then on. */
  takeHang(): number {
    const ms = this.#switches.hangAfterEffectMs;
    this.#switches = { ...this.#switches, hangAfterEffectMs: 0 };
    return ms;
  }

  /** The metrics as text. Throws Problem 503 when they are down. */
  metricsText(): string {
    this.checkUp();
    return this.#switches.metrics === 'stale'
      ? renderOpenMetrics(this.#frozen.families, this.#frozen.timestamp)
      : renderOpenMetrics(this.metrics() ?? []);
  }

  /** The metrics of now; undefined when there are none, because they are down or stale. */
  metrics(): Family[] | undefined {
    const mode = this.#switches.metrics;
    switch (mode) {
      case 'down':
      case 'stale':
        return undefined;
      case 'nan':
      case 'empty':
        return this.#families().map((family) => spoil(family, mode));
      case 'ok':
        return this.#families();
    }
  }

  /** Throws Problem 503 when the metrics are down. */
  checkUp(): void {
    if (this.#switches.metrics === 'down')
      throw new Problem('metrics-unavailable', 'Metrics are down because the fault metrics=down is on');
  }
}

const on = (fault: string) =>
  new Problem('internal-error', `There is no better answer because the fault ${fault} is on`);

function spoil(family: Family, mode: 'nan' | 'empty'): Family {
  if (family.type !== 'gauge') return family;
  const samples = mode === 'empty' ? [] : family.samples.map((sample) => ({ ...sample, value: Number.NaN }));
  return { ...family, samples };
}

/** `PUT /faults` sets every switch, the ones not named to off; `GET /metrics` shows what they leave of the metrics. */
export function faultRoutes(faults: Faults): Hono {
  const app = new Hono();
  app.put('/faults', async (c) => {
    const switches = await checkBody(switchesSchema, c);
    faults.set(switches, new Date());
    return c.json(switches);
  });
  app.get('/metrics', (c) => c.body(faults.metricsText(), 200, { 'Content-Type': OPENMETRICS_TYPE }));
  return app;
}
