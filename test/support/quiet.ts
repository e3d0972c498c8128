import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

/** Keeps the SDK's messages below an error out of the test output. */
export function quiet(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger((process.env.TEST_LOG ?? 'ERROR') as 'ERROR') });
}
