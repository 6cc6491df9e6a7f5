/** Looks at networks while they learn: how their weights are spread, what layers make of what was seen, and dead units. */
import { observationSize } from '#core/env.ts';
import type { Insight } from '#core/fit.ts';
import type { Compute } from '#compile/step.ts';
import { Inspector } from '#agents/nn/inspector.ts';
import type { LayerPlan, NetworkPlan } from '#agents/nn/spec.ts';
import { networksOf, type RunNetwork } from '../checkpoints/networks.ts';
import type { Run } from '../runs/run.ts';

/** Counts of equally wide bins from `low` to `high`. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Float32Array;
}

export interface LayerLook {
  /** Of its kernel. */
  readonly weights?: Histogram;
  /** [filters × size × size] the kernel of a first layer over pictures, the mean over their channels. */
  readonly filters?: { readonly values: Float32Array; readonly size: number };
  /** What it makes of the input shown. */
  readonly output?: Float32Array;
  readonly shape: readonly number[];
  /** Of its units or filters with ReLU, those that were 0 for all that was seen lately; absent until enough was. */
  readonly dead?: { readonly units: number; readonly of: number };
}

export interface NetworkLook {
  readonly name: string;
  readonly layers: readonly LayerLook[];
}

const BINS = 24;
/** Inputs at which a unit has to be 0 to be called dead. */
const SEEN = 200;
/** Inputs that are looked at at once. */
export const MOST_ROWS = 16;

/** Of a run that acts. */
export class NetworkLooker {
  private readonly run: Run;
  private readonly networks: readonly { readonly inspector: Inspector; readonly watch: NetworkWatch }[];
  private readonly rows: number;

  /** For agents without networks there is nothing to see. */
  constructor(compute: Compute, run: Run) {
    this.run = run;
    const { parameters, scene } = run;
    this.rows = Math.min(MOST_ROWS, scene?.env.n ?? 0);
    this.networks =
      parameters && scene && run.setup.agent.networks
        ? actingNetworks(networksOf(run.setup), parameters).map(({ name, plan, block }) => {
            const inspector = new Inspector(compute, plan, block);
            return { inspector, watch: new NetworkWatch(name, plan, inspector) };
          })
        : [];
  }

  look(): readonly NetworkLook[] {
    const { run, rows, networks } = this;
    if (!run.scene) return [];
    const { obs, spec } = run.scene.env;
    const seen = obs.slice(0, rows * observationSize(spec));
    return networks.map(({ inspector, watch }) => {
      inspector.weightsChanged();
      return watch.look(seen, rows);
    });
  }

  /** Over all networks; undefined until enough was seen. */
  dead(): { readonly units: number; readonly of: number } | undefined {
    let [units, of] = [0, 0];
    for (const { watch } of this.networks)
      for (const dead of watch.dead()) {
        if (!dead) continue;
        units += dead.units;
        of += dead.of;
      }
    return of > 0 ? { units, of } : undefined;
  }

  dispose(): void {
    for (const { inspector } of this.networks) inspector.dispose();
  }
}

/**
 * The networks whose parameters acting reads, with those: the first at the start, and others that lie in the same array.
 * Critics over actions are not among them.
 */
function actingNetworks(networks: readonly RunNetwork[], parameters: Float32Array) {
  const [first] = networks;
  return networks.flatMap(({ name, plan, blocks: [{ name: array, offset }] }) => {
    const at = plan === first.plan ? 0 : offset;
    const isThere = array === first.blocks[0].name && at + plan.size <= parameters.length;
    if (!isThere || String(plan.input) !== String(first.plan.input)) return [];
    return [{ name, plan, block: parameters.subarray(at, at + plan.size) }];
  });
}

type Seen = Pick<Insight, 'weights' | 'activations'>;

/** Follows one network, whose owner says what is in it. */
export class NetworkWatch {
  private readonly name: string;
  private readonly plan: NetworkPlan;
  private readonly insight: Seen;
  /** Inputs seen since each unit was above 0, per layer with ReLU. */
  private readonly silent: readonly (Float64Array | undefined)[];

  constructor(name: string, plan: NetworkPlan, insight: Seen) {
    this.name = name;
    this.plan = plan;
    this.insight = insight;
    this.silent = plan.layers.map((layer) => (hasRelu(layer) ? new Float64Array(unitsOf(layer)) : undefined));
  }

  /** `seen` [rows × input], of which the first is shown. */
  look(seen: Float32Array, rows: number): NetworkLook {
    const { name, plan, insight } = this;
    // What a recurrent layer remembers is the agent's own.
    const outputs = plan.memory === 0 ? insight.activations(seen) : undefined;
    outputs?.forEach((output, k) => this.countSilence(k, output, rows));
    const dead = this.dead();
    const layers = plan.layers.map((layer, k): LayerLook => {
      const lost = dead[k];
      return {
        ...look(plan, layer, insight.weights, k),
        shape: layer.output,
        ...(outputs && { output: outputs[k].slice(0, outputs[k].length / rows) }),
        ...(lost && { dead: lost }),
      };
    });
    return { name, layers };
  }

  dead(): readonly (LayerLook['dead'] | undefined)[] {
    return this.silent.map(
      (silent) =>
        silent && {
          units: silent.reduce((sum, inputs) => sum + Number(inputs >= SEEN), 0),
          of: silent.length,
        },
    );
  }

  private countSilence(layer: number, output: Float32Array, rows: number): void {
    const silent = this.silent[layer];
    if (!silent) return;
    const units = silent.length;
    for (let unit = 0; unit < units; unit++) {
      let isSilent = true;
      for (let at = unit; at < output.length && isSilent; at += units) isSilent = output[at] <= 0;
      silent[unit] = isSilent ? silent[unit] + rows : 0;
    }
  }
}

function look({ params, input }: NetworkPlan, layer: LayerPlan, block: Float32Array, k: number) {
  if (layer.paramCount === 0) return {};
  const { offset, size, shape } = params[layer.firstParam];
  const kernel = block.subarray(offset, offset + size);
  const isFirst = k === 0 && input.length === 3 && layer.layer.kind === 'conv2d';
  return { weights: histogram(kernel), ...(isFirst && { filters: filtersOf(kernel, shape) }) };
}

function hasRelu({ layer }: LayerPlan): boolean {
  return 'activation' in layer && layer.activation === 'relu';
}

/** Units of a dense layer, filters of a convolution. */
function unitsOf({ output }: LayerPlan): number {
  return output[output.length - 1];
}

export function histogram(values: Float32Array): Histogram {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const counts = new Float32Array(BINS);
  const scale = high > low ? BINS / (high - low) : 0;
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) * scale))]++;
  return { low, high, counts };
}

/** From a kernel [size, size, channels, filters]. */
function filtersOf(kernel: Float32Array, [size, , channels, filters]: readonly number[]) {
  const values = new Float32Array(filters * size * size);
  kernel.forEach((weight, k) => {
    const [filter, cell] = [k % filters, Math.floor(k / (filters * channels))];
    values[filter * size * size + cell] += weight / channels;
  });
  return { values, size };
}
