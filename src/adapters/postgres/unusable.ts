/** A database that cannot be used as it is. The message names host and database, never the password. */
export class DatabaseUnusable extends Error {
  override readonly name: string = 'DatabaseUnusable';
}

/** Nobody answered there, or whoever did lets nobody in. */
export class DatabaseUnreachable extends DatabaseUnusable {
  override readonly name = 'DatabaseUnreachable';
}
