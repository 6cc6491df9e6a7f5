/**
 * A network for acting: on the CPU, compiled for the batch sizes in use. Weights are passed to the compiled code only after
 * they have changed.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Compute, ImmediateRunner, Step, StepShapes } from '#compile/step.ts';
import { apply, split } from './network.ts';
import { sizeOf, type NetworkPlan } from './spec.ts';

export interface ActorOptions {
  /** The network's flat block; its owner writes to it and then calls `weightsChanged`. */
  readonly weights: Float32Array;
  /** The usual number of rows, which runs without padding. */
  readonly batch: number;
  /** The vector that noisy layers multiply by, read by every `run`; zeros give the mean network. */
  readonly noise?: Float32Array | undefined;
  /** Called before every run, so that weights are fetched only when needed. */
  readonly fetch?: (() => void) | undefined;
}

/** The network for one batch size. */
interface Compiled {
  readonly runner: ImmediateRunner;
  readonly inputs: { x: Float32Array; readonly noise: Float32Array; memory: Float32Array };
  /** Where rows are padded to a full batch. */
  readonly padded: Float32Array;
  /** Version of the runner's weights. */
  version: number;
}

const OUTPUTS = ['y'] as const;
const OUTPUTS_WITH_MEMORY = ['y', 'memory'] as const;
const NOTHING = new Float32Array(0);

export class Actor {
  private readonly compute: Compute;
  private readonly plan: NetworkPlan;
  private readonly weights: Float32Array;
  private readonly batch: number;
  private readonly noise: Float32Array;
  private readonly fetch: (() => void) | undefined;
  private readonly compiled = new Map<number, Compiled>();
  private version = 0;

  constructor(compute: Compute, plan: NetworkPlan, options: ActorOptions) {
    this.compute = compute;
    this.plan = plan;
    this.weights = options.weights;
    this.batch = options.batch;
    this.noise = options.noise ?? new Float32Array(plan.noise);
    this.fetch = options.fetch;
    // At once, so that a network that cannot be compiled is refused before the run begins.
    this.compile(this.batch);
  }

  /**
   * x [n, input] → [n, output] and perhaps more rows: an array of its own, which the next call may overwrite. `memory`
   * [n, memory], or longer, what recurrent layers remember of each row, is moved on by a step.
   */
  run(x: Float32Array, n: number, memory: Float32Array = NOTHING): Float32Array {
    this.fetch?.();
    const size = this.sizeFor(n);
    const compiled = this.compiled.get(size) ?? this.compile(size);
    const { runner, inputs, padded } = compiled;
    if (compiled.version !== this.version) {
      runner.setState({ weights: this.weights });
      compiled.version = this.version;
    }
    if (x.length === padded.length) inputs.x = x;
    else {
      const used = n * sizeOf(this.plan.input);
      for (let k = 0; k < used; k++) padded[k] = x[k];
      inputs.x = padded;
    }
    if (this.plan.memory === 0) return runner.run(inputs, OUTPUTS)['y'] as Float32Array;
    const remembered = n * this.plan.memory;
    for (let k = 0; k < remembered; k++) inputs.memory[k] = memory[k];
    const outputs = runner.run(inputs, OUTPUTS_WITH_MEMORY);
    for (let k = 0; k < remembered; k++) memory[k] = outputs['memory'][k];
    return outputs['y'] as Float32Array;
  }

  /** Call it after writing to the weights. */
  weightsChanged(): void {
    this.version++;
  }

  dispose(): void {
    for (const { runner } of this.compiled.values()) runner.dispose();
    this.compiled.clear();
  }

  /** Other batches than the usual one share the powers of two, so that few sizes are ever compiled. */
  private sizeFor(n: number): number {
    return n === this.batch ? n : 1 << (32 - Math.clz32(n - 1));
  }

  private compile(batch: number): Compiled {
    const { plan, weights, noise, version } = this;
    const step: Step = (state, inputs) => {
      const [own] = split([plan], state['weights'] as tf.Tensor1D);
      const noise = inputs['noise'] as tf.Tensor1D | undefined;
      if (plan.memory === 0) return { state, outputs: { y: apply(plan, own, inputs['x'], noise) } };
      const recall = { steps: 1, memory: inputs['memory'] as tf.Tensor2D, left: [] };
      const y = apply(plan, own, inputs['x'], noise, recall);
      return { state, outputs: { y, memory: tf.concat(recall.left, 1) } };
    };
    const dtype = 'float32';
    const shapes: StepShapes = {
      state: { weights: { shape: [plan.size], dtype } },
      inputs: {
        x: { shape: [batch, ...plan.input], dtype },
        ...(plan.noise > 0 && { noise: { shape: [plan.noise], dtype } }),
        ...(plan.memory > 0 && { memory: { shape: [batch, plan.memory], dtype } }),
      },
    };
    const runner = this.compute.infer('acting', step, shapes, { weights });
    const padded = new Float32Array(batch * sizeOf(plan.input));
    const inputs = { x: padded, noise, memory: new Float32Array(batch * plan.memory) };
    const compiled = { runner, inputs, padded, version };
    this.compiled.set(batch, compiled);
    return compiled;
  }
}
