/** Common subexpression elimination: nodes with the same operation, inputs, shape and type become one, leaves included. */
import type { Graph, Node, Op } from '../graph.ts';
import { rewrite } from '../rewrite.ts';

const COMMUTATIVE = new Set(['add', 'mul', 'min', 'max', 'equal', 'notEqual', 'and', 'or']);

/** Equal for nodes that compute the same. Inputs have been shared before, so that ids identify them. */
function key(node: Node, inputs: readonly Node[]): string {
  const ids = inputs.map((input) => input.id);
  if (node.op.kind === 'map' && COMMUTATIVE.has(node.op.fn)) ids.sort((a, b) => a - b);
  return [describe(node.op), ids.join(), node.shape.join(), node.dtype].join('|');
}

function describe(op: Op): string {
  if (op.kind !== 'constant') return JSON.stringify(op);
  // Bits, not digits: 0 and −0 are different constants.
  return `constant ${new Int32Array(op.values.buffer, op.values.byteOffset, op.values.length).join()}`;
}

/** Keeps the first of each. */
export function share(graph: Graph): Graph {
  const known = new Map<string, Node>();
  return rewrite(graph, (node, inputs, builder) => {
    const identity = key(node, inputs);
    const shared = known.get(identity) ?? builder.rebuild(node, inputs);
    known.set(identity, shared);
    return shared;
  });
}
