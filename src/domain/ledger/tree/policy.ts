import { COSIGNATURE, ED25519, parseVkey, type VerifierKey } from './signed-note.ts';

/** Who must have cosigned: a witness by its key, or so many of a group. */
type Quorum =
  | { readonly kind: 'none' }
  | { readonly kind: 'witness'; readonly key: VerifierKey }
  | { readonly kind: 'group'; readonly atLeast: number; readonly members: readonly Quorum[] };

/** Whose checkpoints are believed, and how many witnesses must have seen one (C2SP tlog-policy). */
export interface Policy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
  readonly quorum: Quorum;
}

export type ReadPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'faulty'; readonly line: number; readonly problem: string };

/** Reads a policy file. The first fault ends it. */
export function parsePolicy(text: string): ReadPolicy {
  const logs: VerifierKey[] = [];
  const named = new Map<string, Quorum>();
  const inGroups = new Set<string>();
  let quorum: Quorum | undefined;

  function readLine(line: string): string | undefined {
    const [keyword, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (keyword === undefined || keyword.startsWith('#')) return undefined;
    if (keyword === 'log') return addLog(words);
    if (keyword === 'witness') return addWitness(words);
    if (keyword === 'group') return addGroup(words);
    if (keyword === 'quorum') return setQuorum(words);
    return `"${keyword}" is not log, witness, group or quorum`;
  }

  function addLog([vkey = '', , ...more]: readonly string[]): string | undefined {
    const key = parseVkey(vkey);
    if (more.length > 0) return 'a log is "log VKEY [URL]"';
    if (key?.type !== ED25519) return 'the key of a log is a verifier key with Ed25519, of type 01';
    if (logs.some((log) => isSameKey(log, key))) return 'this key was named before';
    logs.push(key);
    return undefined;
  }

  function addWitness([name = '', vkey = '', , ...more]: readonly string[]): string | undefined {
    const key = parseVkey(vkey);
    if (more.length > 0) return 'a witness is "witness NAME VKEY [URL]"';
    if (key?.type !== COSIGNATURE) return 'the key of a witness is a verifier key with Ed25519, of type 04';
    if (witnessesIn(named).some((witness) => isSameKey(witness, key))) return 'this key was named before';
    return define(name, { kind: 'witness', key });
  }

  function addGroup([name = '', threshold = '', ...names]: readonly string[]): string | undefined {
    const members = names.map((member) => named.get(member));
    const unknown = members.indexOf(undefined);
    const atLeast = { all: names.length, any: 1 }[threshold] ?? Number(/^[1-9]\d*$/.exec(threshold)?.[0]);
    if (unknown >= 0) return `"${names[unknown]}" is not defined on a line before`;
    const taken = names.find((member, i) => inGroups.has(member) || names.indexOf(member) !== i);
    if (taken !== undefined) return `"${taken}" is in a group already`;
    if (!(atLeast >= 1 && atLeast <= names.length)) return 'a group is "group NAME all|any|NUMBER NAME..."';
    for (const member of names) inGroups.add(member);
    return define(name, {
      kind: 'group',
      atLeast,
      members: members.filter((member) => member !== undefined),
    });
  }

  function setQuorum([name = '', ...more]: readonly string[]): string | undefined {
    if (quorum !== undefined) return 'there is a quorum already';
    quorum = name === 'none' ? { kind: 'none' } : named.get(name);
    return quorum === undefined || more.length > 0
      ? 'a quorum is "quorum NAME", of a line before'
      : undefined;
  }

  function define(name: string, meaning: Quorum): string | undefined {
    if (name === 'none' || named.has(name)) return `"${name}" is taken`;
    named.set(name, meaning);
    return undefined;
  }

  const lines = text.split('\n');
  for (const [i, line] of lines.entries()) {
    const problem = /[^\t\x20-\x7e\x80-\u{10ffff}]/u.test(line)
      ? 'it has a control character'
      : readLine(line);
    if (problem !== undefined) return { kind: 'faulty', line: i + 1, problem };
  }
  if (quorum === undefined)
    return {
      kind: 'faulty',
      line: lines.length,
      problem: 'there is no line "quorum NAME"; "quorum none" asks for no witness',
    };
  return { kind: 'policy', policy: { logs, witnesses: witnessesIn(named), quorum } };
}

const witnessesIn = (named: ReadonlyMap<string, Quorum>): VerifierKey[] =>
  [...named.values()].flatMap((meaning) => (meaning.kind === 'witness' ? meaning.key : []));

const isSameKey = (one: VerifierKey, other: VerifierKey) =>
  one.publicKey.every((byte, i) => byte === other.publicKey[i]);

/** Whether these witnesses are as many as a policy asks for. */
export function isQuorum(quorum: Quorum, cosigners: readonly VerifierKey[]): boolean {
  switch (quorum.kind) {
    case 'none':
      return true;
    case 'witness':
      return cosigners.includes(quorum.key);
    case 'group':
      return quorum.members.filter((member) => isQuorum(member, cosigners)).length >= quorum.atLeast;
  }
}
