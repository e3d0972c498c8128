import type { Installation } from '../../domain/installation/installation.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { caseBeside } from '../../domain/simulation/case.ts';
import { type Folder, folderDigest } from '../../domain/simulation/folder.ts';
import type { RecordedRuling } from '../../domain/simulation/recorded-ruling.ts';
import type { Said } from '../../domain/simulation/shadow.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Shadow } from '../ports/shadow.ts';

/** A candidate folder, as it was loaded. */
export type Candidate =
  | ({ readonly kind: 'loaded' } & Folder)
  | { readonly kind: 'faulty'; readonly why: string };

/** How many rulings wait for the candidate's answer at most. What comes while so many wait is left out, and is on record without an answer. */
const MOST_WAITING = 1_000;

export interface ShadowDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  /** Is told what went wrong, for the log. */
  readonly warn: (problem: string) => void;
}

/**
 * Asks a candidate folder about each ruling, and records its answer beside it. It goes by the facts of the ruling alone and reads nothing. One
 * ruling is asked about at a time, after everything else that this process has to do at that moment.
 */
export function createShadow(
  { installation, ledger, warn }: ShadowDeps,
  candidate: Candidate,
): { readonly shadow: Shadow; readonly done: () => Promise<void> } {
  const active = folderDigest(installation);
  let waiting = 0;
  let last = Promise.resolve();

  function answer(recorded: RecordedRuling): Said {
    if (candidate.kind === 'faulty') return { kind: 'faulty', why: `is faulty: ${candidate.why}` };
    try {
      const found = caseBeside(installation, candidate, recorded);
      return { kind: 'compared', candidate: folderDigest(candidate.installation), case: found };
    } catch (error) {
      return {
        kind: 'faulty',
        why: `could not rule on it: ${error instanceof Error ? error.message : error}`,
      };
    }
  }

  async function record(of: string, recorded: RecordedRuling): Promise<void> {
    await new Promise(setImmediate);
    const body = { of, active, ...answer(recorded) };
    const { actionId, runId, at } = recorded;
    const eventId = `${actionId}/${runId}/shadowed/${digestOf(body)}`;
    await ledger.append({ eventId, actionId, kind: 'shadowed', at, body });
  }

  return {
    shadow: (of, recorded) => {
      if (waiting >= MOST_WAITING) return warn('the shadow is too slow: it is not asked about a ruling');
      waiting += 1;
      last = last
        .then(() => record(of, recorded))
        .catch((error) => warn(`the shadow's answer is not recorded: ${error}`))
        .finally(() => {
          waiting -= 1;
        });
    },
    /** Resolves once everything that it was told of is recorded, or could not be. */
    done: () => last,
  };
}
