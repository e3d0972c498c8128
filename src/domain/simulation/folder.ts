import type { Installation } from '../installation/installation.ts';
import type { Authorize } from '../policy/policy.ts';
import type { CheckParams } from '../proposal/check-proposal.ts';
import { digestOf } from '../shared/digest.ts';

/** An installation's folder, loaded: by what it rules. */
export interface Folder {
  readonly installation: Installation;
  readonly authorize: Authorize;
  readonly checkParams: CheckParams;
}

/** Returns one digest of everything that a folder says. */
export const folderDigest = ({ digests }: Pick<Installation, 'digests'>): string => digestOf(digests);
