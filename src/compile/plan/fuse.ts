/**
 * Groups element-wise nodes and reductions into loops that run over their elements once. A group grows along edges that read
 * element by element in the same order: such a value need not be written to memory.
 */
import { sizeOf, uniform, type Node } from '../graph/graph.ts';
import type { Dependencies, Edge } from './dependencies.ts';
import { commonRefinement, domainOf, type Domain } from './domain.ts';

export interface Group {
  readonly nodes: readonly Node[];
  readonly domain: Domain;
}

/** Nodes that a loop can compute. */
function isLoopNode(node: Node): boolean {
  return node.op.kind === 'map' || node.op.kind === 'reduce';
}

/** Whether a routine of the executor computes a loop node faster than a loop would. */
export type Prefers = (node: Node, reads: readonly Edge[]) => boolean;

/** The elements that a loop node runs over: a reduction runs over its operand's. */
function domainOfNode(node: Node): Domain {
  return domainOf(node.op.kind === 'reduce' ? node.inputs[0].shape : node.shape);
}

/** Puts every loop node that is no call into exactly one group, in the graph's order. */
export function fuse(graph: Dependencies, prefersCall: Prefers = () => false): ReadonlyMap<Node, Group> {
  const groups = new Map<Node, Group>();
  const joinProducers = (node: Node): void => {
    for (const { access, identity } of graph.reads.get(node) ?? []) {
      if (!identity || access.tensor.op.kind !== 'map') continue;
      const producer = groups.get(access.tensor);
      const own = groups.get(node);
      if (producer && own && producer !== own) join(graph, groups, producer, own);
    }
  };
  const masks: Node[] = [];
  for (const node of graph.nodes) {
    if (!isLoopNode(node) || prefersCall(node, graph.reads.get(node) ?? [])) continue;
    groups.set(node, { nodes: [node], domain: domainOfNode(node) });
    if (isMask(node)) masks.push(node);
    else joinProducers(node);
  }
  masks.forEach(joinProducers);
  return groups;
}

/**
 * A comparison with a number. It joins its readers rather than its producer: the backward pass then repeats the comparison on
 * what the forward pass wrote anyway, and no mask has to be kept in memory between the two.
 */
function isMask({ op, inputs }: Node): boolean {
  return op.kind === 'map' && op.fn === 'less' && inputs.some((input) => uniform(input) !== undefined);
}

/** Joins two groups if that is possible. */
function join(graph: Dependencies, groups: Map<Node, Group>, a: Group, b: Group): void {
  const domain = commonRefinement(a.domain, b.domain);
  if (!domain || sizeOf(domain) === 0) return;
  const nodes = [...a.nodes, ...b.nodes].sort((x, y) => x.id - y.id);
  const members = new Set(nodes);
  if (!readsOnlyElementwise(graph, members) || leavesAndComesBack(graph, groups, members)) return;
  const joined = { nodes, domain };
  for (const node of nodes) groups.set(node, joined);
}

/** Members may read each other only element by element: anything else needs the whole tensor first. */
function readsOnlyElementwise(graph: Dependencies, members: ReadonlySet<Node>): boolean {
  for (const node of members)
    for (const { access, identity } of graph.reads.get(node) ?? [])
      if (members.has(access.tensor) && !(identity && access.tensor.op.kind === 'map')) return false;
  return true;
}

/** True if a path leads from a member through nodes outside back to a member. */
function leavesAndComesBack(
  graph: Dependencies,
  groups: ReadonlyMap<Node, Group>,
  members: ReadonlySet<Node>,
): boolean {
  const last = Math.max(...[...members].map((node) => node.id));
  const seen = new Set<Node>();
  const stack: Node[] = [];
  const visit = (node: Node): void => {
    for (const reader of graph.readers.get(node) ?? []) if (!seen.has(reader)) stack.push(reader);
  };
  for (const node of members)
    for (const reader of graph.readers.get(node) ?? []) if (!members.has(reader)) stack.push(reader);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    if (members.has(node)) return true;
    // A group runs as a whole: reaching one of its nodes is reaching all of them.
    const whole = groups.get(node)?.nodes ?? [node];
    for (const other of whole) {
      seen.add(other);
      // Ids grow along edges, but not within a group, so only a lone node is known to lie behind the members.
      if (whole.length > 1 || other.id < last) visit(other);
    }
  }
  return false;
}
