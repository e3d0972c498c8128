import { z } from 'zod';
import { isTime } from '../domain/ledger/ledger.ts';

/** The most alerts of one body: Alertmanager has `max_alerts` for this. */
const MOST_ALERTS = 1_000;
const MOST_LABELS = 64;
const LONGEST_NAME = 200;
const LONGEST_VALUE = 2_000;

/** A text that any store can hold. Neither NUL nor half a character is one. */
const storable = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max} characters`)
    .regex(/^[^\0\p{Surrogate}]*$/u, 'holds NUL or half a character');

const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-03-02T12:00:00Z' })
  .transform((text) => Date.parse(text));

const alert = z.object({
  status: z.enum(['firing', 'resolved'], 'must be firing or resolved'),
  labels: z
    .record(storable(LONGEST_NAME), storable(LONGEST_VALUE))
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `has more than ${MOST_LABELS} labels`),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: time.refine(isTime, 'must be a time after 1970'),
  /** Of an alert that fires, Alertmanager writes the year 1. */
  endsAt: time.optional(),
  fingerprint: z.string().regex(/^[\w.:-]{1,100}$/, 'must be the fingerprint of the labels'),
});

/** What Alertmanager posts: version 4 of its webhook. Members that are not read may be anything. */
export const alertmanagerSchema = z.object({
  version: z.literal('4', 'must be "4": the version of the webhook of Alertmanager'),
  groupKey: z.string().min(1).max(10_000),
  status: z.enum(['firing', 'resolved'], 'must be firing or resolved'),
  alerts: z
    .array(alert)
    .max(MOST_ALERTS, `has more than ${MOST_ALERTS} alerts: set max_alerts of the webhook`),
});
