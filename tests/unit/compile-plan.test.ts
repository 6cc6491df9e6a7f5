/** Planning: views as strides, loops over common domains, and a memory plan in which nothing alive shares a byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '#compile/graph/builder.ts';
import { reachable, sizeOf, type Graph, type Node } from '#compile/graph/graph.ts';
import { accessOf, denseStrides, isDense } from '#compile/plan/access.ts';
import { dependencies } from '#compile/plan/dependencies.ts';
import { commonRefinement, refineStrides } from '#compile/plan/domain.ts';
import { fuse } from '#compile/plan/fuse.ts';
import { materialise } from '#compile/plan/materialise.ts';
import { planMemory } from '#compile/plan/memory.ts';
import { schedule, type Kernel } from '#compile/plan/schedule.ts';
import type { StepShapes } from '#compile/step.ts';

const float = (b: GraphBuilder, name: string, shape: readonly number[]): Node =>
  b.placeholder('input', name, shape, 'float32');

const MATMUL = { kind: 'matmul', transposeA: false, transposeB: false, activation: 'none' } as const;

function graphOf(state: Readonly<Record<string, Node>>, outputs: Readonly<Record<string, Node>>): Graph {
  return { name: 'test', state: new Map(Object.entries(state)), outputs: new Map(Object.entries(outputs)) };
}

describe('views', () => {
  it('are strides and an offset', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [4, 6]);
    const view = b.transpose(b.slice(x, [1, 2], [2, 3]), [1, 0]);
    expect(accessOf(view)).toMatchObject({ tensor: x, strides: [1, 6], offset: 8 });
    expect(accessOf(b.broadcast(b.slice(x, [3, 0], [1, 6]), [5, 6]))).toMatchObject({
      strides: [0, 1],
      offset: 18,
    });
    expect(accessOf(b.slice(x, [3, 0], [4, 6], [-1, 1]))).toMatchObject({ strides: [-6, 1], offset: 18 });
  });

  it('reshape where strides allow, and say so where they do not', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [4, 6]);
    expect(accessOf(b.reshape(x, [2, 2, 1, 6]))?.strides).toEqual([12, 6, 0, 1]);
    expect(accessOf(b.reshape(b.slice(x, [0, 0], [4, 3]), [2, 2, 3]))?.strides).toEqual([12, 6, 1]);
    expect(accessOf(b.reshape(b.transpose(x, [1, 0]), [24]))).toBeUndefined();
    const rows = accessOf(b.slice(x, [1, 0], [2, 6]));
    expect(rows && isDense(rows)).toBe(true);
  });
});

describe('domains', () => {
  it('meet in their common refinement', () => {
    expect(commonRefinement([24], [8, 3])).toEqual([8, 3]);
    expect(commonRefinement([4, 6], [12, 2])).toEqual([4, 3, 2]);
    expect(commonRefinement([4, 6], [6, 4])).toBeUndefined();
    expect(commonRefinement([], [])).toEqual([]);
    expect(commonRefinement([4], [5])).toBeUndefined();
  });

  it('keep strides over the same elements', () => {
    expect(refineStrides([4, 6], [6, 1], [2, 2, 3, 2])).toEqual([12, 6, 2, 1]);
    expect(refineStrides([1, 4, 1], [9, 2, 9], [4])).toEqual([2]);
    expect(denseStrides([2, 3, 4])).toEqual([12, 4, 1]);
  });
});

describe('fusion', () => {
  it('makes one loop of a chain with its reductions', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [8, 3]);
    const square = b.map('mul', x, x);
    const sum = b.reduce('sum', square, [0]);
    const flat = b.map('add', b.reshape(square, [24]), b.scalar(1));
    const groups = fuse(dependencies(graphOf({}, { sum, flat })));
    expect(groups.get(sum)).toBe(groups.get(flat));
    expect(groups.get(sum)?.domain).toEqual([8, 3]);
  });

  it('does not fuse what has to wait: a value, its sum, and both together', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [8]);
    const e = b.map('exp', x);
    const share = b.map('div', e, b.reduce('sum', e, [0]));
    const groups = fuse(dependencies(graphOf({}, { share })));
    expect(groups.get(e)).not.toBe(groups.get(share));
  });

  it('does not read a sum in the loop that makes it, even one with as many numbers as it sums', () => {
    const b = new GraphBuilder();
    const e = b.map('exp', float(b, 'x', [1, 8]));
    const sum = b.reduce('sum', e, [0]);
    const both = b.map('add', b.reshape(e, [8]), sum);
    const groups = fuse(dependencies(graphOf({}, { both })));
    expect(groups.get(sum)).toBe(groups.get(e));
    expect(groups.get(both)).not.toBe(groups.get(sum));
  });

  it('compares where the comparison is used, not where the number comes from', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [6, 6]);
    const positive = b.map('exp', x);
    const mask = b.map('toFloat', b.map('less', b.constant([1], [6, 6], 'float32'), positive));
    const product = b.node(MATMUL, [positive, x], [6, 6], 'float32');
    const late = b.map('mul', product, mask);
    const groups = fuse(dependencies(graphOf({}, { late })));
    expect(groups.get(mask)).toBe(groups.get(late));
    expect(groups.get(mask)).not.toBe(groups.get(positive));
    // Where nothing lies between, all three are one loop.
    const early = b.map('mul', positive, mask);
    const whole = fuse(dependencies(graphOf({}, { early })));
    expect(whole.get(early)).toBe(whole.get(positive));
  });
});

describe('copies', () => {
  it('are made once for all kernels that read the same part of a tensor', () => {
    const b = new GraphBuilder();
    const x = float(b, 'x', [6, 6]);
    const w = b.slice(float(b, 'w', [6, 9]), [0, 3], [6, 6]);
    const once = b.node(MATMUL, [x, w], [6, 6], 'float32');
    const twice = b.node(MATMUL, [once, w], [6, 6], 'float32');
    const copies = reachable(materialise(graphOf({}, { twice }))).filter(
      ({ op }) => op.kind === 'map' && op.fn === 'copy',
    );
    expect(copies).toHaveLength(1);
  });
});

/** A random graph of element-wise nodes, reductions and products over a few shapes. */
const program = fc.array(fc.tuple(fc.nat(5), fc.nat(9), fc.nat(9)), { minLength: 1, maxLength: 25 });

function randomGraph(instructions: readonly (readonly [number, number, number])[]): {
  graph: Graph;
  shapes: StepShapes;
} {
  const b = new GraphBuilder();
  const state = ['s0', 's1', 's2'].map((name) => b.placeholder('state', name, [6, 6], 'float32'));
  const pool = [...state, float(b, 'x', [6, 6])];
  for (const [kind, i, j] of instructions) {
    const x = pool[pool.length - 1 - (i % pool.length)];
    const y = pool[pool.length - 1 - (j % pool.length)];
    switch (kind) {
      case 0:
        pool.push(b.node(MATMUL, [x, y], [6, 6], 'float32'));
        break;
      case 1:
        pool.push(b.map('sub', x, b.broadcast(b.reshape(b.reduce('max', y, [1]), [6, 1]), [6, 6])));
        break;
      case 2:
        pool.push(b.map('mul', b.transpose(x, [1, 0]), y));
        break;
      case 3:
        pool.push(b.reshape(b.concat([b.reshape(x, [36]), b.reshape(y, [36])], 0), [12, 6]).inputs[0]);
        pool.push(b.slice(b.reshape(pool.pop() as Node, [12, 6]), [3, 0], [6, 6]));
        break;
      default:
        pool.push(b.map('add', x, y));
    }
  }
  const last = (k: number): Node => pool[Math.max(0, pool.length - 1 - k)];
  const shape = { shape: [6, 6], dtype: 'float32' } as const;
  return {
    graph: materialise(graphOf({ s0: last(0), s1: last(1), s2: state[0] }, { y: last(2) })),
    shapes: { state: { s0: shape, s1: shape, s2: shape }, inputs: { x: shape } },
  };
}

/** As the kernels ask for it: calls want working memory and a table of constants. */
function needs(kernel: Kernel): { scratch: number; table: number } {
  return kernel.kind === 'call' ? { scratch: 100, table: 48 } : { scratch: 0, table: 0 };
}

describe('the memory plan', () => {
  it('never lets two living tensors overlap', () => {
    fc.assert(
      fc.property(program, (instructions) => {
        const { graph, shapes } = randomGraph(instructions);
        const order = schedule(graph);
        const memory = planMemory(graph, shapes, order, { start: 64, alignment: 16, needs });
        replay(graph, order.run, memory);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('updates state in place, and copies where two states change places', () => {
    const b = new GraphBuilder();
    const s = b.placeholder('state', 's', [4], 'float32');
    const t = b.placeholder('state', 't', [4], 'float32');
    const shape = { shape: [4], dtype: 'float32' } as const;
    const shapes: StepShapes = { state: { s: shape, t: shape }, inputs: {} };
    const plan = (graph: Graph): number => {
      const ready = materialise(graph);
      const options = { start: 64, alignment: 16, needs };
      return planMemory(ready, shapes, schedule(ready), options).copies.length;
    };
    expect(plan(graphOf({ s: b.map('add', s, t), t }, {}))).toBe(0);
    expect(plan(graphOf({ s: t, t: s }, {}))).toBe(1);
  });
});

function named(node: Node): string {
  return 'name' in node.op ? `${node.op.kind} ${node.op.name}` : `${node.id}`;
}

/** Marks bytes by their owner as the kernels run, and checks that every read finds its own. */
function replay(graph: Graph, run: readonly Kernel[], memory: ReturnType<typeof planMemory>): void {
  const owner = new Map<number, string>();
  const words = (node: Node): number[] => {
    const start = memory.offsets.get(node) as number;
    return Array.from({ length: sizeOf(node.shape) }, (_, i) => start + 4 * i);
  };
  const own = (words: readonly number[], name: string): void =>
    words.forEach((word) => owner.set(word, name));
  const placed = new Map<Node, string>();
  for (const [kind, places] of [
    ['state', memory.state],
    ['input', memory.inputs],
  ] as const)
    for (const [name, start] of places)
      own(
        Array.from({ length: 36 }, (_, i) => start + 4 * i),
        `${kind} ${name}`,
      );
  const read = (node: Node): void => {
    for (const word of words(node)) expect([named(node), placed.get(node)]).toContain(owner.get(word));
  };
  for (const kernel of run) {
    const scratch = memory.scratch.get(kernel);
    kernel.reads.forEach(read);
    if (scratch !== undefined)
      own(
        Array.from({ length: 25 }, (_, i) => scratch + 4 * i),
        'scratch',
      );
    // A concatenation owns what its parts wrote in place; the parts stay readable under its name.
    for (const { tensor } of kernel.parts ?? []) placed.set(tensor, named(kernel.writes[0]));
    for (const node of kernel.writes) own(words(node), named(node));
  }
  for (const { from } of memory.copies) read(from);
  for (const node of graph.outputs.values()) read(node);
  for (const [name, node] of graph.state)
    if (node.op.kind !== 'state' && !memory.copies.some((copy) => copy.name === name)) {
      read(node);
      expect(memory.offsets.get(node)).toBe(memory.state.get(name));
    }
}
