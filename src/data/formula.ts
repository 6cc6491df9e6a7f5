/**
 * Formulas of x that users type. expr-eval-fork interprets its own tree instead of running code, so a formula from a link can
 * do nothing but arithmetic, and it has the precedence of mathematics: −x^2 is −(x^2).
 */
import { Parser } from 'expr-eval-fork';

const LONGEST = 200;

const parser = new Parser({
  allowMemberAccess: false,
  operators: { assignment: false, in: false, concatenate: false },
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
  if (text.length > LONGEST) throw new Error(`expected a formula of at most ${LONGEST} letters`);
  const expression = parser.parse(text);
  const unknown = expression.variables().filter((name) => name !== 'x');
  if (unknown.length > 0) throw new Error(`expected a formula of x, got ${unknown.join(', ')}`);
  return (x) => Number(expression.evaluate({ x }));
}
