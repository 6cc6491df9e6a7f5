/**
 * Looks inside a network: what every layer makes of an input, and how any of its numbers changes with the input. Saliency maps,
 * adversarial examples and the stimulus that a neuron likes best are all such gradients.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Insight, NetworkCopy } from '#core/fit.ts';
import type { Compute, ImmediateRunner, Step, StepShapes } from '#compile/step.ts';
import { Actor } from './actor.ts';
import { apply, split, type Weights } from './network.ts';
import { sizeOf, type LayerPlan, type NetworkPlan } from './spec.ts';

/** Rows that a copy usually predicts. */
const COPY_ROWS = 64;

/** Compiled for a number of rows. */
interface Compiled {
  readonly runner: ImmediateRunner;
  /** Version of the runner's weights. */
  version: number;
}

export class Inspector implements Insight {
  private readonly compute: Compute;
  private readonly plan: NetworkPlan;
  /** The network's flat block, which its owner overwrites and then calls `weightsChanged`. */
  readonly weights: Float32Array;
  private readonly compiled = new Map<string, Compiled>();
  private version = 0;

  constructor(compute: Compute, plan: NetworkPlan, weights: Float32Array) {
    this.compute = compute;
    this.plan = plan;
    this.weights = weights;
  }

  weightsChanged(): void {
    this.version++;
  }

  /** Outputs of every layer for inputs x [n × input], the last one's being what the network predicts. */
  activations(x: Float32Array): readonly Float32Array[] {
    const { plan } = this;
    const outputs = this.run(
      `activations ${x.length}`,
      { x },
      (): Step => {
        return (state, inputs) => {
          const [weights] = split([plan], state['weights'] as tf.Tensor1D);
          const made: Record<string, tf.Tensor> = {};
          let y = inputs['x'];
          plan.layers.forEach((layer, k) => (made[String(k)] = y = one(plan, layer, weights, y)));
          return { state, outputs: made };
        };
      },
      plan.layers.map((_, k) => String(k)),
    );
    return plan.layers.map((_, k) => outputs[String(k)].slice());
  }

  /**
   * ∂ Σ chosen ⊙ y / ∂ x for inputs x [n × input], where y [n × outputs of the layer] is the output of layer `layer`, or what goes
   * into its activation function; and that total per row. Without activation functions the network puts out logits, of which gradients are larger than of probabilities
   * (Simonyan et al. 2014, §2). `memory` [n × memory]: what recurrent layers remember of each row.
   */
  gradient(
    x: Float32Array,
    n: number,
    chosen: Float32Array,
    layer = this.plan.layers.length - 1,
    of: 'output' | 'sum' = 'output',
    memory?: Float32Array,
  ): { readonly gradient: Float32Array; readonly values: Float32Array } {
    const { plan } = this;
    const last = of === 'sum' ? withoutActivation(plan.layers[layer]) : plan.layers[layer];
    const upTo: NetworkPlan = { ...plan, layers: [...plan.layers.slice(0, layer), last] };
    const step = (): Step => (state, inputs) => {
      const [weights] = split([plan], state['weights'] as tf.Tensor1D);
      const sums = (at: tf.Tensor): tf.Tensor => {
        const y = applied(upTo, weights, at, inputs['memory']);
        const flat = tf.reshape(y, [n, sizeOf(y.shape) / n]);
        return tf.sum(tf.mul(flat, inputs['chosen']), 1);
      };
      const { grad, value } = tf.valueAndGrad((at: tf.Tensor) => tf.sum(sums(at)))(inputs['x']);
      return { state, outputs: { gradient: grad, total: value, values: sums(inputs['x']) } };
    };
    const inputs = { x, chosen, ...(memory && { memory }) };
    const outputs = this.run(`gradient ${of} ${layer} ${n}`, inputs, step, ['gradient', 'values']);
    return { gradient: outputs['gradient'].slice(), values: outputs['values'].slice() };
  }

  /** ∂ loss / ∂ x [n × input] with the cross-entropy of the labels [n] as loss: what adversarial examples follow. */
  lossGradient(x: Float32Array, labels: Int32Array): Float32Array {
    const { plan } = this;
    const n = labels.length;
    const step = (): Step => (state, inputs) => {
      const [weights] = split([plan], state['weights'] as tf.Tensor1D);
      const targets = tf.cast(tf.oneHot(inputs['labels'], plan.output[0]), 'float32');
      const loss = (at: tf.Tensor): tf.Tensor =>
        tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(apply(plan, weights, at)))));
      return { state, outputs: { gradient: tf.grad(loss)(inputs['x']) } };
    };
    return this.run(`loss ${n}`, { x, labels }, step, ['gradient'])['gradient'].slice();
  }

  copy(): NetworkCopy {
    const weights = this.weights.slice();
    const actor = new Actor(this.compute, this.plan, { weights, batch: COPY_ROWS });
    return {
      weights,
      predict(inputs, n) {
        actor.weightsChanged();
        return actor.run(inputs, n);
      },
      dispose: () => actor.dispose(),
    };
  }

  dispose(): void {
    for (const { runner } of this.compiled.values()) runner.dispose();
    this.compiled.clear();
  }

  /** Runs what `step` makes, compiled once per name; x is [n × input], whose n the name must hold. */
  private run(
    name: string,
    inputs: Readonly<Record<string, Float32Array | Int32Array>>,
    step: () => Step,
    read: readonly string[],
  ): Readonly<Record<string, Float32Array>> {
    const compiled = this.compiled.get(name) ?? this.compile(name, inputs, step());
    if (compiled.version !== this.version) {
      compiled.runner.setState({ weights: this.weights });
      compiled.version = this.version;
    }
    return compiled.runner.run(inputs, read) as Readonly<Record<string, Float32Array>>;
  }

  private compile(
    name: string,
    inputs: Readonly<Record<string, Float32Array | Int32Array>>,
    step: Step,
  ): Compiled {
    const { plan, weights, version } = this;
    const n = inputs['x'].length / sizeOf(plan.input);
    const shapeOf = (input: string, values: Float32Array | Int32Array): readonly number[] =>
      input === 'x' ? [n, ...plan.input] : values instanceof Int32Array ? [n] : [n, values.length / n];
    const shapes: StepShapes = {
      state: { weights: { shape: [plan.size], dtype: 'float32' } },
      inputs: Object.fromEntries(
        Object.entries(inputs).map(([input, values]) => [
          input,
          { shape: shapeOf(input, values), dtype: values instanceof Int32Array ? 'int32' : 'float32' },
        ]),
      ),
    };
    const compiled = { runner: this.compute.infer(name, step, shapes, { weights }), version };
    this.compiled.set(name, compiled);
    return compiled;
  }
}

/** A network as it plays greedily: noisy layers by their mean. */
function applied(
  plan: NetworkPlan,
  weights: Weights,
  x: tf.Tensor,
  memory: tf.Tensor | undefined,
): tf.Tensor {
  const noise = plan.noise > 0 ? tf.zeros<tf.Rank.R1>([plan.noise]) : undefined;
  const recall = memory && { steps: 1, memory: memory as tf.Tensor2D, left: [] };
  return apply(plan, weights, x, noise, recall);
}

/** A layer that puts out what would go into its activation function. */
function withoutActivation(plan: LayerPlan): LayerPlan {
  const { layer } = plan;
  return 'activation' in layer ? { ...plan, layer: { ...layer, activation: 'linear' } } : plan;
}

/** A single layer of a network, applied on its own. */
function one(plan: NetworkPlan, layer: LayerPlan, weights: readonly tf.Tensor[], x: tf.Tensor): tf.Tensor {
  return applied({ ...plan, layers: [layer] }, weights, x, undefined);
}
