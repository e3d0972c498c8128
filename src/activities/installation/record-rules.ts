import type { Installation } from '../../domain/installation/installation.ts';
import { type FileChange, lastRules, type RulesChanged, rulesId } from '../../domain/record/rules-changed.ts';
import { digestOf, digestOfText } from '../../domain/shared/digest.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Repository } from '../ports/repository.ts';
import type { RuleTexts } from '../ports/rule-texts.ts';

/** Texts of files, by their paths. */
export type Texts = Readonly<Record<string, string>>;

export interface RecordRulesDeps {
  readonly ledger: Ledger;
  readonly ruleTexts: RuleTexts;
  readonly repository: Repository;
  /** Returns the readable difference between two folders. */
  readonly differences: (before: Texts, after: Texts) => readonly FileChange[];
  readonly now: () => number;
}

export interface LoadedRules {
  readonly installation: Pick<Installation, 'name' | 'digests'>;
  readonly texts: Texts;
}

/** Returns the digest that names all files of a folder together. */
export const textsDigest = (texts: Texts): string => digestOf(digestsOf(texts));

const digestsOf = (texts: Texts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([file, text]) => [file, digestOfText(text)]));

/**
 * Records who changed the rules, before a worker rules by them: the difference to the rules that a worker loaded last, and where they came
 * from. Rules that are on record as the last ones are not recorded again. Throws when the ledger is unreachable.
 *
 * @returns whether they are other rules than before
 */
export async function recordRules(deps: RecordRulesDeps, loaded: LoadedRules): Promise<boolean> {
  const { ledger, ruleTexts, repository, differences, now } = deps;
  const { installation, texts } = loaded;
  const about = rulesId(installation.name);
  const files = digestsOf(texts);
  const digest = digestOf(files);
  const last = lastRules(await ledger.entriesOf(about));
  if (last?.rules.digest === digest) return false;

  const before = last && (await textsBefore(ruleTexts, last.rules));
  const { origin: originBefore } = last?.rules ?? {};
  const body: RulesChanged = {
    digest,
    before: last?.rules.digest ?? null,
    digests: installation.digests,
    files,
    changes: before ? differences(before, texts) : [],
    origin: await repository.originOf(originBefore?.kind === 'repository' ? originBefore.head : undefined),
  };
  await ruleTexts.keep(Object.fromEntries(Object.entries(texts).map(([file, text]) => [files[file], text])));
  try {
    // Named by the change before it: two workers that load the same folder record it once, and a folder that comes back is a new change.
    const eventId = `${about}/${last?.seq ?? 0}/${digest}`;
    await ledger.append({ eventId, actionId: about, kind: 'rulesChanged', at: now(), body });
  } catch (error) {
    const recordedMeanwhile = lastRules(await ledger.entriesOf(about));
    if (recordedMeanwhile?.rules.digest !== digest) throw error;
  }
  return true;
}

/** The texts that were loaded before. One that is gone is empty. */
async function textsBefore(ruleTexts: RuleTexts, { files }: RulesChanged): Promise<Texts> {
  const known = await ruleTexts.of(Object.values(files));
  return Object.fromEntries(Object.entries(files).map(([file, digest]) => [file, known[digest] ?? '']));
}
