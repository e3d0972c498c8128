import type { Installation } from '../domain/installation/installation.ts';
import type { Checkpoints } from './ports/checkpoints.ts';
import { failure } from './shared/failure.ts';

export interface CheckpointDeps {
  readonly checkpoints: Checkpoints;
  readonly installation: Installation;
  readonly now: () => number;
}

/** Signs the ledger as it is. Whoever asks for it decides nothing: it takes no argument, and signs only what goes on from the last time. */
export function createSignCheckpoint({ checkpoints, installation, now }: CheckpointDeps) {
  return {
    /** @returns what was done, for whoever reads the workflow */
    async signCheckpoint(): Promise<string> {
      const signed = await checkpoints.sign(installation.name, now());
      switch (signed.kind) {
        case 'signed':
          return `signed the first ${signed.size} entries${signed.isWhole ? '' : '; there are more, for the next time'}`;
        case 'nothingNew':
          return `nothing new since entry ${signed.size}`;
        case 'refused':
          throw failure('LedgerNotSigned', signed.reason);
      }
    },
  };
}
