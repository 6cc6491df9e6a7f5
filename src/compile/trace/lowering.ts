/** What the lowerings of tfjs kernels to graph nodes share. */
import { util } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/builder.ts';
import type { Node, Shape } from '../graph/graph.ts';

/** The kernel's tensors by name; a list of tensors has the names 0, 1, … */
export type KernelInputs = Readonly<Record<string, Node>>;
export type KernelAttributes = Readonly<Record<string, unknown>>;

/** Builds the nodes that compute what a tfjs kernel computes. Throws `UnsupportedKernel` for cases it does not cover. */
export type Lowering = (
  builder: GraphBuilder,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => Node | readonly Node[];

export type Lowerings = Readonly<Record<string, Lowering>>;

/** A tfjs kernel, or a use of one, that the graph cannot express. */
export class UnsupportedKernel extends Error {
  override readonly name = 'UnsupportedKernel';

  constructor(kernel: string, reason: string) {
    super(`${kernel}: ${reason}`);
  }
}

/** The axes of an attribute, counted from 0; none given means all. */
export function axesOf(axis: unknown, shape: Shape): number[] {
  return util.parseAxisParam((axis ?? null) as number | number[], [...shape]);
}
