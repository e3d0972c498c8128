import { z } from 'zod';
import { TASK_QUEUE } from './ids.ts';

/** A host with its port. @param example a valid one, for the message */
export const hostAndPort = (example: string) =>
  z.string().regex(/^\S+:\d{1,5}$/, { error: `must be host:port, such as ${example}` });

const pathOf = (content: string) => z.string().min(1, `must name a file with ${content}`).optional();

/**
 * The settings by which each of our processes, and the CLI, connects to Temporal. The names are those of Temporal's own environment
 * configuration.
 */
export const temporalSettings = {
  TEMPORAL_ADDRESS: hostAndPort('127.0.0.1:7233').default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: z.string().min(1, 'must not be empty: set a token, or leave it out').optional(),
  /** Absent: TLS is used if there is a token or another TLS setting. */
  TEMPORAL_TLS: z
    .enum(['true', 'false', '1', '0'], { error: 'must be true or false' })
    .transform((text) => text === 'true' || text === '1')
    .optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: pathOf('the certificate that the client shows'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: pathOf('the key of that certificate'),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: pathOf("the authority that signed the server's certificate"),
  /** The name in the server's certificate, if it differs from that of the address. */
  TEMPORAL_TLS_SERVER_NAME: z.string().min(1, 'must be a host name').optional(),
};
export type TemporalSettings = z.infer<z.ZodObject<typeof temporalSettings>>;

/** The environment variables of each of our server processes. Everything about what is governed is in the installation's folder. */
export const commonSettings = {
  ...temporalSettings,
  COUNTERSIGN_TASK_QUEUE: z.string().default(TASK_QUEUE),
  COUNTERSIGN_INSTALLATION: z.string({ error: 'must name the folder of the installation' }),
  COUNTERSIGN_DATABASE_URL: z.string({
    error: 'must be a PostgreSQL URL, such as postgres://user@host/countersign',
  }),
  COUNTERSIGN_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
};
