import { Hono } from 'hono';
import { z } from 'zod';
import type { Family } from './openmetrics.ts';
import { checkBody } from './problem.ts';
import { SERVICE_NAMES } from './versions.ts';

/** A text that stands in a label as it is. */
const label = z.string().regex(/^[^"\\\p{C}]{1,100}$/u);

const incidentSchema = z.strictObject({
  id: label,
  title: label,
  kind: label,
  /** Milliseconds since the epoch. */
  startedAt: z.int().min(1),
});

/** What is open on each service: incidents, or only how many. */
const openSchema = z.partialRecord(z.enum(SERVICE_NAMES), z.union([z.int().min(0), z.array(incidentSchema)]));

/** The incidents that people have declared on each service: the status page. None in a new process. */
export class Incidents {
  #open: z.infer<typeof openSchema> = {};

  /** `PUT /incidents` sets them for all services; one that is not named has none. */
  routes(): Hono {
    const app = new Hono();
    app.put('/incidents', async (c) => {
      this.#open = await checkBody(openSchema, c);
      return c.json(this.#open);
    });
    return app;
  }

  families(): Family[] {
    return [
      {
        name: 'storefront_incidents_open',
        type: 'gauge',
        unit: 'open',
        help: 'Incidents that people declared and have not closed.',
        samples: SERVICE_NAMES.map((service) => ({
          labels: { service },
          value: countOf(this.#open[service]),
        })),
      },
      {
        name: 'storefront_incident_started_seconds',
        type: 'gauge',
        unit: 'seconds',
        help: 'When each of them began, in seconds since 1970.',
        samples: SERVICE_NAMES.flatMap((service) =>
          namedOf(this.#open[service]).map(({ id, title, kind, startedAt }) => ({
            labels: { service, id, title, kind },
            value: startedAt / 1_000,
          })),
        ),
      },
    ];
  }
}

type Open = z.infer<typeof openSchema>[(typeof SERVICE_NAMES)[number]];

const namedOf = (open: Open) => (Array.isArray(open) ? open : []);
const countOf = (open: Open) => (typeof open === 'number' ? open : namedOf(open).length);
