/** Mutants of SAC, TD3 and behaviour cloning. */
import type { FileChanges } from '../mutant.ts';

export const offPolicy: readonly FileChanges[] = [
  {
    file: 'agents/policy/sac/sac.ts',
    tests: ['unit/updates-sac'],
    changes: [
      {
        find: 'critics: [q1, q2], alpha }, obs, inputs.noise)',
        replace: 'critics: [q1Now, q2Now], alpha }, obs, inputs.noise)',
        why: 'critics are moved by the loss of the policy',
      },
      {
        find: 'split([plan.critic, plan.critic], targets)',
        replace: '[q1, q2]',
        why: 'there are no target critics',
      },
      {
        find: 'tf.neg(tf.mul(tf.sum(logAlphaNow[0]), missing))',
        replace: 'tf.mul(tf.sum(logAlphaNow[0]), missing)',
        why: 'the temperature falls where the entropy is too small',
      },
      {
        find: 'tf.mul(inputs.discounts, next.value)',
        replace: 'next.value',
        why: 'nothing is discounted, and terminal states are bootstrapped from',
      },
      {
        find: 'tf.add(kept, tf.mul(critics, targetRate))',
        replace: 'tf.add(tf.mul(targets, targetRate), tf.mul(critics, tf.sub(tf.scalar(1), targetRate)))',
        why: 'τ and 1 − τ are exchanged',
      },
      {
        find: 'tf.mul(tf.scalar(0.5), tf.add(squaredError(q1Now), squaredError(q2Now)))',
        replace: 'tf.mul(tf.scalar(0.5), squaredError(q1Now))',
        why: 'the second critic does not learn',
      },
    ],
  },
  {
    file: 'agents/policy/sac/networks.ts',
    tests: ['unit/updates-sac'],
    changes: [
      {
        find: 'discrete ? Math.log(dims) : -dims',
        replace: 'discrete ? Math.log(dims) : dims',
        why: 'the target entropy of continuous actions has the wrong sign',
      },
      {
        find: 'tf.sub(tf.minimum(q1, q2), tf.mul(alpha, logProb))',
        replace: 'tf.add(tf.minimum(q1, q2), tf.mul(alpha, logProb))',
        why: 'entropy is punished where actions are continuous',
      },
      {
        find: 'tf.sub(tf.minimum(q1, q2), tf.mul(alpha, logs))',
        replace: 'tf.sub(tf.maximum(q1, q2), tf.mul(alpha, logs))',
        why: 'the optimistic critic counts where actions are discrete',
      },
      {
        find: 'tf.add(normal, tf.mul(two, tail))',
        replace: 'normal',
        why: 'the likelihood leaves out the squashing',
      },
      {
        find: 'tf.sub(tf.minimum(q1, q2), tf.mul(alpha, logProb))',
        replace: 'tf.sub(tf.maximum(q1, q2), tf.mul(alpha, logProb))',
        why: 'the optimistic critic counts where actions are continuous',
      },
      {
        find: 'low + 0.5 * (high - low) * (Math.tanh(output) + 1)',
        replace: 'low + (high - low) * (Math.tanh(output) + 1)',
        why: 'actions are drawn with another spread than is learned',
      },
    ],
  },
  {
    file: 'agents/policy/td3/td3.ts',
    tests: ['unit/updates-td3'],
    changes: [
      {
        find: 'nextValues.reduce((a, b) => tf.minimum(a, b))',
        replace: 'nextValues.reduce((a, b) => tf.maximum(a, b))',
        why: 'the optimistic critic counts',
      },
      {
        find: 'Math.min(most, Math.max(-most, targetNoise * rngs.noise.normal()))',
        replace: 'targetNoise * rngs.noise.normal()',
        why: 'target noise is not clipped',
      },
      {
        find: 'tf.minimum(tf.maximum(smoothed, tf.scalar(-1)), one)',
        replace: 'smoothed',
        why: 'target actions leave the box',
      },
      {
        find: '(updates + 1) % config.policyDelay === 0 ? 1 : 0',
        replace: '1',
        why: 'the policy is not delayed',
      },
      {
        find: 'split([plan.actor], state.targetActor)',
        replace: 'split([plan.actor], state.actor)',
        why: 'there is no target policy',
      },
      {
        find: 'const [first] = split(plan.critics, critics.params);',
        replace: 'const [first] = split(plan.critics, state.targetCritics);',
        why: 'the policy climbs the target critic',
      },
      {
        find: 'tf.add(inputs.rewards, tf.mul(inputs.discounts, lowest))',
        replace: 'tf.add(inputs.rewards, lowest)',
        why: 'nothing is discounted, and terminal states are bootstrapped from',
      },
      {
        find: 'Math.min(1, Math.max(-1, x + config.explorationNoise * exploration.normal()))',
        replace: 'x + config.explorationNoise * exploration.normal()',
        why: 'exploring actions leave the box',
      },
      {
        find: '[name, mix(ownState[name], next, policyDue)]',
        replace: '[name, next]',
        why: "the policy's moments move in steps in which it does not",
      },
    ],
  },
  {
    file: 'agents/policy/critics.ts',
    tests: ['unit/agents-critics'],
    changes: [
      {
        find: 'Math.min(least[k], values[k])',
        replace: 'Math.max(least[k], values[k])',
        why: 'the value that is shown is the optimistic one',
      },
    ],
  },
  {
    file: 'agents/policy/behaviour-cloning/behaviour-cloning.ts',
    tests: ['unit/behaviour-cloning'],
    changes: [
      {
        find: 'const left = this.config.epochs * this.minibatches.count - this.updates;',
        replace: 'const left = Infinity;',
        why: 'it makes more gradient steps than its epochs have',
      },
      {
        find: 'return { loss: tf.neg(tf.mean(logProbs)), fit: tf.mean(right) };',
        replace: 'return { loss: tf.mean(logProbs), fit: tf.mean(right) };',
        why: 'it unlearns what is demonstrated',
        tests: ['unit/updates-cloning'],
      },
      {
        find: 'beta1: 0.9, beta2: 0.999',
        replace: 'beta1: 0.999, beta2: 0.9',
        why: "the optimizer's βs are exchanged",
        tests: ['unit/updates-cloning'],
      },
    ],
  },
  {
    file: 'agents/policy/behaviour-cloning/examples.ts',
    tests: ['unit/behaviour-cloning'],
    changes: [
      {
        find: 'held === side ? range(starts[k], starts[k + 1]) : []',
        replace: 'held === side ? range(starts[k], starts[k + 1] - 1) : []',
        why: 'the last step of every demonstration is left out',
      },
    ],
  },
];
