import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** All that the SDK said at `INFO` and above, as JSON. */
export const heard: string[] = [];

/** Keeps the SDK's messages below an error out of the test output. */
export function quiet(): void {
  if (installed) return;
  installed = true;
  const shown = new DefaultLogger((process.env.TEST_LOG ?? 'ERROR') as 'ERROR');
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    heard.push(
      JSON.stringify([message, meta], (_, value) => (value instanceof Error ? String(value) : value)),
    );
    shown.log(level, message, meta);
  });
  Runtime.install({ logger });
}
