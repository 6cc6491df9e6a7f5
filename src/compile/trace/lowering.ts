/** How tfjs kernels are turned into graph nodes: the type of one translation, and what the translations share. */
import { util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Node, Shape } from '../graph/graph.ts';

/** The kernel's tensors by name; a list of tensors has the names 0, 1, … */
export type KernelInputs = Readonly<Record<string, Node>>;
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Builds the nodes that compute what the kernel computes. Throws `UnsupportedKernel` for the cases it does not know. */
export type Lowering = (
  builder: GraphBuilder,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => Node | readonly Node[];

export type Lowerings = Readonly<Record<string, Lowering>>;

/** A kernel, or a use of one, that the graph has no operations for. The caller falls back to eager and says so. */
export class UnsupportedKernel extends Error {
  override readonly name = 'UnsupportedKernel';

  constructor(kernel: string, reason: string) {
    super(`${kernel}: ${reason}`);
  }
}

/** The axes of an attribute as numbers from 0; none given means all. */
export function axesOf(axis: unknown, shape: Shape): number[] {
  return util.parseAxisParam((axis ?? null) as number | number[], [...shape]);
}
