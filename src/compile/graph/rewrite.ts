/** Rebuilds a graph node by node, which is all that a pass does. Nodes that nothing depends on are dropped on the way. */
import { GraphBuilder } from './builder.ts';
import { reachable, type Graph, type Node } from './graph.ts';

/** Returns the new node for an old one, given its rewritten inputs. */
export type Visit = (node: Node, inputs: readonly Node[], builder: GraphBuilder) => Node;

/** Takes a graph and gives one that computes the same, with fewer or cheaper nodes. */
export type Pass = (graph: Graph) => Graph;

/** Returns the node for a result of the step, given its rewritten node. */
export type Finish = (kind: 'state' | 'output', name: string, node: Node, builder: GraphBuilder) => Node;

export function rewrite(graph: Graph, visit: Visit, finish: Finish = (_, __, node) => node): Graph {
  const builder = new GraphBuilder();
  const next = new Map<Node, Node>();
  const of = (node: Node): Node => next.get(node) as Node;
  for (const node of reachable(graph)) next.set(node, visit(node, node.inputs.map(of), builder));
  const results = (kind: 'state' | 'output', nodes: ReadonlyMap<string, Node>): ReadonlyMap<string, Node> =>
    new Map([...nodes].map(([name, node]) => [name, finish(kind, name, of(node), builder)]));
  return {
    name: graph.name,
    state: results('state', graph.state),
    outputs: results('output', graph.outputs),
  };
}

/** Graphs settle in a few rounds; the limit is for rules that undo each other. */
const MOST_ROUNDS = 20;

/** Rewrites until no operation changes. */
export function untilStable(graph: Graph, visit: Visit): Graph {
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let changed = false;
    current = rewrite(current, (node, inputs, builder) => {
      const made = visit(node, inputs, builder);
      if (made.op !== node.op) changed = true;
      return made;
    });
    if (!changed) break;
  }
  return current;
}
