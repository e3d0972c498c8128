#!/usr/bin/env node
import { run } from './run.ts';

// The reader of the output may have stopped, as in `countersign list | head`. The rest is dropped.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await run(process.argv.slice(2), process);
