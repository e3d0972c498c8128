/** A process of its own that hosts both servers, as `countersign dev` does. Run with the CLI's path and a data folder. */
import { Client } from 'pg';
import { startPostgres } from '../../src/dev/postgres.ts';
import { startTemporal } from '../../src/dev/temporal-server.ts';

const [binary = '', directory = ''] = process.argv.slice(2);
const temporal = await startTemporal({ binary, ui: false });
const postgres = await startPostgres({ directory });

process.on('SIGINT', async () => {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.end();
  await Promise.all([temporal.stop(), postgres.stop()]);
  console.log('stopped in order');
  process.exitCode = 7;
});

console.log(JSON.stringify({ temporal: temporal.address, postgres: new URL(postgres.url).host }));
