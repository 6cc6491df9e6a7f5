/**
 * Formulas that users type. expr-eval-fork parses them, and no code is made of its tree, so a formula from a link can do
 * nothing but arithmetic, and it has the precedence of mathematics: −x^2 is −(x^2).
 */
import { Parser, type Expression } from 'expr-eval-fork';
import { closureOf, type Closure, type ParsedFormula } from './formula-closures.ts';

const LONGEST = 200;
const DEEPEST = 16;

const parser = new Parser({
  allowMemberAccess: false,
  operators: { assignment: false, fndef: false, in: false, concatenate: false },
});
// The same settings have to give the same data.
delete (parser.functions as Record<string, unknown>)['random'];

/** Whether a text is a formula of x and of nothing else. */
export function isFormula(text: string): boolean {
  try {
    readFormula(text)(0.5);
    return true;
  } catch {
    return false;
  }
}

/** The function that a text describes; throws if it is not one. */
export function readFormula(text: string): (x: number) => number {
  const formula = compileFormula(text, ['x']);
  return (x) => formula([x]);
}

/**
 * The function of the named numbers that a text describes; truth counts as 1, and what is no number as NaN. Throws an `Error`
 * that says what was expected.
 */
export function compileFormula(
  text: string,
  names: readonly string[],
): (values: ArrayLike<number>) => number {
  if (text.length > LONGEST) throw new Error(`expected a formula of at most ${LONGEST} letters`);
  if (nesting(text) > DEEPEST) throw new Error(`expected brackets nested at most ${DEEPEST} deep`);
  if (/["'[\];]/.test(text)) throw new Error('expected one formula of numbers, without texts and lists');
  const expression = parser.parse(text);
  const unknown = expression.variables().filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`expected a formula of ${names.join(', ')}, got ${unknown.join(', ')}`);
  // Of its parts the types of the library tell nothing.
  const closure = closureOf(expression as unknown as ParsedFormula, names) ?? interpreted(expression, names);
  return (values) => {
    const value = closure(values);
    return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN;
  };
}

/** The rare formula that is more than arithmetic, as the library computes it. */
function interpreted(expression: Expression, names: readonly string[]): Closure {
  const used = expression.variables();
  const places = used.map((name) => names.indexOf(name));
  const scope: Record<string, number> = {};
  return (values) => {
    for (let k = 0; k < used.length; k++) scope[used[k]] = values[places[k]];
    return expression.evaluate(scope) as unknown;
  };
}

function nesting(text: string): number {
  let [depth, deepest] = [0, 0];
  for (const letter of text) {
    if ('([{'.includes(letter)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(letter)) depth--;
  }
  return deepest;
}
