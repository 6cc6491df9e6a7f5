/** What a layers model is made of. */
import type { Statistics } from '#core/moments.ts';
import type { InputScale } from './input-scale.ts';

/** A weight as the manifest lists it: from a parameter of the network, or constant. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: { readonly param: string } | { readonly values: Float32Array };
}

/** A layer as tfjs writes one; `inputs` are names of layers. */
export interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

/** What inputs go through before the network. */
export interface Before {
  readonly statistics?: Statistics | undefined;
  readonly scale?: InputScale | undefined;
}

/** Layers from input to output, their weights in the order of the file, and the layer whose output is the network's. */
export interface LayersGraph {
  readonly entries: readonly Entry[];
  readonly weights: readonly Weight[];
  readonly output: string;
}
