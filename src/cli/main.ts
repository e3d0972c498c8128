#!/usr/bin/env node
import { run } from './run.ts';

// Who reads the output may have read enough, as in `countersign list | head`: the rest is written to nobody.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await run(process.argv.slice(2), process);
