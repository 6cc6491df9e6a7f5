/** Each pass but `simplify` alone, on graphs of a few nodes, read as text. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#compile/graph/builder.ts';
import { reachable, type Graph, type Node, type Window } from '#compile/graph/graph.ts';
import { epilogues, reluMasks } from '#compile/graph/passes/epilogues.ts';
import { foldConstants } from '#compile/graph/passes/fold-constants.ts';
import { masksBeforePoolGradients, sumsBeforePoolGradients } from '#compile/graph/passes/pool-gradients.ts';
import { share } from '#compile/graph/passes/share.ts';
import { sumsOfProducts } from '#compile/graph/passes/sums-of-products.ts';
import { printGraph } from '#compile/graph/print.ts';
import { after, graphOf } from './compile-small-graph.ts';

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
    const shared = share(graph);
    const [sum, same, difference, opposite] = shared.outputs.values();
    expect(sum).toBe(same);
    expect(difference).not.toBe(opposite);
    expect(reachable(shared)).toHaveLength(5);
  });

  it('share: 0 and −0 differ', () => {
    const graph = graphOf((b) => [b.scalar(0), b.scalar(-0)]);
    expect(new Set(share(graph).outputs.values()).size).toBe(2);
  });

  it('epilogues: a bias and a ReLU go into the product, with the gradient mask taken from the result', () => {
    const graph = graphOf((b, x, y) => {
      const op = { kind: 'matmul', transposeA: false, transposeB: true, activation: 'none' } as const;
      const product = b.node(op, [x, y], [2, 2], 'float32');
      const bias = b.placeholder('input', 'bias', [2], 'float32');
      const sum = b.map('add', product, bias);
      return [b.map('relu', sum), b.map('toFloat', b.map('less', b.constant([0], [2, 2], 'float32'), sum))];
    });
    expect(printGraph(epilogues(reluMasks(graph)))).toBe(
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
    expect(printGraph(epilogues(graph))).toContain('relu(%2)');
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
    const graph = sumsBeforePoolGradients(masksBeforePoolGradients(backward(square, 'max')));
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
    expect(printGraph(masksBeforePoolGradients(graph))).toBe(printGraph(graph));
  });

  it('are masked as before where they are also read without the mask', () => {
    const graph = backward(square, 'max');
    const gradient = reachable(graph).find(({ op }) => op.kind === 'poolGradient') as Node;
    const both = { ...graph, outputs: new Map([...graph.outputs, ['raw', gradient]]) };
    expect(printGraph(masksBeforePoolGradients(both))).toBe(printGraph(both));
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
    const after = sumsBeforePoolGradients({ name: 'test', state: new Map(), outputs });
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
    expect(printGraph(sumsOfProducts(sumOverSteps(8, 3)))).toBe(
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
    expect(printGraph(sumsOfProducts(graph))).toBe(printGraph(graph));
  });

  it('stay where a product, or a part of the sum, is read by others too', () => {
    const graph = sumOverSteps(8, 2);
    const nodes = reachable(graph);
    const product = nodes.find(({ op }) => op.kind === 'matmul') as Node;
    const part = nodes.find(({ op }) => op.kind === 'map') as Node;
    for (const other of [product, part]) {
      const shared = { ...graph, outputs: new Map([...graph.outputs, ['other', other]]) };
      expect(printGraph(sumsOfProducts(shared))).toBe(printGraph(shared));
    }
  });
});
