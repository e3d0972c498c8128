import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { applyEdits, findNodeAtLocation, type JSONPath, modify, parseTree } from 'jsonc-parser';
import { lock } from 'proper-lockfile';
import type { FlagPlan } from '../../domain/action/action.ts';
import type { FlagDefinition } from '../../domain/action/flag.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import { faultsText, isJsonRecord } from '../../domain/shared/json.ts';
import { answerLine } from '../answer-text.ts';
import type { Flags, NotSo, ReadFlag, Replacement } from './store.ts';

/** How often a lock that somebody else has is asked for, and how long one that nobody renews is believed, in milliseconds. */
const ASK_MS = 100;
const STALE_MS = 10_000;

/**
 * A file with flag definitions of flagd, as JSON. One flag is changed, and every other byte stays. The new file takes the place of the old one in one
 * step, under a lock that every worker takes: the folder FILE.lock.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createFlagFile(now: () => number): Flags {
  const read: Flags['read'] = async (plan) => {
    const found = await find(plan);
    if (found.kind !== 'found') return found;
    return { kind: 'read', definition: found.definition, text: found.text };
  };

  const replace: Flags['replace'] = async (plan, replacement) => {
    let release: (() => Promise<void>) | undefined;
    let isLost = false;
    try {
      const file = await realpath(fileOf(plan));
      release = await lock(file, {
        stale: STALE_MS,
        retries: {
          retries: Math.floor(Math.max(0, replacement.until - now()) / ASK_MS),
          minTimeout: ASK_MS,
          maxTimeout: ASK_MS,
        },
        onCompromised: () => {
          isLost = true;
        },
      });
      const found = await find(plan);
      if (found.kind !== 'found') return { kind: 'refused', reason: found.reason };
      if (isSame(found.definition, replacement.to)) return { kind: 'replaced' };
      if (!isSame(found.definition, replacement.from)) return CHANGED;
      const whole = withFlag(found, replacement);
      if (now() >= replacement.until || isLost) return { kind: 'refused', reason: 'there was no time left' };
      await writeInPlace(file, whole);
      return { kind: 'replaced' };
    } catch (error) {
      return { kind: 'refused', reason: `${fileOf(plan)} was not written: ${reasonIn(error)}` };
    } finally {
      await release?.().catch(() => undefined);
    }
  };

  return { read, replace };
}

export const CHANGED: NotSo = {
  kind: 'refused',
  reason: 'somebody changed the flag in between; nothing was written',
};

interface Found extends Omit<ReadFlag, 'kind'> {
  readonly kind: 'found';
  readonly whole: string;
  readonly path: JSONPath;
  readonly text: string;
  readonly offset: number;
}

async function find(plan: FlagPlan): Promise<Found | NotSo> {
  const file = fileOf(plan);
  let whole: string;
  try {
    whole = await readFile(file, 'utf8');
  } catch (error) {
    return { kind: 'unknown', reason: `${file} cannot be read: ${reasonIn(error)}` };
  }
  const json = exactJsonIn(whole);
  if (json.kind === 'none') return { kind: 'refused', reason: `${file} is no JSON` };
  if (json.kind === 'altered')
    return { kind: 'refused', reason: answerLine(`${file}: ${faultsText(json.faults)}`) };
  const flags = isJsonRecord(json.value) ? json.value.flags : undefined;
  // flagd takes a mapping by name and a list with names.
  const i = Array.isArray(flags)
    ? flags.findIndex((flag) => isJsonRecord(flag) && flag.key === plan.flag)
    : -1;
  const path = Array.isArray(flags) ? ['flags', i] : ['flags', plan.flag];
  const definition = Array.isArray(flags)
    ? flags[i]
    : isJsonRecord(flags) && Object.hasOwn(flags, plan.flag)
      ? flags[plan.flag]
      : undefined;
  const root = parseTree(whole);
  const node = root && findNodeAtLocation(root, path);
  if (!isJsonRecord(definition) || !node)
    return { kind: 'refused', reason: `${file} has no flag ${plan.flag}` };
  const text = whole.slice(node.offset, node.offset + node.length);
  return { kind: 'found', definition, whole, path, text, offset: node.offset };
}

/** The whole file with the new definition. Members that stay keep their bytes. */
function withFlag({ whole, path, text: old, offset }: Found, { from, to, text }: Replacement): string {
  const exact = text === undefined ? undefined : exactJsonIn(text);
  if (text !== undefined && exact?.kind === 'json' && isJsonRecord(exact.value) && isSame(exact.value, to))
    return whole.slice(0, offset) + text + whole.slice(offset + old.length);
  const indent = /\n([ \t]+)/.exec(whole)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.length,
    eol: whole.includes('\r\n') ? '\r\n' : '\n',
  };
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((member) => canonicalJson(from[member] ?? null) !== canonicalJson(to[member] ?? null))
    .reduce(
      (text, member) => applyEdits(text, modify(text, [...path, member], to[member], { formattingOptions })),
      whole,
    );
}

/** Whoever reads the file sees the old one or the new one, also after the power failed. */
async function writeInPlace(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const written = `${file}.${randomUUID()}`;
  try {
    const handle = await open(written, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(written, file);
  } catch (error) {
    await rm(written, { force: true });
    throw error;
  }
}

export const isSame = (one: FlagDefinition, other: FlagDefinition): boolean =>
  canonicalJson(one) === canonicalJson(other);

const fileOf = ({ store }: FlagPlan): string => ('file' in store ? store.file : '');

const reasonIn = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return answerLine(code === 'ELOCKED' ? 'another process has its lock' : (code ?? message));
};
