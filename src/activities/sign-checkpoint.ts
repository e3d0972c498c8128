import { membersOf } from '../domain/installation/directory.ts';
import type { Installation } from '../domain/installation/installation.ts';
import { cosignedBy, parseCheckpoint } from '../domain/ledger/tree/checkpoint.ts';
import {
  contradictedBy,
  type LogAlarm,
  nameOfAlarm,
  unwitnessed,
  witnessedSize,
} from '../domain/ledger/tree/log-alarm.ts';
import { keyIdOf, parseSignature, type VerifierKey } from '../domain/ledger/tree/signed-note.ts';
import type { Pager } from './ports/channels.ts';
import type { Checkpoints, LogAlarms } from './ports/checkpoints.ts';
import type { CopyKeeper, CopyRecords } from './ports/copies.ts';
import type { Witness } from './ports/witnesses.ts';
import { failure } from './shared/failure.ts';

export interface CheckpointDeps {
  readonly checkpoints: Checkpoints;
  /** Who else looks at the ledger. */
  readonly witnesses: readonly Witness[];
  /** How many of them must have seen an entry. */
  readonly witnessesNeeded: number;
  /** Who keeps checkpoints, and looks at nothing. */
  readonly copies: { readonly keepers: readonly CopyKeeper[]; readonly records: CopyRecords };
  readonly logAlarms: LogAlarms;
  readonly pager: Pick<Pager, 'alarm' | 'resolve'>;
  readonly installation: Installation;
  readonly now: () => number;
}

/** What one witness says of the newest checkpoint. */
interface Heard {
  readonly witness: string;
  readonly says: string;
  /** How many entries it saw. */
  readonly seen: number;
  /** What it objects. Undefined: nothing, or it did not look. */
  readonly objection?: string;
}

/**
 * Signs the ledger as it is, and hands what was signed to the witnesses and to the places that keep copies. On-call is paged about what people
 * have to look at, once. INVARIANT 13: whoever asks for it decides nothing: it takes no argument, and signs only what goes on from the last time.
 */
export function createSignCheckpoint(deps: CheckpointDeps) {
  const { checkpoints, witnesses, witnessesNeeded, copies, logAlarms, pager, installation, now } = deps;

  /** Has one witness cosign the newest checkpoint. A witness that does not is asked again the next time. */
  async function heard({ key, ask }: Witness): Promise<Heard> {
    const newest = await checkpoints.newest();
    const seen = await checkpoints.seenBy(key);
    const found = (says: string, objection?: string): Heard => ({
      witness: key.name,
      says: `${key.name}: ${says}`,
      seen,
      ...(objection === undefined ? {} : { objection }),
    });
    if (!newest) return found('there is nothing to cosign');
    const { size, note } = newest;
    if (seen === size) return found('cosigned it before');
    const askFrom = async (old: number) => ask(old, await checkpoints.consistency(old, size), note);
    let from = seen;
    let answer = await askFrom(from);
    // It knows best what it saw: our own record of it may be of before a restore.
    if (answer.kind === 'sawOther' && answer.size <= size && answer.size !== from) {
      from = answer.size;
      answer = await askFrom(from);
    }
    switch (answer.kind) {
      case 'sawOther': {
        if (answer.size === from) {
          const objection = `it saw others under its first ${from} entries`;
          return found(`refused: ${objection}`, objection);
        }
        const { size: sizeNow } = (await checkpoints.newest()) ?? newest;
        if (answer.size <= sizeNow) return found('saw a newer checkpoint meanwhile');
        const objection = `it saw ${answer.size} entries, and there are ${sizeNow}`;
        return found(`refused: ${objection}`, objection);
      }
      case 'contradicts':
        return found(answer.reason, answer.reason);
      case 'refused':
        return found(answer.reason);
      case 'answered': {
        const line = cosignatureIn(answer.lines, key, note);
        if (line === undefined) return found('what it answered is not its cosignature of this checkpoint');
        await checkpoints.keepCosignature(size, key, line);
        return { ...found(`cosigned the first ${size} entries`), seen: size };
      }
    }
  }

  /** Has one place keep the newest checkpoint, where it has an older one and its time has come. */
  async function copied({ place, everyMs, keep }: CopyKeeper): Promise<string> {
    const newest = await checkpoints.cosigned();
    const last = await copies.records.last(place);
    if (!newest || last?.size === newest.size) return `${place}: has the newest`;
    // A clock that was set back must not hold up copies until it is there again.
    const age = last ? now() - last.at : everyMs;
    if (age >= 0 && age < everyMs) return `${place}: its time has not come`;
    const result = await keep(newest);
    if (result.kind === 'failed') return `${place}: ${result.reason}`;
    await copies.records.kept(place, newest.size, now());
    return `${place}: ${result.detail}`;
  }

  /** What is wrong by what the witnesses say, and what is known to be right. */
  async function judged(
    all: readonly Heard[],
  ): Promise<{ readonly wrong: readonly LogAlarm[]; readonly isOver: (alarm: string) => boolean }> {
    const seen = all.map((one) => one.seen);
    const size = witnessedSize(seen, witnessesNeeded);
    const waiting = Number.isFinite(size) ? await checkpoints.firstAfter(size) : undefined;
    const late = unwitnessed(seen, witnessesNeeded, waiting, now());
    const contradicted = all.flatMap(({ witness, objection: reason }): LogAlarm[] =>
      reason === undefined ? [] : [{ kind: 'contradicted', witness, reason }],
    );
    const newest = (await checkpoints.newest())?.size ?? 0;
    // A witness that is away has taken nothing back: its objection stands until it cosigns.
    const standing = all.filter((one) => one.seen < newest).map(({ witness }) => contradictedBy(witness));
    return {
      wrong: [...contradicted, ...(late ? [late] : [])],
      isOver: (alarm) => !standing.includes(alarm),
    };
  }

  /**
   * Pages on-call about each alarm that they were not paged about, and ends the pages of those that are over. What the pager does not take is tried
   * the next time.
   *
   * @returns what could not be done
   */
  async function page(wrong: readonly LogAlarm[], isOver: (alarm: string) => boolean): Promise<string[]> {
    const open = await logAlarms.open();
    const onCall = membersOf(installation, installation.rules.onCall);
    const pageOf = (alarm: string) => `ledger/${installation.name}/${alarm}`;
    const undone: string[] = [];
    for (const alarm of wrong) {
      const name = nameOfAlarm(alarm);
      if (open.includes(name)) continue;
      const sent = await pager.alarm(pageOf(name), alarm, onCall);
      if (sent.kind === 'delivered') await logAlarms.paged(name, now());
      else undone.push(`on-call could not be paged about ${name}: ${sent.reason}`);
    }
    for (const name of open) {
      if (wrong.some((alarm) => nameOfAlarm(alarm) === name) || !isOver(name)) continue;
      const sent = await pager.resolve(pageOf(name));
      if (sent.kind === 'delivered') await logAlarms.over(name);
      else undone.push(`the page about ${name} could not be ended: ${sent.reason}`);
    }
    return undone;
  }

  return {
    /** @returns what was done, for whoever reads the workflow */
    async signCheckpoint(): Promise<string> {
      const result = await checkpoints.sign(installation.name, now());
      if (result.kind === 'refused') {
        const undone = await page([{ kind: 'notSigned', reason: result.reason }], () => false);
        throw failure('LedgerNotSigned', [result.reason, ...undone].join('; '));
      }
      const { size } = result;
      const done =
        result.kind === 'nothingNew'
          ? `nothing new since entry ${size}`
          : `signed the first ${size} entries${result.isWhole ? '' : '; there are more, for the next time'}`;
      const all = await Promise.all(witnesses.map(heard));
      const kept = await Promise.all(copies.keepers.map(copied));
      const { wrong, isOver } = await judged(all);
      return [done, ...all.map(({ says }) => says), ...kept, ...(await page(wrong, isOver))].join('; ');
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
