import { type LoadedRules, textsDigest } from './record-rules.ts';

/** The result of loading the installation's folder. */
export type RulesFound<Loaded extends LoadedRules> =
  | ({ readonly kind: 'loaded' } & Loaded)
  | { readonly kind: 'faulty'; readonly reason: string };

export interface FollowRulesDeps<Loaded extends LoadedRules> {
  /** Loads the folder as it is now. */
  readonly load: () => Promise<RulesFound<Loaded>>;
  /** Records that the rules changed. Throws when it cannot be recorded; then they are not used yet. */
  readonly record: (loaded: Loaded) => Promise<unknown>;
  /** Has the worker go by these rules from now on. Actions that were ruled on keep what their rulings pin. */
  readonly use: (loaded: Loaded) => void;
}

/** The result of one look at the folder. */
export type Followed =
  | { readonly kind: 'same' }
  /** It is another one, or it is being written at the moment: used when the next look finds the same. */
  | { readonly kind: 'seen' }
  | { readonly kind: 'used'; readonly digest: string }
  /** It cannot be used. The worker goes on by the rules that it has. */
  | { readonly kind: 'faulty'; readonly reason: string };

/**
 * Makes the look at an installation's folder that a worker takes now and then, so that it goes by changed rules without a restart. A folder
 * that changes is used when two looks in a row find the same in it: by then, all files of a change are written.
 *
 * @param first the rules that the worker goes by, which are on record
 */
export function createFollowRules<Loaded extends LoadedRules>(
  { load, record, use }: FollowRulesDeps<Loaded>,
  first: Loaded,
): () => Promise<Followed> {
  const { name } = first.installation;
  let used = textsDigest(first.texts);
  let seen = used;
  return async () => {
    const found = await load();
    const seenBefore = seen;
    seen = used;
    if (found.kind === 'faulty') return found;
    if (found.installation.name !== name) {
      const reason = `the installation is named ${found.installation.name}: start the workers again, they work for ${name}`;
      return { kind: 'faulty', reason };
    }
    const digest = textsDigest(found.texts);
    seen = digest;
    if (digest === used) return { kind: 'same' };
    if (digest !== seenBefore) return { kind: 'seen' };
    await record(found);
    use(found);
    used = digest;
    return { kind: 'used', digest };
  };
}
