/** A token of a condition in Argo Rollouts, which is written in the language of expr-lang. */
export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'operator' | 'end';
  /** As written; of a text, what it holds. */
  readonly value: string;
}

/** Words that are operators. */
const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' };

const PATTERNS: readonly { readonly kind: Token['kind'] | 'blank'; readonly pattern: RegExp }[] = [
  { kind: 'blank', pattern: /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y },
  { kind: 'number', pattern: /(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y },
  { kind: 'text', pattern: /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y },
  { kind: 'name', pattern: /[A-Za-z_]\w*/y },
  { kind: 'operator', pattern: /&&|\|\||==|!=|<=|>=|\*\*|\?\?|\.\.|[-+*/%^<>!?:,()[\]{}#.]/y },
];

/** The tokens of a condition, the last one being its end. A returned string says what is no token. */
export function tokensOf(condition: string): Token[] | string {
  const tokens: Token[] = [];
  let at = 0;
  while (at < condition.length) {
    const found = tokenAt(condition, at);
    if (found === undefined) return `${JSON.stringify(condition.slice(at, at + 20))} cannot be read`;
    at += found.written.length;
    if (found.kind !== 'blank') tokens.push(tokenOf(found.kind, found.written));
  }
  return [...tokens, { kind: 'end', value: '' }];
}

function tokenAt(condition: string, at: number) {
  for (const { kind, pattern } of PATTERNS) {
    pattern.lastIndex = at;
    const [written] = pattern.exec(condition) ?? [];
    if (written !== undefined) return { kind, written };
  }
  return undefined;
}

function tokenOf(kind: Token['kind'], written: string): Token {
  if (kind === 'text') return { kind, value: written.slice(1, -1) };
  const operator = kind === 'name' ? WORDS[written] : undefined;
  return operator === undefined ? { kind, value: written } : { kind: 'operator', value: operator };
}
