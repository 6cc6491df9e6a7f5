/** Mutants of the compiler. */
import type { FileChanges } from '../mutant.ts';

export const compiler: readonly FileChanges[] = [
  {
    file: 'src/compile/graph/passes/simplify.ts',
    tests: ['unit/compile-graph', 'parity/compile-types'],
    changes: [
      {
        find: "if ((fn === 'mul' || fn === 'div') && uniform(y) === 1) return x;",
        replace: "if ((fn === 'mul' || fn === 'div') && uniform(x) === 1) return y;",
        why: '1 / x is simplified to x',
      },
      {
        find: 'permutation.map((axis) => inner[axis])',
        replace: 'inner.map((axis) => permutation[axis])',
        why: 'two transposes are put together in the wrong order',
        tests: ['unit/compile-transposes'],
      },
      {
        find: 'return decided ? yes : no;',
        replace: 'return decided ? no : yes;',
        why: 'a decided choice takes the other branch',
      },
    ],
  },
  {
    file: 'src/compile/graph/passes/epilogues.ts',
    tests: ['unit/compile-passes', 'parity/compile-types'],
    changes: [
      {
        find: "node.op.activation === 'none' && uses.get(old) === 1",
        replace: "node.op.activation === 'none'",
        why: 'a product that others read gets an activation too',
      },
    ],
  },
  {
    file: 'src/compile/graph/passes/sums-of-products.ts',
    tests: ['unit/compile-passes'],
    changes: [
      {
        find: 'isShortProduct(term) && once.has(term)',
        replace: 'isShortProduct(term)',
        why: 'products that others read are made twice',
      },
    ],
  },
  {
    file: 'src/compile/plan/memory.ts',
    tests: ['unit/compile-plan', 'unit/compile-simd'],
    changes: [
      {
        find: 'other.from <= block.to && block.from <= other.to',
        replace: 'other.from < block.to && block.from < other.to',
        why: 'what a kernel writes may lie on what it reads',
      },
      {
        find: 'index > writer && kernel.reads.some(isOld)',
        replace: 'index > writer + 1 && kernel.reads.some(isOld)',
        why: 'state is overwritten before its last reader',
      },
      {
        find: 'tensors.set(node, run.length);\n  return',
        replace: 'tensors.set(node, run.length - 2);\n  return',
        why: 'results are overwritten before they are read',
      },
    ],
  },
  {
    file: 'src/compile/plan/fuse.ts',
    tests: ['unit/compile-plan'],
    changes: [
      {
        find: '!readsOnlyElementwise(graph, members) || leavesAndComesBack(graph, groups, members)',
        replace: '!readsOnlyElementwise(graph, members)',
        why: 'a loop waits for itself',
      },
      {
        find: "!(identity && access.tensor.op.kind === 'map')",
        replace: '!identity',
        why: 'a sum is read in the loop that makes it',
      },
    ],
  },
  {
    file: 'src/compile/simd/split.ts',
    tests: ['unit/compile-threads'],
    changes: [
      {
        find: 'to: Math.min(count, Math.floor(((chunk + 1) * units) / chunks) * unit)',
        replace: 'to: Math.floor(((chunk + 1) * units) / chunks) * unit',
        why: 'the last thread goes past the end',
      },
      {
        find: 'reduced.slice(0, axis).every(Boolean)',
        replace: 'true',
        why: 'threads clear the sums of others',
      },
    ],
  },
  {
    file: 'src/compile/simd/emit/functions.ts',
    tests: ['parity/compile-types', 'unit/compile-simd'],
    changes: [
      {
        find: 'return float ? -Infinity : -0x80000000;',
        replace: 'return 0;',
        why: 'the maximum of negative numbers is 0',
      },
    ],
  },
];
