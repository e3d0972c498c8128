import { z } from 'zod';
import { TASK_QUEUE } from './ids.ts';

/** @param example of what would pass */
export const hostAndPort = (example: string) =>
  z.string().regex(/^\S+:\d{1,5}$/, { error: `must be host:port, such as ${example}` });

/** What the environment tells each process of ours that serves. Everything about what is governed is in the installation's folder. */
export const commonSettings = {
  TEMPORAL_ADDRESS: hostAndPort('127.0.0.1:7233').default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: z.string().optional(),
  COUNTERSIGN_TASK_QUEUE: z.string().default(TASK_QUEUE),
  COUNTERSIGN_INSTALLATION: z.string({ error: 'must name the folder of the installation' }),
  COUNTERSIGN_DATABASE_URL: z.string({
    error: 'must be a PostgreSQL URL, such as postgres://user@host/countersign',
  }),
  COUNTERSIGN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
