/**
 * Turns a sum of short products into one product: the weight gradient of a recurrent layer is a sum over its time steps, and one
 * product over the rows of all steps gives the same.
 */
import { useCounts, type Graph, type Node } from '../graph.ts';
import { rewrite } from '../rewrite.ts';

/** Rows. Longer products are near full speed by themselves; joining them would only cost memory. */
const SHORT = 64;

function isSum({ op }: Node): boolean {
  return op.kind === 'map' && op.fn === 'add';
}

/** aᵀ · b over few rows, without a bias or an activation. */
function isShortProduct({ op, inputs, shape }: Node): boolean {
  return (
    op.kind === 'matmul' &&
    shape.length === 2 &&
    op.transposeA &&
    !op.transposeB &&
    op.activation === 'none' &&
    inputs.length === 2 &&
    inputs[0].shape[0] < SHORT
  );
}

/** Sums that only another sum reads. */
function partialSums(uses: ReadonlyMap<Node, number>): Set<Node> {
  const partial = new Set<Node>();
  for (const node of uses.keys())
    if (isSum(node))
      for (const input of node.inputs) if (isSum(input) && uses.get(input) === 1) partial.add(input);
  return partial;
}

/** Σ aᵢᵀ · bᵢ is [a₁; a₂; …]ᵀ · [b₁; b₂; …], the order of summation apart. */
export function sumsOfProducts(graph: Graph): Graph {
  const uses = useCounts(graph);
  const partial = partialSums(uses);
  /** Nodes of the new graph whose old ones are read once. */
  const once = new Set<Node>();
  return rewrite(graph, (node, inputs, builder) => {
    const rebuilt = builder.rebuild(node, inputs);
    if (uses.get(node) === 1) once.add(rebuilt);
    if (!isSum(node) || partial.has(node)) return rebuilt;
    const terms = termsOf(rebuilt, once);
    const products = terms.filter((term) => isShortProduct(term) && once.has(term));
    if (products.length < 2) return rebuilt;
    const rows = [0, 1].map((side) =>
      builder.concat(
        products.map((product) => product.inputs[side]),
        0,
      ),
    );
    const product = builder.rebuild(products[0], rows);
    return terms
      .filter((term) => !products.includes(term))
      .reduce((sum, term) => builder.map('add', sum, term), product);
  });
}

/** The terms of a sum, those of its partial sums included, from left to right. */
function termsOf(sum: Node, once: ReadonlySet<Node>): Node[] {
  return sum.inputs.flatMap((input) => (isSum(input) && once.has(input) ? termsOf(input, once) : [input]));
}
