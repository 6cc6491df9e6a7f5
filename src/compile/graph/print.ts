/** A graph as text, one node per line, for `explain` and for the tests of passes. */
import { describeShape } from './builder.ts';
import { reachable, uniform, type Graph, type Node, type Op } from './graph.ts';

/** `%7 = add(%3, %5): float32 [64, 2]`, then the results by name. */
export function printGraph(graph: Graph): string {
  const nodes = reachable(graph);
  const numbers = new Map(nodes.map((node, i) => [node, i]));
  const ref = (node: Node): string => reference(node, numbers);
  const lines = nodes
    .filter((node) => uniform(node) === undefined)
    .map((node) => {
      const inputs = node.inputs.map(ref).join(', ');
      return `%${numbers.get(node)} = ${printOp(node.op)}(${inputs}): ${node.dtype} ${describeShape(node.shape)}`;
    });
  for (const [name, node] of graph.state) lines.push(`state ${name} ← ${ref(node)}`);
  for (const [name, node] of graph.outputs) lines.push(`output ${name} ← ${ref(node)}`);
  return lines.join('\n');
}

function reference(node: Node, numbers: ReadonlyMap<Node, number>): string {
  const value = uniform(node);
  return value === undefined ? `%${numbers.get(node)}` : String(value);
}

/** The operation with what belongs to it: `sum axes 0,1`, `matmul bᵀ relu`. */
export function printOp(op: Op): string {
  switch (op.kind) {
    case 'state':
    case 'input':
      return `${op.kind} ${op.name}`;
    case 'constant':
      return 'constant';
    case 'map':
      return op.fn;
    case 'reduce':
      return `${op.fn} axes ${op.axes.join()}`;
    case 'argReduce':
      return `arg-${op.fn} axis ${op.axis}`;
    case 'cumsum':
      return ['cumsum', op.exclusive && 'exclusive', op.reverse && 'reversed'].filter(Boolean).join(' ');
    case 'slice':
      return op.step.every((s) => s === 1)
        ? `slice from ${op.begin.join()}`
        : `slice from ${op.begin.join()} by ${op.step.join()}`;
    case 'transpose':
      return `transpose ${op.permutation.join()}`;
    case 'concat':
      return `concat axis ${op.axis}`;
    case 'pad':
      return `pad ${op.before.join()} with ${op.value}`;
    case 'matmul':
      return [
        'matmul',
        op.transposeA && 'aᵀ',
        op.transposeB && 'bᵀ',
        op.activation !== 'none' && op.activation,
      ]
        .filter(Boolean)
        .join(' ');
    case 'conv2d':
      return op.activation === 'none' ? 'conv2d' : `conv2d ${op.activation}`;
    case 'pool':
      return `${op.fn}-pool`;
    case 'poolGradient':
      return `${op.fn}-pool-gradient`;
    case 'reshape':
    case 'broadcast':
    case 'conv2dImageGradient':
    case 'conv2dFilterGradient':
    case 'gather':
    case 'segmentSum':
      return op.kind;
  }
}
