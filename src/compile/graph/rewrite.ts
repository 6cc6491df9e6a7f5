/** Rebuilding a graph node by node: what every pass is made of. Nodes that nothing depends on are left behind by the way. */
import { GraphBuilder } from './builder.ts';
import { reachable, type Graph, type Node } from './graph.ts';

/** Gives the new node for an old one whose inputs have been rewritten. */
export type Visit = (node: Node, inputs: readonly Node[], builder: GraphBuilder) => Node;

/** Takes a graph and gives one that computes the same, with fewer or cheaper nodes. */
export type Pass = (graph: Graph) => Graph;

/** Gives what stands for a result of the step, whose node has been rewritten. */
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

/** Rules that undo each other would go on for ever; real graphs settle in a few rounds. */
const MOST_ROUNDS = 20;

/** Rewrites until nothing changes: the number of nodes and what they are stay the same. */
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
