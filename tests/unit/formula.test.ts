/** Formulas as closures give what the library's interpreter gives, to the last bit. */
import { Parser } from 'expr-eval-fork';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormula } from '#data/formula.ts';
import { closureOf, type ParsedFormula } from '#data/formula-closures.ts';

const NAMES = ['x', 'y', 'z2'];
const parser = new Parser({ operators: { assignment: false, fndef: false, in: false, concatenate: false } });

const number = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map(String),
  fc.double({ min: 0, max: 50, noNaN: true }).map((value) => value.toFixed(3)),
  fc.constantFrom('0x1f', '1e-3', 'PI', 'E', 'true', 'false'),
);
const UNARY = ['-', '+', 'sin', 'abs', 'sqrt', 'ln', 'exp', 'round', 'not', 'sign', 'length', 'tanh'];
const BINARY = ['+', '-', '*', '/', '%', '^', '<', '>=', '==', '!=', 'and', 'or'];
const CALLS = ['min', 'max', 'hypot', 'if', 'pow', 'atan2', 'roundTo', 'gamma', 'fac'];

/** Formulas of every operator that users may write. */
const { formula } = fc.letrec<{ formula: string }>((tie) => {
  const part = tie('formula');
  return {
    formula: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(fc.constantFrom(...NAMES), number),
      fc.tuple(fc.constantFrom(...UNARY), part).map(([op, a]) => `${op}(${a})`),
      fc.tuple(part, fc.constantFrom(...BINARY), part).map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(part, part, part).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc
        .tuple(fc.constantFrom(...CALLS), fc.array(part, { maxLength: 4 }))
        .map(([name, given]) => `${name}(${given.join(', ')})`),
      part.map((a) => `(${a})!`),
    ),
  };
});
const values = fc.tuple(...NAMES.map(() => fc.float()));

describe('a formula as closures', () => {
  it('gives what the library interprets, and throws where that throws', () => {
    fc.assert(
      fc.property(formula, values, (text, given) => {
        const expression = parser.parse(text);
        const closure = closureOf(expression as unknown as ParsedFormula, NAMES);
        expect(closure, text).toBeDefined();
        const scope = Object.fromEntries(NAMES.map((name, k) => [name, given[k]]));
        expect(outcome(() => closure?.(given))).toEqual(outcome(() => expression.evaluate(scope) as unknown));
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves what is more than arithmetic to the library', () => {
    for (const text of ['map', 'toString', 'if(x > 1, min, max)']) {
      const closure = closureOf(parser.parse(text) as unknown as ParsedFormula, NAMES);
      expect(closure, text).toBeUndefined();
      expect(compileFormula(text, NAMES)([1, 2, 3]), text).toBeNaN();
    }
    expect(compileFormula('max(x, y) + (x ? -0 : 1)', NAMES)([2, 5, 0])).toBe(5);
  });
});

/** Its value, with its type, NaN and all; or that it throws. */
function outcome(run: () => unknown): unknown {
  try {
    return [run()];
  } catch {
    return 'throws';
  }
}
