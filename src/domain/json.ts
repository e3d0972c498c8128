/** Plain JSON data (RFC 8259). All that Countersign hashes, signs or stores is of this kind. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A problem with an input: where it is, what is wrong, and what would pass. */
export interface Fault {
  /** Path inside the input, such as `params.count`, or a file with its line. */
  readonly where: string;
  readonly problem: string;
}
