import { DefaultLogger, type Logger, type LogLevel } from '@temporalio/worker';
import pino, { type Logger as Pino } from 'pino';

/** The names of members that may hold a secret or a person's signed statement, at any depth up to three. */
const SECRET = [
  'password',
  'token',
  'apiKey',
  'routingKey',
  'routing_key',
  'smtpUrl',
  'webhookUrl',
  'auth',
  'secret',
  'jws',
  'authorization',
];

/** A log of JSON lines on standard error. Standard output stays free for a command's own answer. */
export function createLog(level: string): Pino {
  const paths = SECRET.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    {
      name: 'countersign',
      level,
      redact: { paths, censor: '[redacted]' },
      serializers: { error: errorMembers },
    },
    pino.destination(2),
  );
}

/** An error as Temporal logs it in `error`, with message and stack, which JSON leaves out. */
const errorMembers = (error: unknown) =>
  error instanceof Error ? { ...error, message: error.message, stack: error.stack } : error;

/** Writes Temporal's own messages to the same log. */
export function temporalLogger(log: Pino): Logger {
  const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
  return new DefaultLogger(
    'INFO',
    ({ level, message, meta }: { level: LogLevel; message: string; meta?: object }) =>
      log[levels[level]]({ ...meta }, message),
  );
}
