/** The gradient step of DQN and its improvements: inputs, targets, losses per transition, and the moves of its networks. */
import * as tf from '@tensorflow/tfjs-core';
import type { EnvSpec } from '#core/env.ts';
import type { Step } from '#compile/step.ts';
import { descend } from '#agents/nn/gradient.ts';
import { clipInput, dropoutMasks, float32, scalar, stepOver, transitionInputs } from '#agents/nn/inputs.ts';
import { weightedMean } from '#agents/nn/losses.ts';
import { apply, split } from '#agents/nn/network.ts';
import { drawNoise } from '#agents/nn/noise.ts';
import { optimizerSpec } from '#agents/nn/optimizers.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';
import type { DqnConfig } from './config.ts';
import type { Dqn } from './dqn.ts';
import type { ValueHead } from './q-network.ts';

// B transitions, A actions, N atoms per action (1 where returns are a mean).

export function dqnInputs(spec: EnvSpec, plan: NetworkPlan, { batchSize: B }: DqnConfig) {
  return {
    ...transitionInputs(spec, B),
    /** Importance weights: `sample`. */
    weights: float32([B]),
    /** One vector each for Q(s, ·), Q⁻(s′, ·) and the selecting network: independent (Fortunato et al. 2018). */
    noise:
      plan.noise > 0
        ? float32([3 * plan.noise], (into, { rngs }: Dqn) => drawNoise(into, rngs.noise))
        : undefined,
    masks: dropoutMasks([plan], B, ({ rngs }: Dqn) => rngs.noise),
    learningRate: scalar((dqn: Dqn) => dqn.learningRate()),
    gradientClip: clipInput(),
    averageRate: scalar(({ config }: Dqn) => config.averageRate),
    /** 0 in all steps but those that update the target network. */
    targetRate: scalar(({ config, targetDue }: Dqn) => (targetDue ? config.targetRate : 0)),
  };
}
export type DqnInputs = ReturnType<typeof dqnInputs>;

/** State: the `online` parameters, the `target` network's and their moving `average`; the optimizer's moments. */
export function dqnStep(plan: NetworkPlan, head: ValueHead, actions: number, config: DqnConfig): Step {
  const batch = config.batchSize;
  const optimizer = optimizerSpec(config.optimizer, config.optimizerEpsilon);
  /** [B, A · N] → [B, A, N] */
  const perAction = (outputs: tf.Tensor): tf.Tensor3D => tf.reshape(outputs, [batch, actions, head.atoms]);
  /** The outputs [B, N] of one action per row, by a mask [B, A]: a gather's gradient is slow or missing. */
  const pick = (outputs: tf.Tensor3D, index: tf.Tensor): tf.Tensor2D => {
    const mask = tf.cast(tf.oneHot(index, actions), 'float32'); // [B, A]
    return tf.sum(tf.mul(outputs, tf.reshape(mask, [batch, actions, 1])), 1);
  };

  return stepOver<DqnInputs, 'online' | 'target' | 'average'>((state, inputs) => {
    const { online, target, average } = state;
    const { obs, nextObs, rewards, discounts } = inputs;
    /** Undefined where no layer is noisy. */
    const noise = (draw: number): tf.Tensor1D | undefined =>
      inputs.noise && tf.slice1d(inputs.noise, draw * plan.noise, plan.noise);

    // Targets: r + γᵏ Q⁻(s′, a*), where a* maximises Q⁻, or with double the online Q. No gradient reaches them.
    const nextOutputs = (params: tf.Tensor1D, draw: number): tf.Tensor3D =>
      perAction(apply(plan, split([plan], params)[0], nextObs, noise(draw))); // [B, A, N]
    const evaluated = nextOutputs(target, 1);
    const selecting = config.double ? nextOutputs(online, 2) : evaluated;
    const best = tf.argMax(head.values(selecting), 1); // [B]
    const tdTarget = head.target({ rewards, discounts, next: pick(evaluated, best) }); // [B], or [B, N]

    const updated = descend({ plans: [plan], params: online, optimizer, state }, inputs, (weights) => {
      const chosen = pick(perAction(apply(plan, weights, obs, noise(0))), inputs.actions); // [B, N]
      return {
        loss: weightedMean(head.losses(chosen, tdTarget), inputs.weights),
        priority: head.priority(chosen, tdTarget), // [B]
        value: tf.mean(head.values(tf.reshape(chosen, [batch, 1, head.atoms]))),
      };
    });
    // A rate of 0 keeps the parameters as they are, 1 copies the online ones, both exactly.
    const moved = (from: tf.Tensor, rate: tf.Tensor): tf.Tensor =>
      tf.add(tf.mul(from, tf.sub(tf.scalar(1), rate)), tf.mul(updated.params, rate));
    return {
      state: {
        online: updated.params,
        target: moved(target, inputs.targetRate),
        average: moved(average, inputs.averageRate),
        ...updated.moments,
      },
      outputs: updated.outputs,
    };
  });
}
