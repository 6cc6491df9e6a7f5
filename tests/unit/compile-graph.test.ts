/** The graph's builder, and the rules of `simplify` one by one. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#compile/graph/builder.ts';
import type { Node } from '#compile/graph/graph.ts';
import { simplify } from '#compile/graph/passes/simplify.ts';
import { after } from './compile-small-graph.ts';

/** Rows over one number each, simplified. */
function divided(columns: number): string {
  return after(simplify, (b, x) => {
    const rows = b.broadcast(b.reshape(x, [6, 1]), [6, columns]);
    return b.map('div', b.map('exp', rows), rows);
  });
}

describe('the builder', () => {
  it('broadcasts operands as NumPy does and refuses what does not fit', () => {
    const b = new GraphBuilder();
    const column = b.placeholder('input', 'c', [4, 1], 'float32');
    const row = b.placeholder('input', 'r', [3], 'float32');
    expect(b.map('add', column, row).shape).toEqual([4, 3]);
    const wrong = b.placeholder('input', 'w', [2, 3], 'float32');
    expect(() => b.map('add', column, wrong)).toThrow('shapes [4, 1] and [2, 3] do not broadcast');
    expect(() => b.reshape(wrong, [5])).toThrow('reshape: [2, 3] has not the size of [5]');
  });

  it('gives comparisons the type bool and a choice the type of its branches', () => {
    const b = new GraphBuilder();
    const x = b.placeholder('input', 'x', [3], 'int32');
    const less = b.map('less', x, b.scalar(1, 'int32'));
    expect(less.dtype).toBe('bool');
    expect(b.map('select', less, x, x).dtype).toBe('int32');
    expect(b.map('toFloat', less).dtype).toBe('float32');
  });

  it('keeps a constant that is the same everywhere as one number', () => {
    const b = new GraphBuilder();
    expect(b.constant(new Float32Array(100).fill(2), [100], 'float32').op).toMatchObject({
      values: Float32Array.of(2),
    });
    expect(() => b.constant([1, 2], [3], 'float32')).toThrow('expected 1 or 3 values, got 2');
  });
});

describe('simplify', () => {
  it.each<[string, (b: GraphBuilder, x: Node, y: Node) => Node, string]>([
    ['x + 0', (b, x) => b.map('add', x, b.scalar(0)), 'x'],
    ['1 · x', (b, x) => b.map('mul', b.scalar(1), x), 'x'],
    ['x / 1', (b, x) => b.map('div', x, b.scalar(1)), 'x'],
    ['x / 8', (b, x) => b.map('div', x, b.scalar(8)), 'mul(x, 0.125)'],
    ['x / 3 stays', (b, x) => b.map('div', x, b.scalar(3)), 'div(x, 3)'],
    ['x²', (b, x) => b.map('pow', x, b.scalar(2)), 'mul(x, x)'],
    ['1 / x', (b, x) => b.map('pow', x, b.scalar(-1)), 'div(1, x)'],
    ['reshape of reshape', (b, x) => b.reshape(b.reshape(x, [6]), [2, 3]), 'x'],
    ['broadcast that adds ones', (b, x) => b.reshape(b.broadcast(x, [1, 2, 3]), [2, 3]), 'x'],
    ['transpose twice', (b, x) => b.transpose(b.transpose(x, [1, 0]), [1, 0]), 'x'],
    [
      'choice of 1 and 0',
      (b, x, y) => b.map('select', b.map('less', x, y), b.scalar(1), b.scalar(0)),
      'toFloat(less(x, y))',
    ],
    ['a choice already made', (b, x, y) => b.map('select', b.scalar(1, 'bool'), x, y), 'x'],
    [
      'bool as number as bool',
      (b, x, y) => b.map('toBool', b.map('toFloat', b.map('less', x, y))),
      'less(x, y)',
    ],
    ['sum over an axis of length 1', (b, x) => b.reduce('sum', b.reshape(x, [2, 1, 3]), [1]), 'x'],
    [
      'a transposed operand of a product',
      (b, x, y) =>
        b.node(
          { kind: 'matmul', transposeA: false, transposeB: false, activation: 'none' },
          [x, b.transpose(y, [1, 0])],
          [2, 2],
          'float32',
        ),
      'matmul(x, y)',
    ],
  ])('%s', (_, make, expected) => {
    expect(after(simplify, make)).toBe(expected);
  });

  it('divides a tensor by a scalar with one division', () => {
    const made = after(simplify, (b, x, y) => {
      const large = b.broadcast(b.reshape(x, [1, 6]), [4, 6]);
      return b.map('div', large, b.reduce('sum', y, [0, 1]));
    });
    expect(made).toBe('mul(broadcast(reshape(x)), broadcast(div(1, reduce(y))))');
  });

  it('divides long rows by one number each with one division per row, short ones as they are', () => {
    expect(divided(8)).toBe('mul(exp(broadcast(reshape(x))), broadcast(div(1, reshape(x))))');
    expect(divided(7)).toBe('div(exp(broadcast(reshape(x))), broadcast(reshape(x)))');
  });
});
