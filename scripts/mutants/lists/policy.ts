/** Mutants of what policy gradients share, and of PPO. */
import type { FileChanges } from '../mutant.ts';

export const policy: readonly FileChanges[] = [
  {
    file: 'agents/policy/rollout.ts',
    tests: ['unit/agents-policy'],
    changes: [
      {
        find: 'this.valueOf(step.finalObs, i, critic)',
        replace: 'this.valueOf(step.nextObs, i, critic)',
        why: "a truncated episode is worth what the next one's start is",
      },
      {
        find: 'if (!this.truncated[at] || this.terminated[at])',
        replace: 'if (true)',
        why: "the value of a cut-off state is overwritten by the next episode's",
      },
      {
        find: 'else if (this.full) this.nextValues',
        replace: 'else if (filled === 0) this.nextValues',
        why: 'the end of a rollout is not bootstrapped from',
      },
    ],
  },
  {
    file: 'agents/policy/losses.ts',
    tests: ["golden/algorithms -t simd 'algorithms/policy-losses"],
    changes: [
      {
        find: 'tf.maximum(plain, tf.square(tf.sub(near, returns)))',
        replace: 'tf.minimum(plain, tf.square(tf.sub(near, returns)))',
        why: 'the clipped value loss is optimistic',
      },
      {
        find: 'tf.sub(policyLoss, tf.mul(entropyCoefficient, entropy))',
        replace: 'tf.add(policyLoss, tf.mul(entropyCoefficient, entropy))',
        why: 'entropy is punished, not rewarded',
      },
      {
        find: 'return tf.neg(tf.mean(tf.mul(advantages, logProbs)));',
        replace: 'return tf.mean(tf.mul(advantages, logProbs));',
        why: 'the policy descends the return',
      },
      {
        find: 'tf.sqrt(tf.mean(tf.square(centred)))',
        replace: 'tf.mean(tf.square(centred))',
        why: 'advantages are divided by their variance',
      },
      {
        find: 'gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy)',
        replace: 'gradFunc: (dy: tf.Tensor) => dy',
        why: 'gradients flow where they should stop',
        tests: ['unit/updates-policy'],
      },
    ],
  },
  {
    file: 'agents/nn/distributions.ts',
    tests: ["golden/algorithms -t simd 'algorithms/policy-losses", 'unit/agents-policy'],
    changes: [
      {
        find: 'tf.add(tf.mul(tf.scalar(0.5), tf.square(scaled)), logStd)',
        replace: 'tf.mul(tf.scalar(0.5), tf.square(scaled))',
        why: 'the likelihood leaves out its normalisation',
      },
      {
        find: 'tf.neg(tf.sum<tf.Tensor1D>(tf.mul(tf.exp(logs), logs), 1))',
        replace: 'tf.sum<tf.Tensor1D>(tf.mul(tf.exp(logs), logs), 1)',
        why: 'the sign of the entropy',
      },
      {
        find: 'const largest = logits[from + argmax(logits, from, count)];',
        replace: 'const largest = 0;',
        why: 'large logits overflow',
      },
      {
        find: '-0.5 * scaled * scaled - logStd - 0.5 * LOG_TWO_PI',
        replace: '-0.5 * scaled * scaled + logStd - 0.5 * LOG_TWO_PI',
        why: 'the likelihood of a continuous action when it was played is wrong',
      },
      {
        find: '(dims / 2) * (1 + LOG_TWO_PI)',
        replace: '(1 + LOG_TWO_PI) / 2',
        why: 'the entropy of several dims counts one',
      },
    ],
  },
  {
    file: 'agents/policy/actor-critic.ts',
    tests: ['unit/updates-policy', 'unit/recurrent-ppo'],
    changes: [
      {
        find: 'mean + Math.exp(logStd) * rng.normal()',
        replace: 'mean + logStd * rng.normal()',
        why: 'continuous actions are drawn with the wrong spread',
      },
      {
        find: 'logProbs[i] += normalLogProb(x, mean, logStd);',
        replace: 'logProbs[i] = normalLogProb(x, mean, logStd);',
        why: 'the likelihood of an action of several dims is that of the last',
      },
      {
        find: 'tf.slice2d(first as tf.Tensor2D, [0, plan.outputs], [batch, 1])',
        replace: 'tf.slice2d(first as tf.Tensor2D, [0, 0], [batch, 1])',
        why: 'a shared network learns its first logit as the value',
      },
      {
        find: 'this.scratch.copyRow(0, this.hidden, slot);',
        replace: 'this.scratch.copyRow(0, this.hidden, 0);',
        why: 'values of last observations are those of the first environment',
        tests: ['unit/updates-ppo'],
      },
    ],
  },
  {
    file: 'agents/policy/box.ts',
    tests: ['unit/core-parts'],
    changes: [
      {
        find: 'return this.middle[dim] + this.half[dim] * x;',
        replace: 'return this.half[dim] * x;',
        why: 'actions of boxes that are not centred are shifted',
      },
      {
        find: '(actions[k] - middle[dim]) / half[dim]',
        replace: '(actions[k] - middle[dim]) * half[dim]',
        why: 'critics learn of other actions than were played',
      },
      {
        find: '(2 * x - low[dim] - high[dim]) / (high[dim] - low[dim])',
        replace: '(x - low[dim] - high[dim]) / (high[dim] - low[dim])',
        why: 'demonstrated actions are scaled wrongly',
      },
    ],
  },
  {
    file: 'agents/policy/ppo/ppo.ts',
    tests: [
      "golden/algorithms -t simd 'algorithms/(policy-losses|ppo-updates)",
      'unit/updates-policy',
      'unit/recurrent-ppo',
    ],
    changes: [
      {
        find: 'tf.minimum(tf.mul(advantages, ratio), tf.mul(advantages, within))',
        replace: 'tf.maximum(tf.mul(advantages, ratio), tf.mul(advantages, within))',
        why: 'the surrogate is optimistic',
      },
      {
        find: 'tf.sub(one, clip), tf.add(one, clip)',
        replace: 'tf.neg(clip), clip',
        why: 'the ratio is clipped around 0',
      },
      {
        find: 'tf.sub(tf.sub(stopped(ratio), one), stopped(logRatio))',
        replace: 'tf.add(tf.sub(stopped(ratio), one), stopped(logRatio))',
        why: 'the reported divergence may be negative',
      },
      {
        find: 'into[k] = advantages[rows[k]] + rollout.values[rows[k]];',
        replace: 'into[k] = advantages[rows[k]];',
        why: 'the critic learns advantages instead of returns',
      },
      {
        find: 'config.normaliseAdvantages ? normalised(inputs.advantages) : inputs.advantages',
        replace: 'inputs.advantages',
        why: 'advantages are not normalised',
      },
      {
        find: 'step.terminated[i] | step.truncated[i]) this.actor.hidden',
        replace: 'step.terminated[i]) this.actor.hidden',
        why: 'memory goes on into the next episode after a truncation',
      },
      {
        find: 'config.epochs * minibatches.count',
        replace: 'minibatches.count',
        why: 'every rollout is gone over once',
      },
      {
        find: 'config.clipValue ? { oldValues, clip } : undefined',
        replace: 'undefined',
        why: 'the value is not clipped',
        tests: ['unit/updates-ppo'],
      },
    ],
  },
  {
    file: 'agents/policy/ppo/sequences.ts',
    tests: ['unit/recurrent-ppo'],
    changes: [
      {
        find: 'k >= chosen.length && terminated[before] | truncated[before] ? 0 : 1',
        replace: 'k >= chosen.length && terminated[before] ? 0 : 1',
        why: 'learning remembers across a truncation, acting does not',
      },
      {
        find: 'block[chosen[s] * width + j]',
        replace: 'block[s * width + j]',
        why: 'sequences start from the memory of others',
      },
      {
        find: 'if (step % this.length !== 0) return;',
        replace: 'if (step !== 0) return;',
        why: 'only the first sequence of an environment knows its memory',
      },
    ],
  },
];
