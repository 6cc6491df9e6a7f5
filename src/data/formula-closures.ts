/**
 * A parsed formula as functions that call each other, several to a hundred times as fast as interpreting it, and without allocation.
 * The operators and functions are the library's own and are called in its order, so that the results are the same to the last bit.
 * No code is made of the text: a content security policy may forbid that.
 */

/** A number or a truth value, of the numbers that the formula's names stand for. */
export type Closure = (values: ArrayLike<number>) => unknown;

type Callee = (...values: unknown[]) => unknown;
type Callees = Readonly<Record<string, Callee>>;

/** An instruction for a machine with a stack, as expr-eval-fork parses a formula into. */
interface Instruction {
  readonly type: string;
  readonly value: unknown;
}

/** What the library keeps of a formula, its types aside. */
export interface ParsedFormula {
  readonly tokens: readonly Instruction[];
  readonly unaryOps: Callees;
  readonly binaryOps: Callees;
  readonly functions: Callees;
}

/** What lies on the stack: a value; a function that is to be called; a branch that is taken or not. */
type Entry =
  | { readonly kind: 'value' | 'branch'; readonly closure: Closure }
  | { readonly kind: 'function'; readonly call: Callee };

/** The formula of these names; undefined where it has anything but arithmetic, e.g. a function as a value. */
export function closureOf(formula: ParsedFormula, names: readonly string[]): Closure | undefined {
  const stack: Entry[] = [];
  for (const instruction of formula.tokens) {
    const entry = entryOf(instruction, { formula, names, stack });
    if (!entry) return undefined;
    stack.push(entry);
  }
  const [only] = stack;
  if (stack.length !== 1 || only.kind !== 'value') return undefined;
  const { closure } = only;
  // As the library: −0 becomes 0, of a whole formula and of a branch.
  return (values) => {
    const value = closure(values);
    return value === 0 ? 0 : value;
  };
}

interface Around {
  readonly formula: ParsedFormula;
  readonly names: readonly string[];
  readonly stack: Entry[];
}

/** What an instruction leaves on the stack, after it has taken what it needs from there. */
function entryOf({ type, value }: Instruction, around: Around): Entry | undefined {
  const { formula, names, stack } = around;
  switch (type) {
    case 'INUMBER':
      return typeof value === 'number' || typeof value === 'boolean' ? valued(() => value) : undefined;
    case 'IVAR':
      return named(String(value), formula, names);
    case 'IEXPR': {
      const closure = closureOf({ ...formula, tokens: value as readonly Instruction[] }, names);
      return closure && { kind: 'branch', closure };
    }
    case 'IOP1': {
      const [of] = taken(stack, ['value']) ?? [];
      return of && valued(applied(formula.unaryOps[String(value)], [of]));
    }
    case 'IOP2':
      return binary(String(value), around);
    case 'IOP3': {
      const [condition, yes, no] = taken(stack, ['value', 'branch', 'branch']) ?? [];
      return condition && valued((q) => (condition(q) ? yes(q) : no(q)));
    }
    case 'IFUNCALL': {
      const given = taken(
        stack,
        Array.from({ length: Number(value) }, () => 'value' as const),
      );
      const callee = stack.pop();
      return given && callee?.kind === 'function' ? valued(applied(callee.call, given)) : undefined;
    }
    default:
      return undefined;
  }
}

function valued(closure: Closure): Entry {
  return { kind: 'value', closure };
}

/** A name: a function where the library has one, else one of the numbers. */
function named(
  name: string,
  { functions, unaryOps }: ParsedFormula,
  names: readonly string[],
): Entry | undefined {
  if (Object.hasOwn(functions, name)) return { kind: 'function', call: functions[name] };
  const place = names.indexOf(name);
  return place < 0 || name in functions || name in unaryOps ? undefined : valued((values) => values[place]);
}

function binary(operator: string, { formula, stack }: Around): Entry | undefined {
  if (operator === 'and' || operator === 'or') {
    const [left, right] = taken(stack, ['value', 'branch']) ?? [];
    if (!left) return undefined;
    return valued(
      operator === 'and' ? (q) => (left(q) ? !!right(q) : false) : (q) => (left(q) ? true : !!right(q)),
    );
  }
  const operands = taken(stack, ['value', 'value']);
  const { [operator]: call } = formula.binaryOps;
  return operands && call && valued(applied(call, operands));
}

/** Takes entries of these kinds from the top of the stack; undefined where others lie there. */
function taken(stack: Entry[], kinds: readonly ('value' | 'branch')[]): readonly Closure[] | undefined {
  const entries = stack.splice(Math.max(0, stack.length - kinds.length));
  const closures = entries.flatMap((entry, k) =>
    entry.kind !== 'function' && entry.kind === kinds[k] ? [entry.closure] : [],
  );
  return closures.length === kinds.length ? closures : undefined;
}

/** A call, without an array for its arguments where there are few. */
function applied(call: Callee, given: readonly Closure[]): Closure {
  const [a, b, c] = given;
  switch (given.length) {
    case 1:
      return (q) => call(a(q));
    case 2:
      return (q) => call(a(q), b(q));
    case 3:
      return (q) => call(a(q), b(q), c(q));
    default: {
      const values: unknown[] = given.map(() => 0);
      return (q) => {
        for (let k = 0; k < given.length; k++) values[k] = given[k](q);
        return call(...values);
      };
    }
  }
}
