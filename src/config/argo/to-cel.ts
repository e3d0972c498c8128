import { type Expression, NotCarriedOver, parseExpression } from './expression.ts';

/** Which number of the series that a query gives a condition is about. */
export type Wanted = 'first' | 'greatest' | 'least';

export interface CelCondition {
  /** CEL over `result`. */
  readonly cel: string;
  /** The numbers that it is about: one kind, unless the condition cannot hold for one number. */
  readonly wanted: ReadonlySet<Wanted>;
  /** What it asked about missing numbers. Here a missing number is no measurement, and no condition is asked. */
  readonly guards: readonly string[];
}

/** A part of a condition in CEL. `fixed` is its value where no measurement can change it. */
type Part =
  | { readonly type: 'number'; readonly cel: string; readonly binds: number; readonly fixed?: number }
  | { readonly type: 'boolean'; readonly cel: string; readonly binds: number; readonly fixed?: boolean }
  | { readonly type: 'nothing' };

type NumberPart = Extract<Part, { type: 'number' }>;
type BooleanPart = Extract<Part, { type: 'boolean' }>;

/** How tightly parts bind in CEL. A part that binds looser than its place stands in parentheses. */
const CHOICE = 0;
const OR = 1;
const AND = 2;
const COMPARED = 3;
const ADDED = 4;
const MULTIPLIED = 5;
const SIGNED = 6;
const WHOLE = 7;

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** The other way around: `1 > #` is `# < 1`. */
const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

const boolean = (fixed: boolean): BooleanPart => ({
  type: 'boolean',
  cel: String(fixed),
  binds: WHOLE,
  fixed,
});
const within = ({ cel, binds }: NumberPart | BooleanPart, place: number) =>
  binds < place ? `(${cel})` : cel;

/**
 * Turns a condition of Argo Rollouts into CEL. A vector and a number are the same here: a query gives one number.
 *
 * @throws NotCarriedOver with the reason
 */
export function celOf(condition: string): CelCondition {
  const translation = new Translation();
  const part = translation.part(parseExpression(condition));
  if (part.type !== 'boolean') throw new NotCarriedOver('it is no condition: it gives no true or false');
  return { cel: part.cel, wanted: translation.wanted, guards: translation.guards };
}

class Translation {
  readonly wanted = new Set<Wanted>();
  readonly guards: string[] = [];

  part(expression: Expression): Part {
    switch (expression.kind) {
      case 'number':
        return numberPart(expression.written);
      case 'text':
        throw new NotCarriedOver(
          `it asks for the text ${JSON.stringify(expression.value)}, not for a number`,
        );
      case 'name':
        return this.#named(expression.name);
      case 'element':
        throw new NotCarriedOver('"#" stands outside of all(...), any(...) and none(...)');
      case 'index':
        return this.#indexed(expression);
      case 'unary':
        return this.#signed(expression.operator, expression.operand);
      case 'binary':
        return this.#operated(expression.operator, expression.left, expression.right);
      case 'choice':
        return this.#chosen(expression.when, expression.yes, expression.no);
      case 'call':
        return this.#called(expression.name, expression.operands);
    }
  }

  #named(name: string): Part {
    if (name === 'true' || name === 'false') return boolean(name === 'true');
    if (name === 'nil') return { type: 'nothing' };
    if (name === 'result') return this.#result('first');
    throw new NotCarriedOver(`it names "${name}": only result is known here`);
  }

  #result(wanted: Wanted): NumberPart {
    this.wanted.add(wanted);
    return { type: 'number', cel: 'result', binds: WHOLE };
  }

  #indexed({ of, index }: Extract<Expression, { kind: 'index' }>): Part {
    const isFirst = isResult(of) && index.kind === 'number' && index.written === '0';
    if (isFirst) return this.#result('first');
    throw new NotCarriedOver('it asks for another element than result[0]: a query gives one number here');
  }

  #signed(operator: string, operand: Expression): Part {
    if (operator === '!') {
      const part = this.#boolean(operand);
      if (part.fixed !== undefined) return boolean(!part.fixed);
      return { type: 'boolean', cel: `!${within(part, WHOLE)}`, binds: SIGNED };
    }
    const part = this.#number(operand);
    return operator === '+' ? part : { type: 'number', cel: `-${within(part, WHOLE)}`, binds: SIGNED };
  }

  #operated(operator: string, left: Expression, right: Expression): Part {
    if (operator === '&&' || operator === '||') return this.#joined(operator, left, right);
    if (operator in COMPARISONS) return this.#compared(operator, this.part(left), this.part(right));
    const binds = operator === '+' || operator === '-' ? ADDED : MULTIPLIED;
    const leftSide = within(this.#number(left), binds);
    const rightSide = within(this.#number(right), binds + 1);
    return { type: 'number', cel: `${leftSide} ${operator} ${rightSide}`, binds };
  }

  #joined(operator: '&&' | '||', left: Expression, right: Expression): BooleanPart {
    const decides = operator === '||';
    const parts = [this.#boolean(left), this.#boolean(right)];
    if (parts.some(({ fixed }) => fixed === decides)) return boolean(decides);
    const open = parts.filter(({ fixed }) => fixed === undefined);
    const [first, second] = open;
    if (!first) return boolean(!decides);
    if (!second) return first;
    const binds = decides ? OR : AND;
    // Where && and || stand beside each other, parentheses keep readers from thinking about which binds tighter.
    const side = (part: BooleanPart) => (part.binds === binds ? part.cel : within(part, COMPARED));
    return { type: 'boolean', cel: `${side(first)} ${operator} ${side(second)}`, binds };
  }

  #compared(operator: string, left: Part, right: Part): BooleanPart {
    if (left.type === 'nothing' || right.type === 'nothing') {
      if (operator !== '==' && operator !== '!=') throw new NotCarriedOver(`it compares nil by ${operator}`);
      this.guards.push(`${operator} nil`);
      return boolean((left.type === right.type) === (operator === '=='));
    }
    if (left.type !== 'number' || right.type !== 'number')
      throw new NotCarriedOver(`it compares true or false by ${operator}: only numbers are compared here`);
    const holds = COMPARISONS[operator];
    if (holds && left.fixed !== undefined && right.fixed !== undefined)
      return boolean(holds(left.fixed, right.fixed));
    return {
      type: 'boolean',
      cel: `${within(left, ADDED)} ${operator} ${within(right, ADDED)}`,
      binds: COMPARED,
    };
  }

  #chosen(when: Expression, yes: Expression, no: Expression): Part {
    const condition = this.#boolean(when);
    const [first, second] = [this.part(yes), this.part(no)];
    if (first.type === 'nothing' || second.type === 'nothing' || first.type !== second.type)
      throw new NotCarriedOver('both sides of "? :" must be numbers, or both true or false');
    if (condition.fixed !== undefined) return condition.fixed ? first : second;
    return {
      type: first.type,
      cel: `${within(condition, OR)} ? ${within(first, OR)} : ${within(second, OR)}`,
      binds: CHOICE,
    };
  }

  #called(name: string, operands: readonly Expression[]): Part {
    const [operand, second] = operands;
    if (operand !== undefined && operands.length === 1) {
      switch (name) {
        case 'len':
          this.#aboutMissing(name, operand);
          return { type: 'number', cel: '1.0', binds: WHOLE, fixed: 1 };
        case 'isNaN':
        case 'isInf':
        case 'isNil':
          this.#aboutMissing(name, operand);
          return boolean(false);
        case 'asFloat':
          return this.#converted(operand);
        case 'asInt':
          return { type: 'number', cel: `double(int(${this.#converted(operand).cel}))`, binds: WHOLE };
      }
    }
    if (operand !== undefined && second !== undefined && operands.length === 2) {
      switch (name) {
        case 'default':
          this.#number(second);
          this.#aboutMissing(name, operand);
          return this.#number(operand);
        case 'all':
        case 'any':
        case 'none':
          return this.#overAll(name, operand, second);
      }
    }
    throw new NotCarriedOver(`it calls ${name}(...), which is not carried over here`);
  }

  /** Whether there is a number is no question for a condition here: it is asked about numbers alone. */
  #aboutMissing(name: string, operand: Expression): void {
    if (!isResult(operand) && !(operand.kind === 'index' && isResult(operand.of)))
      throw new NotCarriedOver(`it calls ${name}(...) on something else than result`);
    this.guards.push(name);
  }

  #converted(operand: Expression): NumberPart {
    return operand.kind === 'text' ? numberPart(operand.value) : this.#number(operand);
  }

  /** `all(result, # < 1)` holds when the greatest of them is less than 1. */
  #overAll(name: 'all' | 'any' | 'none', of: Expression, predicate: Expression): BooleanPart {
    const { operator, bound } = aboutElement(predicate);
    if (!isResult(of)) throw new NotCarriedOver(`it calls ${name}(...) on something else than result`);
    const isUpper = operator === '<' || operator === '<=';
    const result = this.#result((name === 'all') === isUpper ? 'greatest' : 'least');
    const holds = this.#compared(operator, result, this.#number(bound));
    if (name !== 'none') return holds;
    return { type: 'boolean', cel: `!(${holds.cel})`, binds: SIGNED };
  }

  #number(expression: Expression): NumberPart {
    const part = this.part(expression);
    if (part.type !== 'number') throw new NotCarriedOver('a number is needed where it has none');
    return part;
  }

  #boolean(expression: Expression): BooleanPart {
    const part = this.part(expression);
    if (part.type !== 'boolean') throw new NotCarriedOver('true or false is needed where it has a number');
    return part;
  }
}

const isResult = (expression: Expression) => expression.kind === 'name' && expression.name === 'result';

/** A predicate that compares each element with a bound, as `# <operator> bound`. */
function aboutElement(predicate: Expression): { operator: string; bound: Expression } {
  if (predicate.kind === 'binary' && predicate.operator in TURNED) {
    const { operator, left, right } = predicate;
    if (left.kind === 'element') return { operator, bound: right };
    if (right.kind === 'element') return { operator: TURNED[operator] ?? operator, bound: left };
  }
  throw new NotCarriedOver(
    'of all(...), any(...) and none(...), only a comparison of # by <, <=, > or >= is carried over',
  );
}

/** A number as CEL writes a double. */
function numberPart(written: string): NumberPart {
  const digits = written.trim().replaceAll('_', '');
  const fixed = Number(digits);
  if (
    digits === '' ||
    !/^[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits) ||
    !Number.isFinite(fixed)
  )
    throw new NotCarriedOver(`${JSON.stringify(written)} is no number`);
  const withoutPlus = digits.replace(/^\+/, '');
  const withZero = withoutPlus.replace(/^(-?)\./, '$10.');
  const cel = /[.eE]/.test(withZero) ? withZero : `${withZero}.0`;
  return { type: 'number', cel, binds: withZero.startsWith('-') ? SIGNED : WHOLE, fixed };
}
