/** The passes in their order, between tracing and planning. */
import type { Graph } from './graph.ts';
import { epilogues, reluMasks } from './passes/epilogues.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { masksBeforePoolGradients, sumsBeforePoolGradients } from './passes/pool-gradients.ts';
import { share } from './passes/share.ts';
import { simplify } from './passes/simplify.ts';
import { sumsOfProducts } from './passes/sums-of-products.ts';
import type { Pass } from './rewrite.ts';

/**
 * `simplify` runs again after passes that may give it something new to simplify; masks are rewritten right before the passes that
 * match them.
 */
const PASSES: readonly Pass[] = [
  simplify,
  foldConstants,
  simplify,
  share,
  simplify,
  sumsOfProducts,
  reluMasks,
  masksBeforePoolGradients,
  sumsBeforePoolGradients,
  epilogues,
  share,
];

/** The graph after all passes. */
export function optimise(graph: Graph): Graph {
  return PASSES.reduce((current, pass) => pass(current), graph);
}
