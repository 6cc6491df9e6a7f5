/** Graphs of a few nodes, and what a pass makes of them as text. */
import { GraphBuilder } from '#compile/graph/builder.ts';
import type { Graph, Node } from '#compile/graph/graph.ts';
import type { Pass } from '#compile/graph/rewrite.ts';

/** A graph with outputs a, b, …, made from placeholders. */
export function graphOf(make: (b: GraphBuilder, x: Node, y: Node) => readonly Node[]): Graph {
  const b = new GraphBuilder();
  const x = b.placeholder('input', 'x', [2, 3], 'float32');
  const y = b.placeholder('input', 'y', [2, 3], 'float32');
  const outputs = make(b, x, y).map((node, i) => [String.fromCharCode(97 + i), node] as const);
  return { name: 'test', state: new Map(), outputs: new Map(outputs) };
}

/** What an output is after a pass, as nested calls. */
export function after(pass: Pass, make: (b: GraphBuilder, x: Node, y: Node) => Node): string {
  const text = (node: Node): string => {
    const { op } = node;
    if (op.kind === 'input') return op.name;
    if (op.kind === 'constant') return op.values.length === 1 ? String(op.values[0]) : 'constant';
    const name = op.kind === 'map' ? op.fn : op.kind;
    return `${name}(${node.inputs.map(text).join(', ')})`;
  };
  return text(pass(graphOf((b, x, y) => [make(b, x, y)])).outputs.get('a') as Node);
}
