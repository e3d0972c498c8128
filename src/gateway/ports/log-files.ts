import type { ActionProof } from '../../domain/ledger/tree/ledger-file.ts';

/** The ledger as the files of a transparency log (C2SP tlog-tiles). Undefined: the newest checkpoint does not cover it. */
export interface LogFiles {
  /** The newest checkpoint, with the cosignatures of its witnesses. */
  checkpoint(): Promise<string | undefined>;
  /** The first `width` hashes of a tile. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>;
  /** The first `width` entries of those that a tile of level 0 is made of, without what they say. */
  bundle(index: number, width: number): Promise<Uint8Array | undefined>;
  /** All entries about an action, each with its proof. */
  prove(action: string): Promise<ActionProof>;
}
