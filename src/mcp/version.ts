import { createRequire } from 'node:module';

/** The version that our servers name to their clients: that of the package. */
export const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
