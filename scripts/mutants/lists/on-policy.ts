/** Mutants of REINFORCE, A2C and A3C. */
import type { FileChanges } from '../mutant.ts';

export const onPolicy: readonly FileChanges[] = [
  {
    file: 'agents/policy/a2c/a2c.ts',
    tests: ['unit/updates-policy'],
    changes: [
      {
        find: 'into[k] = advantages[k] + rollout.values[k];',
        replace: 'into[k] = advantages[k];',
        why: 'the critic learns advantages instead of returns',
      },
      {
        find: 'gae(rollout, config.gamma, config.lambda, inputs.advantages);',
        replace: 'gae(rollout, config.gamma, 1, inputs.advantages);',
        why: 'λ has no effect',
      },
      {
        find: "kind: 'rmsprop', decay: 0.99",
        replace: "kind: 'rmsprop', decay: 0.9",
        why: "the optimizer is not the paper's",
      },
      {
        find: 'config.normaliseAdvantages ? normalised(inputs.advantages) : inputs.advantages',
        replace: 'inputs.advantages',
        why: 'advantages are not normalised where that is asked for',
      },
    ],
  },
  {
    file: 'agents/policy/a3c/a3c.ts',
    tests: ['unit/updates-policy', "contract/agent.contract -t agent 'a3c'"],
    changes: [
      {
        find: 'step.terminated[0] ? 0 : this.actor.value(row)',
        replace: 'ended ? 0 : this.actor.value(row)',
        why: 'a truncation is taken for a termination',
      },
      {
        find: 'row.set(ended ? step.finalObs : step.nextObs);',
        replace: 'row.set(step.nextObs);',
        why: 'a truncated episode is worth what the next one is',
      },
      {
        find: 'tf.mul(stopped(advantages), policy.logProbs)',
        replace: 'tf.mul(advantages, policy.logProbs)',
        why: 'the critic is moved by the policy loss',
      },
      {
        find: 'tf.sum(tf.mul(mask, each))',
        replace: 'tf.sum(each)',
        why: 'empty rows of a short rollout are learned from',
      },
      {
        find: 'this.rewards[i] + this.config.gamma * R',
        replace: 'this.rewards[i] + R',
        why: 'returns are not discounted',
      },
    ],
  },
  {
    file: 'agents/policy/a3c/shared.ts',
    tests: ['unit/a3c-shared'],
    changes: [
      {
        find: 'Math.sqrt(square + epsilon)',
        replace: '(Math.sqrt(square) + epsilon)',
        why: "the shared RMSProp is not the paper's",
      },
      {
        find: 'decay * squares[k] + rest * slope * slope',
        replace: 'rest * squares[k] + decay * slope * slope',
        why: 'decay and 1 − decay are exchanged',
      },
    ],
  },
  {
    file: 'agents/policy/reinforce/reinforce.ts',
    tests: ['unit/updates-policy', 'unit/policy-batches'],
    changes: [
      {
        find: 'tf.neg<tf.Scalar>(weightedMean(tf.mul(advantages, policy.logProbs), filled))',
        replace: 'weightedMean(tf.mul(advantages, policy.logProbs), filled)',
        why: 'the policy descends the return',
      },
      {
        find: 'fill(B / episodes.count, 0, episodes.count)',
        replace: 'fill(1, 0, episodes.count)',
        why: 'short episodes learn with a smaller step',
      },
      {
        find: 'returns[k] - (config.baseline ? actor.values[k] : 0)',
        replace: 'returns[k]',
        why: 'the baseline has no effect on the policy',
      },
      {
        find: 'const scale = 1 / (Math.sqrt(variance) + 1e-8);',
        replace: 'const scale = 1;',
        why: 'advantages are centred only',
      },
    ],
  },
  {
    file: 'agents/policy/reinforce/episodes.ts',
    tests: ['unit/agents-policy', 'unit/updates-policy'],
    changes: [
      {
        find: 'this.finish(slot, gamma, after(step.finalObs, slot));',
        replace: 'this.finish(slot, gamma, 0);',
        why: 'a truncation is taken for a termination',
      },
      {
        find: 'running.rewards[from + t] + gamma * sum',
        replace: 'running.rewards[from + t] + sum',
        why: 'returns are not discounted',
      },
    ],
  },
];
