import { Hono } from 'hono';
import { z } from 'zod';
import type { Family } from './openmetrics.ts';
import { checkBody } from './problem.ts';
import { SERVICE_NAMES } from './versions.ts';

const openSchema = z.partialRecord(z.enum(SERVICE_NAMES), z.int().min(0));

/** How many incidents people have declared on each service: the status page. None in a new process. */
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

  family(): Family {
    return {
      name: 'storefront_incidents_open',
      type: 'gauge',
      unit: 'open',
      help: 'Incidents that people declared and have not closed.',
      samples: SERVICE_NAMES.map((service) => ({ labels: { service }, value: this.#open[service] ?? 0 })),
    };
  }
}
