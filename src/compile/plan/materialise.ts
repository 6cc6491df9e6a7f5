/**
 * The last pass before planning: copies views that are not dense where dense memory is needed, in operands of kernels and results
 * of the step. After it, only loops read through strides.
 */
import type { GraphBuilder } from '../graph/builder.ts';
import { uniform, type Graph, type Node } from '../graph/graph.ts';
import { rewrite } from '../graph/rewrite.ts';
import { accessOf, isDense, isView } from './access.ts';

/** Nodes that loops compute or place, reading any strides. */
function readsStrided(node: Node): boolean {
  const { kind } = node.op;
  return kind === 'map' || kind === 'reduce' || kind === 'concat' || kind === 'pad';
}

export function materialise(graph: Graph): Graph {
  // Equal copies are one: a recurrent layer's kernels read the same columns of a weight matrix at every step.
  const copies = new Map<Node, Node>();
  const strided = rewrite(graph, (node, inputs, builder) => {
    if (readsStrided(node)) return builder.rebuild(node, inputs);
    const dense = isView(node) ? inputs : inputs.map((input) => denseOperand(builder, input, copies));
    const rebuilt = builder.rebuild(node, dense);
    return accessOf(rebuilt) ? rebuilt : builder.rebuild(node, [builder.map('copy', inputs[0])]);
  });
  return ownResults(strided);
}

/** Uniform constants live in the code; a kernel that wants one in memory gets a filled tensor. */
function denseOperand(builder: GraphBuilder, input: Node, copies: Map<Node, Node>): Node {
  const access = accessOf(input);
  if (access && isDense(access) && uniform(access.tensor) === undefined) return input;
  const copy = copies.get(input) ?? builder.map('copy', input);
  copies.set(input, copy);
  return copy;
}

/** Gives each result a tensor of its own: a computed one, not a view of it, a leaf, or another state's next value. */
function ownResults(graph: Graph): Graph {
  const taken = new Set<Node>();
  return rewrite(
    graph,
    (node, inputs, builder) => builder.rebuild(node, inputs),
    (kind, name, node, builder) => {
      const unchanged = kind === 'state' && node.op.kind === 'state' && node.op.name === name;
      const computed = !isView(node) && node.inputs.length > 0;
      if (unchanged || (computed && (kind === 'output' || !taken.has(node)))) {
        taken.add(node);
        return node;
      }
      return builder.map('copy', node);
    },
  );
}
