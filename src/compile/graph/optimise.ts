/** The order of the passes: what a traced graph goes through before it is planned, whichever executor runs it. */
import type { Graph } from './graph.ts';
import { epilogues, reluMasks } from './passes/epilogues.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { masksBeforePoolGradients, sumsBeforePoolGradients } from './passes/pool-gradients.ts';
import { share } from './passes/share.ts';
import { simplify } from './passes/simplify.ts';
import { sumsOfProducts } from './passes/sums-of-products.ts';
import type { Pass } from './rewrite.ts';

/**
 * Simplify runs again wherever the pass before it may have opened a new chance; masks are rewritten right before the passes
 * that look for them.
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

/** The graph after all passes: the same results, fewer nodes. */
export function optimise(graph: Graph): Graph {
  return PASSES.reduce((current, pass) => pass(current), graph);
}
