/**
 * Moves what follows the gradient of a max pooling before it, where there are as many elements as windows instead of as many
 * as pixels: the mask of the ReLU that was pooled, and the sum over pixels that is the gradient of a bias.
 */
import { uniform, useCounts, type Graph, type Node, type Window } from '../graph.ts';
import { rewrite } from '../rewrite.ts';

/** The window of the gradient of a max pooling. */
function maxGradientWindow({ op }: Node): Window | undefined {
  return op.kind === 'poolGradient' && op.fn === 'max' ? op.window : undefined;
}

/** Equal for poolings of one image with the same window. */
function key(image: Node, window: Window): string {
  return `${image.id} ${JSON.stringify(window)}`;
}

/** x of a node that is 1 where 0 < x and else 0. */
function maskedBy({ op, inputs }: Node): Node | undefined {
  if (op.kind !== 'map' || op.fn !== 'toFloat') return undefined;
  const [condition] = inputs;
  const less = condition.op.kind === 'map' && condition.op.fn === 'less';
  return less && uniform(condition.inputs[0]) === 0 ? condition.inputs[1] : undefined;
}

/**
 * poolGradient(y, dy) · (0 < y) is poolGradient(y, dy · (0 < maxPool(y))), the sign of zeros apart: a window gives its gradient
 * to one element, which is its maximum, or to none if it holds a NaN. Only where the graph has maxPool(y) anyway.
 */
export function masksBeforePoolGradients(graph: Graph): Graph {
  const uses = useCounts(graph);
  const pooled = new Map<string, Node>();
  return rewrite(graph, (node, inputs, builder) => {
    const { op } = node;
    if (op.kind === 'map' && op.fn === 'mul')
      for (const side of [0, 1]) {
        const gradient = inputs[side];
        const window = maxGradientWindow(gradient);
        if (!window || uses.get(node.inputs[side]) !== 1) continue;
        const [image, dy] = gradient.inputs;
        const maximum = pooled.get(key(image, window));
        if (!maximum || maskedBy(inputs[1 - side]) !== image) continue;
        const zero = builder.constant([0], maximum.shape, maximum.dtype);
        const mask = builder.map('toFloat', builder.map('less', zero, maximum));
        return builder.rebuild(gradient, [image, builder.map('mul', dy, mask)]);
      }
    const rebuilt = builder.rebuild(node, inputs);
    if (op.kind === 'pool' && op.fn === 'max') pooled.set(key(inputs[0], op.window), rebuilt);
    return rebuilt;
  });
}

/** Whether each window covers a part of the image: one that lies in the padding alone gives its gradient to no element. */
function allCover(image: Node, out: Node, { size, stride, pad }: Window): boolean {
  return [0, 1].every(
    (side) =>
      pad[side] < size[side] && (out.shape[1 + side] - 1) * stride[side] - pad[side] < image.shape[1 + side],
  );
}

/**
 * The sum of poolGradient(y, dy) over rows and columns is that of dy. Windows that hold a NaN count here, and gave to no element
 * there: a NaN in the forward pass makes gradients meaningless in either.
 */
export function sumsBeforePoolGradients(graph: Graph): Graph {
  return rewrite(graph, (node, inputs, builder) => {
    const { op } = node;
    if (op.kind === 'reduce' && op.fn === 'sum' && op.axes.includes(1) && op.axes.includes(2)) {
      const [gradient] = inputs;
      const window = maxGradientWindow(gradient);
      const [image, dy] = gradient.inputs;
      if (window && allCover(image, dy, window)) return builder.reduce('sum', dy, op.axes);
    }
    return builder.rebuild(node, inputs);
  });
}
