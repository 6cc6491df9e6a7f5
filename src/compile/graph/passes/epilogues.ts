/**
 * Moves a bias and an activation into the product or convolution before them, so that results are written once. Needs the
 * activation to be the only reader: a ReLU's gradient asks for x > 0, which `reluMasks` first turns into relu(x) > 0.
 */
import { uniform, useCounts, type Activation, type Graph, type Node } from '../graph.ts';
import { rewrite } from '../rewrite.ts';

/** 0 < x is 0 < relu(x) where the graph computes relu(x) anyway. */
export function reluMasks(graph: Graph): Graph {
  const rectified = new Map<Node, Node>();
  // A mask before the ReLU in the graph's order is left alone: it cannot read what comes later.
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op.kind === 'map' && node.op.fn === 'less' && uniform(inputs[0]) === 0) {
      const relu = rectified.get(inputs[1]);
      if (relu) return builder.rebuild(node, [inputs[0], relu]);
    }
    const rebuilt = builder.rebuild(node, inputs);
    if (node.op.kind === 'map' && node.op.fn === 'relu') rectified.set(inputs[0], rebuilt);
    return rebuilt;
  });
}

/** Whether a product or convolution has no activation yet and no other reader; `old` is the node before this pass. */
function open(node: Node, old: Node, uses: ReadonlyMap<Node, number>): boolean {
  const { kind } = node.op;
  if (kind !== 'conv2d' && !(kind === 'matmul' && node.shape.length === 2)) return false;
  return (
    node.op.kind === kind && 'activation' in node.op && node.op.activation === 'none' && uses.get(old) === 1
  );
}

/** The vector [columns] that a node broadcasts to all rows, if it does that. */
function rowVector(node: Node, columns: number): Node | undefined {
  if (node.op.kind !== 'broadcast') return undefined;
  const [x] = node.inputs;
  return x.shape.length > 0 &&
    x.shape[x.shape.length - 1] === columns &&
    x.shape.every((dim, i) => dim === 1 || i === x.shape.length - 1)
    ? x
    : undefined;
}

/** add(product, row) → product with a bias. Either operand may be the product. */
function addBiases(graph: Graph): Graph {
  const uses = useCounts(graph);
  return rewrite(graph, (node, inputs, builder) => {
    if (node.op.kind === 'map' && node.op.fn === 'add')
      for (const side of [0, 1]) {
        const product = inputs[side];
        if (!open(product, node.inputs[side], uses) || product.inputs.length > 2) continue;
        const columns = node.shape[node.shape.length - 1];
        const bias = rowVector(inputs[1 - side], columns);
        if (bias) return builder.rebuild(product, [...product.inputs, builder.reshape(bias, [columns])]);
      }
    return builder.rebuild(node, inputs);
  });
}

function activationOf({ op }: Node): Activation | undefined {
  const fn = op.kind === 'map' ? op.fn : undefined;
  return fn === 'relu' || fn === 'tanh' || fn === 'sigmoid' ? fn : undefined;
}

/** relu(product) → product with an activation. Uses are counted again: adding the bias may have removed the only other reader. */
function addActivations(graph: Graph): Graph {
  const uses = useCounts(graph);
  return rewrite(graph, (node, inputs, builder) => {
    const activation = activationOf(node);
    if (activation) {
      const [product] = inputs;
      const { op } = product;
      if (open(product, node.inputs[0], uses) && (op.kind === 'matmul' || op.kind === 'conv2d'))
        return builder.node({ ...op, activation }, product.inputs, product.shape, product.dtype);
    }
    return builder.rebuild(node, inputs);
  });
}

/** First the biases, then the activations around them. */
export function epilogues(graph: Graph): Graph {
  return addActivations(addBiases(graph));
}
