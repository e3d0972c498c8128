import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { type DatabaseUrls, prepareDatabase, urlsFor } from '../../src/dev/database.ts';

export interface TestDatabase {
  /** Of the superuser as its owner, and of the login of each part. */
  readonly urls: DatabaseUrls;
  /** Removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** A fresh database on the PostgreSQL of this test run, of the newest version. */
export async function createDatabase(): Promise<TestDatabase> {
  const database = await createEmptyDatabase();
  await prepareDatabase(database.urls.owner, inject('logins'));
  return database;
}

export async function createEmptyDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return {
    urls: urlsFor(url.href, inject('logins')),
    drop: () => execute(server, `drop database ${name} with (force)`),
  };
}

/** Runs statements on a connection of their own. */
export async function execute(url: string, statements: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}
