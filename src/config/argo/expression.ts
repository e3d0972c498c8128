import { type Token, tokensOf } from './tokens.ts';

/** A condition of Argo Rollouts, parsed. */
export type Expression =
  | { readonly kind: 'number'; readonly written: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  /** The element that a predicate such as `# < 0.05` is about. */
  | { readonly kind: 'element' }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choice';
      readonly when: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] };

/** How tightly the operators bind, as in expr-lang. */
const BINDS: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};

/** They bind tighter than every operator between two operands. */
const SIGNS = ['-', '+', '!'];

/** The longest condition that is read. It bounds how deeply parentheses can stand in each other. */
const MOST_CHARACTERS = 1_000;

/** Why a condition cannot be carried over. */
export class NotCarriedOver extends Error {
  override readonly name = 'NotCarriedOver';
}

/** @throws NotCarriedOver when it holds what Countersign does not read */
export function parseExpression(condition: string): Expression {
  if (condition.length > MOST_CHARACTERS)
    throw new NotCarriedOver(`it has ${condition.length} characters, at most ${MOST_CHARACTERS} are read`);
  const tokens = tokensOf(condition);
  if (typeof tokens === 'string') throw new NotCarriedOver(tokens);
  const parser = new Parser(tokens);
  const expression = parser.choice();
  parser.take('end');
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  choice(): Expression {
    const when = this.#operators(0);
    if (!this.#skip('?')) return when;
    const yes = this.choice();
    this.take('operator', ':');
    return { kind: 'choice', when, yes, no: this.choice() };
  }

  /** Takes the next token, which must be of this kind and, where it is given, have this value. */
  take(kind: Token['kind'], value?: string): string {
    const token = this.#next();
    if (token.kind !== kind || (value !== undefined && token.value !== value)) throw this.#unread();
    this.#at += 1;
    return token.value;
  }

  #operators(loosest: number): Expression {
    let left = this.#signed();
    for (;;) {
      const { kind, value: operator } = this.#next();
      const binds = kind === 'operator' ? BINDS[operator] : undefined;
      if (binds === undefined || binds <= loosest) return left;
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.#operators(binds) };
    }
  }

  #signed(): Expression {
    const sign = SIGNS.find((operator) => this.#skip(operator));
    if (sign === undefined) return this.#indexed(this.#primary());
    return { kind: 'unary', operator: sign, operand: this.#signed() };
  }

  #primary(): Expression {
    if (this.#skip('(')) {
      const inner = this.choice();
      this.take('operator', ')');
      return inner;
    }
    if (this.#skip('#')) return { kind: 'element' };
    const { kind } = this.#next();
    if (kind === 'number') return { kind, written: this.take(kind) };
    if (kind === 'text') return { kind, value: this.take(kind) };
    const name = this.take('name');
    return this.#skip('(') ? { kind: 'call', name, operands: this.#operands() } : { kind: 'name', name };
  }

  #operands(): Expression[] {
    const operands: Expression[] = [];
    while (!this.#skip(')')) {
      if (operands.length > 0) this.take('operator', ',');
      operands.push(this.#operand());
    }
    return operands;
  }

  /** A predicate may stand in braces. */
  #operand(): Expression {
    if (!this.#skip('{')) return this.choice();
    const inner = this.choice();
    this.take('operator', '}');
    return inner;
  }

  #indexed(of: Expression): Expression {
    if (!this.#skip('[')) return of;
    const index = this.choice();
    this.take('operator', ']');
    return this.#indexed({ kind: 'index', of, index });
  }

  #skip(operator: string): boolean {
    const { kind, value } = this.#next();
    if (kind !== 'operator' || value !== operator) return false;
    this.#at += 1;
    return true;
  }

  #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', value: '' };
  }

  #unread(): NotCarriedOver {
    const { kind, value } = this.#next();
    return new NotCarriedOver(
      kind === 'end' ? 'it ends too early' : `${JSON.stringify(value)} is not carried over here`,
    );
  }
}
