/** Mutants of the DQN family, its extensions and PQN. */
import type { FileChanges } from '../mutant.ts';

export const value: readonly FileChanges[] = [
  {
    file: 'agents/value/dqn/step.ts',
    tests: ["golden/algorithms -t simd 'algorithms/dqn-updates", 'unit/updates-value'],
    changes: [
      {
        find: 'config.double ? nextOutputs(online, 2) : evaluated',
        replace: 'evaluated',
        why: 'double DQN chooses by the target network',
      },
      {
        find: 'perAction(apply(plan, split([plan], params)[0], nextObs, noise(draw)))',
        replace: 'perAction(apply(plan, split([plan], online)[0], nextObs, noise(draw)))',
        why: 'there is no target network',
      },
      {
        find: '(targetDue ? config.targetRate : 0)',
        replace: 'config.targetRate',
        why: 'the target network follows at every step',
      },
      {
        find: 'weightedMean(head.losses(chosen, tdTarget), inputs.weights)',
        replace: 'tf.mean(head.losses(chosen, tdTarget))',
        why: 'importance weights have no effect',
      },
      {
        find: 'average: moved(average, inputs.averageRate)',
        replace: 'average: updated.params',
        why: 'greedy play is by the last weights, not by their average',
      },
    ],
  },
  {
    file: 'agents/value/dqn/dqn.ts',
    tests: ['unit/updates-value', 'unit/exploration'],
    changes: [
      {
        find: 'this.steps - this.targetSteps >= this.config.targetEvery',
        replace: 'this.steps - this.targetSteps > this.config.targetEvery',
        why: 'the target network is updated one round late',
      },
      {
        find: '(Math.max(errors[k], 0) + 1e-6) ** this.config.priorityExponent',
        replace: 'Math.max(errors[k], 0) + 1e-6',
        why: 'the priority exponent has no effect',
      },
      {
        find: 'this.maxPriority = Math.max(this.maxPriority, priority);',
        replace: 'this.maxPriority = priority;',
        why: 'new transitions get the last priority, not the largest',
      },
      {
        find: 'linear(config.importanceStart, 1, config.importanceSteps, this.steps)',
        replace: 'config.importanceStart',
        why: 'β is not annealed',
      },
      {
        find: 'priorities.weights(batch.rows, replay.size, beta, this.importance);',
        replace: '',
        why: 'prioritized replay does not correct its bias',
      },
      {
        find: 'const epsilon = explore ? this.epsilon() : 0;',
        replace: 'const epsilon = this.epsilon();',
        why: 'greedy play explores',
      },
      {
        find: 'if (this.priorities) this.updatePriorities(this.priorities, outputs.priority);',
        replace: '',
        why: 'priorities stay as they were',
      },
      {
        find: 'epsilon > 0 && exploration.uniform() < epsilon',
        replace: 'epsilon > 0 && exploration.uniform() > epsilon',
        why: 'ε and 1 − ε are exchanged',
      },
    ],
  },
  {
    file: 'agents/value/dqn/q-values.ts',
    tests: ['unit/agents-saliency', 'unit/exploration'],
    changes: [
      {
        find: '    this.noise.fill(0);\n    return this.run(this.average, obs, n);',
        replace: '    return this.run(this.average, obs, n);',
        why: 'a noisy network plays greedily with its last noise',
      },
      {
        find: 'return this.run(this.average, obs, n);',
        replace: 'return this.run(this.online, obs, n);',
        why: 'greedy play is by the last weights, not by their average',
      },
      {
        find: 'reward + discounts[k] * next[k]',
        replace: 'reward + next[k]',
        why: 'the surprise that is shown is not a TD error',
      },
    ],
  },
  {
    file: 'agents/value/dqn/q-network.ts',
    tests: ["golden/algorithms -t simd 'algorithms/(c51|quantile|td-targets)"],
    changes: [
      {
        find: 'tf.minimum(tf.maximum(moved, tf.scalar(low)), tf.scalar(high))',
        replace: 'moved',
        why: 'C51 loses the mass of returns beyond its support',
      },
      {
        find: 'tf.div(distance, tf.scalar(gap))',
        replace: 'distance',
        why: 'C51 projects with the wrong kernel width',
      },
      {
        find: 'tf.mul(tf.reshape(discounts, [batch, 1]), support)',
        replace: 'support',
        why: 'C51 does not discount and bootstraps from terminal states',
      },
      {
        find: '(k + 0.5) / atoms',
        replace: 'k / atoms',
        why: 'quantiles are not at their midpoints',
      },
      {
        find: 'tf.relu(tf.neg(tf.sign(error)))',
        replace: 'tf.relu(tf.sign(error))',
        why: 'the quantile loss leans to the wrong side',
      },
      {
        find: 'tf.sum(tf.mean(loss, 2), 1)',
        replace: 'tf.sum(tf.mean(loss, 1), 1)',
        why: 'the quantile loss averages over the wrong axis',
        equivalent: 'both axes have N numbers, and a mean over one summed over the other is the same',
      },
      {
        find: 'tf.add(rewards, tf.mul(discounts, tf.reshape(next, [next.shape[0]])))',
        replace: 'tf.add(rewards, tf.reshape(next, [next.shape[0]]))',
        why: 'DQN does not discount and bootstraps from terminal states',
      },
      {
        find: 'p * (support[k] - mean)',
        replace: 'p * support[k]',
        why: 'what C51 looks at is shown by the wrong gradient',
        tests: ['unit/agents-saliency'],
      },
      {
        find: 'into[row] = expectation(outputs, row * atoms, support);',
        replace: 'into[row] = expectation(outputs, row * atoms, support) + outputs[row * atoms];',
        why: 'C51 acts by something else than its expected returns',
        tests: ['unit/agents-saliency', "contract/agent.contract -t agent 'dqn'"],
      },
    ],
  },
  {
    file: 'agents/nn/noise.ts',
    tests: ["golden/algorithms -t simd 'algorithms/noisy-dueling", 'unit/agents-nn'],
    changes: [
      {
        find: 'Math.sign(x) * Math.sqrt(Math.abs(x))',
        replace: 'x',
        why: 'factorised noise has the wrong spread',
      },
    ],
  },
  {
    file: 'agents/nn/network.ts',
    tests: ["golden/algorithms -t simd 'algorithms/noisy-dueling"],
    changes: [
      {
        find: 'tf.sub(a, tf.mean(a, 1, true))',
        replace: 'a',
        why: 'a dueling network does not tell value from advantage',
      },
      {
        find: 'tf.mul(out, dense(tf.mul(x, into), sigma, sigmaBias))',
        replace: 'dense(tf.mul(x, into), sigma, sigmaBias)',
        why: "a noisy layer leaves out its outputs' noise",
      },
      {
        find: 'tf.slice1d(masks, batch * plan.dropoutOffset, x.size)',
        replace: 'tf.slice1d(masks, 0, x.size)',
        why: 'all dropout layers use the mask of the first',
        tests: ['parity/training-layers'],
      },
      {
        find: 'moved.get(index) ?? running[k]',
        replace: 'running[k]',
        why: 'a network that is applied twice moves its statistics once',
        tests: ['unit/norm-layers'],
      },
      {
        find: 'tf.sqrt(tf.add(variance, tf.scalar(epsilon)))',
        replace: 'tf.add(tf.sqrt(variance), tf.scalar(epsilon))',
        why: 'layer normalisation is not that of the paper where features hardly vary',
        tests: ['unit/norm-layers'],
      },
    ],
  },
  {
    file: 'agents/value/pqn/pqn.ts',
    tests: ['unit/updates-value', 'unit/exploration'],
    changes: [
      {
        find: 'tf.mul(tf.scalar(0.5), tf.mean(squaredError))',
        replace: 'tf.mean(squaredError)',
        why: 'the loss is twice what the README says',
      },
      {
        find: 'this.values[i] = this.q[from + argmax(this.q, from, this.actions)];',
        replace: 'this.values[i] = this.q[from];',
        why: 'a state is worth its first action',
      },
      {
        find: "config.network === 'auto' && (layer.kind === 'dense' || layer.kind === 'conv2d')",
        replace: "config.network === 'auto' && layer.kind === 'conv2d'",
        why: 'dense layers are not normalised, without which PQN diverges',
      },
      {
        find: "const epsilon = mode === 'explore' ? this.epsilon() : 0;",
        replace: 'const epsilon = this.epsilon();',
        why: 'greedy play explores',
      },
      {
        find: 'config.epochs * minibatches.count',
        replace: 'minibatches.count',
        why: 'every rollout is gone over once',
      },
    ],
  },
];
