import type { Installation } from '../domain/installation/installation.ts';
import { cosignedBy, parseCheckpoint } from '../domain/ledger/tree/checkpoint.ts';
import { keyIdOf, parseSignature, type VerifierKey } from '../domain/ledger/tree/signed-note.ts';
import type { Checkpoints } from './ports/checkpoints.ts';
import type { Witness } from './ports/witnesses.ts';
import { failure } from './shared/failure.ts';

export interface CheckpointDeps {
  readonly checkpoints: Checkpoints;
  /** Who else looks at the ledger. */
  readonly witnesses: readonly Witness[];
  readonly installation: Pick<Installation, 'name'>;
  readonly now: () => number;
}

/**
 * Signs the ledger as it is, and hands what was signed to the witnesses. Whoever asks for it decides nothing: it takes no argument, and signs
 * only what goes on from the last time.
 */
export function createSignCheckpoint({ checkpoints, witnesses, installation, now }: CheckpointDeps) {
  async function signed(): Promise<string> {
    const result = await checkpoints.sign(installation.name, now());
    switch (result.kind) {
      case 'signed':
        return `signed the first ${result.size} entries${result.isWhole ? '' : '; there are more, for the next time'}`;
      case 'nothingNew':
        return `nothing new since entry ${result.size}`;
      case 'refused':
        throw failure('LedgerNotSigned', result.reason);
    }
  }

  /** Has one witness cosign the newest checkpoint. A witness that does not is asked again the next time. */
  async function witnessed(witness: Witness): Promise<string> {
    const { key } = witness;
    const newest = await checkpoints.newest();
    if (!newest) return `${key.name}: there is nothing to cosign`;
    const { size, note } = newest;
    const seen = await checkpoints.seenBy(key);
    if (seen === size) return `${key.name}: cosigned it before`;
    const askFrom = async (old: number) => witness.ask(old, await checkpoints.consistency(old, size), note);
    let answer = await askFrom(seen);
    // It knows best what it saw: our own record of it may be of before a restore.
    if (answer.kind === 'sawOther' && answer.size <= size) answer = await askFrom(answer.size);
    if (answer.kind === 'sawOther')
      return `${key.name}: refused, because it saw ${answer.size} entries: they are more than there are, or others`;
    if (answer.kind === 'refused') return `${key.name}: ${answer.reason}`;
    const line = cosignatureIn(answer.lines, key, note);
    if (line === undefined) return `${key.name}: what it answered is not its cosignature of this checkpoint`;
    await checkpoints.keepCosignature(size, key, line);
    return `${key.name}: cosigned the first ${size} entries`;
  }

  return {
    /** @returns what was done, for whoever reads the workflow */
    async signCheckpoint(): Promise<string> {
      const done = await signed();
      const byWitnesses = await Promise.all(witnesses.map(witnessed));
      return [done, ...byWitnesses].join('; ');
    },
  };
}

/** The line of a witness's answer that is its cosignature, verified. Undefined: there is none. */
function cosignatureIn(lines: string, key: VerifierKey, note: string): string | undefined {
  const id = keyIdOf(key);
  const line = lines.split('\n').find((candidate) => {
    const signature = parseSignature(candidate);
    return signature?.name === key.name && signature.keyId === id;
  });
  if (line === undefined) return undefined;
  const read = parseCheckpoint(`${note}${line}\n`);
  return read.kind === 'checkpoint' && cosignedBy(read.note, key).kind === 'signed' ? `${line}\n` : undefined;
}
