/** A database that cannot be used as it is. The message names host and database, never the password. */
export class DatabaseUnusable extends Error {
  override readonly name: string = 'DatabaseUnusable';
}

/** Nothing answers at the address, or the server accepts no connection now. */
export class DatabaseUnreachable extends DatabaseUnusable {
  override readonly name = 'DatabaseUnreachable';
}
