/** The graph's builder and each pass alone, on graphs of a few nodes, read as text. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#compile/graph/builder.ts';
import { reachable, type Graph, type Node, type Window } from '#compile/graph/graph.ts';
import { epilogues, reluMasks } from '#compile/graph/passes/epilogues.ts';
import { foldConstants } from '#compile/graph/passes/fold-constants.ts';
import { masksBeforePoolGradients, sumsBeforePoolGradients } from '#compile/graph/passes/pool-gradients.ts';
import { share } from '#compile/graph/passes/share.ts';
import { simplify } from '#compile/graph/passes/simplify.ts';
import { sumsOfProducts } from '#compile/graph/passes/sums-of-products.ts';
import { printGraph } from '#compile/graph/print.ts';
import type { Pass } from '#compile/graph/rewrite.ts';

/** A graph with outputs a, b, …, made from placeholders. */
function graphOf(make: (b: GraphBuilder, x: Node, y: Node) => readonly Node[]): Graph {
  const b = new GraphBuilder();
  const x = b.placeholder('input', 'x', [2, 3], 'float32');
  const y = b.placeholder('input', 'y', [2, 3], 'float32');
  const outputs = make(b, x, y).map((node, i) => [String.fromCharCode(97 + i), node] as const);
  return { name: 'test', state: new Map(), outputs: new Map(outputs) };
}

/** What an output is after a pass, as nested calls. */
function after(pass: Pass, make: (b: GraphBuilder, x: Node, y: Node) => Node): string {
  const text = (node: Node): string => {
    const { op } = node;
    if (op.kind === 'input') return op.name;
    if (op.kind === 'constant') return op.values.length === 1 ? String(op.values[0]) : 'constant';
    const name = op.kind === 'map' ? op.fn : op.kind;
    return `${name}(${node.inputs.map(text).join(', ')})`;
  };
  return text(pass.run(graphOf((b, x, y) => [make(b, x, y)])).outputs.get('a') as Node);
}

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

describe('the other passes', () => {
  it('fold: exact arithmetic happens at compile time, exp does not', () => {
    expect(after(foldConstants, (b) => b.map('sub', b.scalar(1), b.scalar(0.25)))).toBe('0.75');
    expect(after(foldConstants, (b) => b.map('mul', b.scalar(0.1), b.scalar(0.1)))).toBe(
      String(Math.fround(Math.fround(0.1) ** 2)),
    );
    expect(after(foldConstants, (b) => b.map('exp', b.scalar(1)))).toBe('exp(1)');
  });

  it('share: equal nodes become one, whatever the order of a sum', () => {
    const graph = graphOf((b, x, y) => [
      b.map('add', x, y),
      b.map('add', y, x),
      b.map('sub', x, y),
      b.map('sub', y, x),
    ]);
    const shared = share.run(graph);
    const [sum, same, difference, opposite] = shared.outputs.values();
    expect(sum).toBe(same);
    expect(difference).not.toBe(opposite);
    expect(reachable(shared)).toHaveLength(5);
  });

  it('share: 0 and −0 differ', () => {
    const graph = graphOf((b) => [b.scalar(0), b.scalar(-0)]);
    expect(new Set(share.run(graph).outputs.values()).size).toBe(2);
  });

  it('epilogues: a bias and a ReLU go into the product, with the gradient mask taken from the result', () => {
    const graph = graphOf((b, x, y) => {
      const op = { kind: 'matmul', transposeA: false, transposeB: true, activation: 'none' } as const;
      const product = b.node(op, [x, y], [2, 2], 'float32');
      const bias = b.placeholder('input', 'bias', [2], 'float32');
      const sum = b.map('add', product, bias);
      return [b.map('relu', sum), b.map('toFloat', b.map('less', b.constant([0], [2, 2], 'float32'), sum))];
    });
    expect(printGraph(epilogues.run(reluMasks.run(graph)))).toBe(
      [
        '%0 = input x(): float32 [2, 3]',
        '%1 = input y(): float32 [2, 3]',
        '%2 = input bias(): float32 [2]',
        '%3 = matmul bᵀ relu(%0, %1, %2): float32 [2, 2]',
        '%5 = less(0, %3): bool [2, 2]',
        '%6 = toFloat(%5): float32 [2, 2]',
        'output a ← %3',
        'output b ← %6',
      ].join('\n'),
    );
  });

  it('epilogues: a product that others read keeps its own value', () => {
    const graph = graphOf((b, x, y) => {
      const op = { kind: 'matmul', transposeA: false, transposeB: true, activation: 'none' } as const;
      const product = b.node(op, [x, y], [2, 2], 'float32');
      return [b.map('relu', product), product];
    });
    expect(printGraph(epilogues.run(graph))).toContain('relu(%2)');
  });
});

/** What comes back through max pooling and the ReLU before it, summed as for a bias; `fn` pools forward, if anything does. */
function backward(window: Window, fn?: 'max' | 'avg', factor?: (b: GraphBuilder, y: Node) => Node): Graph {
  const b = new GraphBuilder();
  const y = b.placeholder('input', 'y', [2, 4, 4, 3], 'float32');
  const dy = b.placeholder('input', 'dy', [2, 2, 2, 3], 'float32');
  const pooled = fn && b.node({ kind: 'pool', fn, window }, [y], dy.shape, 'float32');
  const gradient = b.node({ kind: 'poolGradient', fn: 'max', window }, [y, dy], y.shape, 'float32');
  const mask = b.map('toFloat', b.map('less', b.constant([0], y.shape, 'float32'), y));
  const masked = b.map('mul', factor ? factor(b, y) : mask, gradient);
  const outputs = { ...(pooled && { p: pooled }), dx: masked, db: b.reduce('sum', masked, [0, 1, 2]) };
  return { name: 'test', state: new Map(), outputs: new Map(Object.entries(outputs)) };
}

describe('pool gradients', () => {
  const square: Window = { size: [2, 2], stride: [2, 2], pad: [0, 0] };

  it('take the mask of a ReLU and the sum for a bias at the size of what was pooled', () => {
    const graph = sumsBeforePoolGradients.run(masksBeforePoolGradients.run(backward(square, 'max')));
    expect(printGraph(graph)).toBe(
      [
        '%0 = input y(): float32 [2, 4, 4, 3]',
        '%1 = input dy(): float32 [2, 2, 2, 3]',
        '%2 = max-pool(%0): float32 [2, 2, 2, 3]',
        '%4 = less(0, %2): bool [2, 2, 2, 3]',
        '%5 = toFloat(%4): float32 [2, 2, 2, 3]',
        '%6 = mul(%1, %5): float32 [2, 2, 2, 3]',
        '%7 = max-pool-gradient(%0, %6): float32 [2, 4, 4, 3]',
        '%8 = sum axes 0,1,2(%6): float32 [3]',
        'output p ← %2',
        'output dx ← %7',
        'output db ← %8',
      ].join('\n'),
    );
  });

  it.each<[string, Graph]>([
    ['nothing pools forward', backward(square)],
    ['the mean is pooled forward', backward(square, 'avg')],
    [
      'the mask is of something else',
      backward(square, 'max', (b, y) =>
        b.map('toFloat', b.map('less', b.constant([0], y.shape, 'float32'), b.map('neg', y))),
      ),
    ],
    [
      'the mask is not that of a ReLU',
      backward(square, 'max', (b, y) =>
        b.map('toFloat', b.map('less', b.constant([1], y.shape, 'float32'), y)),
      ),
    ],
  ])('are masked as before where %s', (_, graph) => {
    expect(printGraph(masksBeforePoolGradients.run(graph))).toBe(printGraph(graph));
  });

  it('are masked as before where they are also read without the mask', () => {
    const graph = backward(square, 'max');
    const gradient = reachable(graph).find(({ op }) => op.kind === 'poolGradient') as Node;
    const both = { ...graph, outputs: new Map([...graph.outputs, ['raw', gradient]]) };
    expect(printGraph(masksBeforePoolGradients.run(both))).toBe(printGraph(both));
  });

  it.each<[string, Window, readonly number[], boolean]>([
    ['windows that overlap', { size: [3, 3], stride: [1, 1], pad: [0, 0] }, [0, 1, 2], true],
    ['windows that reach into the padding', { size: [2, 2], stride: [3, 3], pad: [1, 1] }, [1, 2], true],
    ['windows in the padding alone', { size: [2, 2], stride: [4, 4], pad: [2, 2] }, [0, 1, 2], false],
    ['windows behind the image', { size: [2, 2], stride: [4, 4], pad: [0, 0] }, [0, 1, 2], false],
    ['a sum over rows alone', square, [0, 1], false],
  ])('%s', (_, window, axes, moves) => {
    const b = new GraphBuilder();
    const y = b.placeholder('input', 'y', [2, 4, 4, 3], 'float32');
    const dy = b.placeholder('input', 'dy', [2, 2, 2, 3], 'float32');
    const gradient = b.node({ kind: 'poolGradient', fn: 'max', window }, [y, dy], y.shape, 'float32');
    const outputs = new Map([['sum', b.reduce('sum', gradient, axes)]]);
    const after = sumsBeforePoolGradients.run({ name: 'test', state: new Map(), outputs });
    expect(after.outputs.get('sum')?.inputs[0].op.kind).toBe(moves ? 'input' : 'poolGradient');
  });
});

/** Σ aᵢᵀ · bᵢ + z over a few steps of `rows` rows each. */
function sumOverSteps(rows: number, steps: number, transposeA = true): Graph {
  const b = new GraphBuilder();
  const op = { kind: 'matmul', transposeA, transposeB: false, activation: 'none' } as const;
  const shape = transposeA ? [rows, 3] : [3, rows];
  const products = Array.from({ length: steps }, (_, i) => {
    const left = b.placeholder('input', `a${i}`, shape, 'float32');
    return b.node(op, [left, b.placeholder('input', `b${i}`, [rows, 4], 'float32')], [3, 4], 'float32');
  });
  const z = b.placeholder('input', 'z', [3, 4], 'float32');
  const sum = products.reduce(
    (sum, product, i) => b.map('add', ...(i % 2 ? [product, sum] : [sum, product])),
    z,
  );
  return { name: 'test', state: new Map(), outputs: new Map([['sum', sum]]) };
}

describe('sums of products', () => {
  it('become one product over the rows of all', () => {
    expect(printGraph(sumsOfProducts.run(sumOverSteps(8, 3)))).toBe(
      [
        '%0 = input a0(): float32 [8, 3]',
        '%1 = input b0(): float32 [8, 4]',
        '%2 = input a1(): float32 [8, 3]',
        '%3 = input b1(): float32 [8, 4]',
        '%4 = input a2(): float32 [8, 3]',
        '%5 = input b2(): float32 [8, 4]',
        '%6 = input z(): float32 [3, 4]',
        '%7 = concat axis 0(%2, %0, %4): float32 [24, 3]',
        '%8 = concat axis 0(%3, %1, %5): float32 [24, 4]',
        '%9 = matmul aᵀ(%7, %8): float32 [3, 4]',
        '%10 = add(%9, %6): float32 [3, 4]',
        'output sum ← %10',
      ].join('\n'),
    );
  });

  it.each<[string, Graph]>([
    ['there is one', sumOverSteps(8, 1)],
    ['each is long', sumOverSteps(64, 3)],
    ['they run over columns', sumOverSteps(8, 3, false)],
  ])('stay where %s', (_, graph) => {
    expect(printGraph(sumsOfProducts.run(graph))).toBe(printGraph(graph));
  });

  it('stay where a product, or a part of the sum, is read by others too', () => {
    const graph = sumOverSteps(8, 2);
    const nodes = reachable(graph);
    const product = nodes.find(({ op }) => op.kind === 'matmul') as Node;
    const part = nodes.find(({ op }) => op.kind === 'map') as Node;
    for (const other of [product, part]) {
      const shared = { ...graph, outputs: new Map([...graph.outputs, ['other', other]]) };
      expect(printGraph(sumsOfProducts.run(shared))).toBe(printGraph(shared));
    }
  });
});
