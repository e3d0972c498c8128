import { LONGEST_ENCRYPTED, parseContext } from '../contract/context.ts';
import { runOf } from '../domain/ledger/ledger.ts';
import { onRecord } from '../domain/record/on-record.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { faultsText } from '../domain/shared/json.ts';
import type { ContextPublicKey, Contexts } from './ports/contexts.ts';
import type { Ledger } from './ports/ledger.ts';
import { failure } from './shared/failure.ts';

export interface ContextDeps {
  readonly ledger: Ledger;
  readonly contexts: Contexts;
  readonly now: () => number;
}

export interface HandedInContext {
  readonly actionId: string;
  /** The context, encrypted to `contextPublicKey` (compact JWE, RFC 7516): Temporal keeps what an activity is given. */
  readonly jwe: string;
}

export function createContext({ ledger, contexts, now }: ContextDeps) {
  return {
    /** The key to which a context is encrypted before it is handed in. */
    contextPublicKey: async (): Promise<ContextPublicKey> => contexts.publicKey,

    /**
     * Keeps what an agent knew when it proposed. INVARIANT 13: what is kept is what the proposal on record names, so a refused proposal leaves
     * nothing, and nobody can add a context to the action of somebody else. Raises `ContextRefused` for anything else.
     */
    keepContext: async ({ actionId, jwe }: HandedInContext): Promise<void> => {
      const refused = (reason: string) => failure('ContextRefused', reason);
      const entries = await ledger.entriesOf(actionId);
      const first = entries.find(({ kind }) => kind === 'ruled');
      const ruled = first && onRecord(actionId, runOf(first), [first]).ruled;
      if (!ruled) throw refused(`${actionId} is not ruled on: propose it first`);
      const { contextDigest } = ruled.proposal;
      if (contextDigest === undefined)
        throw refused(`the proposal of ${actionId} names no context: make it with withContext`);
      if (jwe.length > LONGEST_ENCRYPTED)
        throw refused(`it has ${jwe.length} characters, at most ${LONGEST_ENCRYPTED} are taken`);
      const parsed = parseContext(await contexts.open(jwe));
      if (parsed.kind === 'refused') throw refused(faultsText(parsed.faults));
      const digest = digestOf(parsed.context);
      if (digest !== contextDigest)
        throw refused(`its digest is ${digest}, the proposal of ${actionId} names ${contextDigest}`);
      await contexts.keep(actionId, digest, parsed.context, now());
    },
  };
}
