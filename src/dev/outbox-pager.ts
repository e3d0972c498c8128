import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';

/** The largest event that PagerDuty accepts. */
const MAX_EVENT_BYTES = 512 * 1024;

const text = z.string('is missing or blank').trim().min(1, 'is missing or blank');
const dedupKey = text.max(255, 'is longer than 255 characters');

const payload = z.looseObject(
  {
    summary: text.max(1024, 'is longer than 1024 characters'),
    source: text,
    severity: z.enum(
      ['critical', 'error', 'warning', 'info'],
      'is not one of critical, error, warning, info',
    ),
  },
  'is missing or blank',
);

const pagerEvent = z.discriminatedUnion(
  'event_action',
  [
    z.looseObject({
      routing_key: text,
      event_action: z.literal('trigger'),
      dedup_key: dedupKey.optional(),
      payload,
    }),
    z.looseObject({ routing_key: text, event_action: z.literal('acknowledge'), dedup_key: dedupKey }),
    z.looseObject({ routing_key: text, event_action: z.literal('resolve'), dedup_key: dedupKey }),
  ],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? 'is not one of trigger, acknowledge, resolve' : 'is not a JSON object',
  },
);

/** An event of the PagerDuty Events API v2. Members that are not checked (links, client, custom_details) are kept. */
export type PagerEvent = z.infer<typeof pagerEvent>;

export interface CaughtPage {
  /** The sender's key, or one made here for a trigger without a key. */
  readonly dedupKey: string;
  readonly event: PagerEvent;
  readonly at: Date;
}

/** Answers `POST /v2/enqueue` as PagerDuty does: 202 with the dedup key, or 400 with a line for each fault; 503 while it is down. */
export function pager(keep: (page: CaughtPage) => void, isDown: () => boolean): Hono {
  const app = new Hono();
  app.post('/v2/enqueue', bodyLimit({ maxSize: MAX_EVENT_BYTES }), async (c) => {
    if (isDown()) return c.json({ status: 'error', message: 'The service is down' }, 503);
    const { data: event, error } = pagerEvent.safeParse(await c.req.json().catch(() => undefined));
    if (error) {
      const errors = error.issues.map(({ path, message }) => `'${path.join('.') || 'event'}' ${message}`);
      return c.json({ status: 'invalid event', message: 'Event object is invalid', errors }, 400);
    }
    const key = event.dedup_key ?? randomUUID();
    keep({ dedupKey: key, event, at: new Date() });
    return c.json({ status: 'success', message: 'Event processed', dedup_key: key }, 202);
  });
  return app;
}
