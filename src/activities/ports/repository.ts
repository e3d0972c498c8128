import type { Origin } from '../../domain/record/rules-changed.ts';

/** The repository that an installation's folder is in. */
export interface Repository {
  /**
   * Says where the folder came from. Never throws: without an answer the origin is unknown, with the reason.
   *
   * @param since the commit that the folder was at before; undefined: only the last commit is told
   */
  originOf(since: string | undefined): Promise<Origin>;
}
