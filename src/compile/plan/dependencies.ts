/** Which node reads which tensor, with views resolved: what fusion and scheduling work on. */
import { reachable, uniform, type Graph, type Node } from '../graph/graph.ts';
import { accessOf, isDense, isView, type Access } from './access.ts';

export interface Edge {
  readonly access: Access;
  /** The reader's elements are the tensor's, one by one and in order. */
  readonly identity: boolean;
}

export interface Dependencies {
  /** Nodes with memory or code of their own: no views, no uniform constants; inputs before readers. */
  readonly nodes: readonly Node[];
  /** In the order of the node's inputs; uniform constants included. */
  readonly reads: ReadonlyMap<Node, readonly Edge[]>;
  readonly readers: ReadonlyMap<Node, readonly Node[]>;
}

export function dependencies(graph: Graph): Dependencies {
  const nodes = reachable(graph).filter((node) => !isView(node) && uniform(node) === undefined);
  const reads = new Map<Node, Edge[]>();
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) {
    const edges = node.inputs.map(edgeTo);
    reads.set(node, edges);
    for (const { access } of edges) readers.get(access.tensor)?.push(node);
  }
  return { nodes, reads, readers };
}

function edgeTo(input: Node): Edge {
  const access = accessOf(input);
  if (!access) throw new Error(`node ${input.id}: a view that strides cannot express was not copied`);
  const whole = access.shape.reduce((a, b) => a * b, 1) === access.tensor.shape.reduce((a, b) => a * b, 1);
  return { access, identity: whole && access.offset === 0 && isDense(access) };
}
