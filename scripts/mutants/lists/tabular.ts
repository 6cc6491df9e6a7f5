/** Mutants of the tabular agents. */
import type { FileChanges } from '../mutant.ts';

export const tabular: readonly FileChanges[] = [
  {
    file: 'agents/tabular/transitions.ts',
    tests: ['unit/tabular-parts', 'unit/tabular-examples'],
    changes: [
      {
        find: 'ended ? step.finalObs[i] : step.nextObs[i]',
        replace: 'step.nextObs[i]',
        why: "where an episode ended, S' is the next one's first state",
      },
      {
        find: 'this.terminated[i] = step.terminated[i];',
        replace: 'this.terminated[i] = ended;',
        why: 'a truncation is taken for a termination',
      },
    ],
  },
  {
    file: 'agents/tabular/action-values.ts',
    tests: ['unit/tabular-parts'],
    changes: [
      {
        find: 'if (q[base + a] > q[base + best]) best = a;',
        replace: 'if (q[base + a] >= q[base + best]) best = a;',
        why: 'of equals the last one is greedy',
      },
      {
        find: 'rng.integer(++equals) === 0',
        replace: 'rng.integer(equals++) === 0',
        why: 'ties are not broken evenly',
      },
      {
        find: 'value === max ? (1 - epsilon) / ties : 0',
        replace: 'value === max ? 1 - epsilon : 0',
        why: 'shown probabilities do not add up to one',
      },
      {
        find: '(epsilon * sum) / actions + (1 - epsilon) * maxValue(q, state, actions)',
        replace: 'epsilon * sum + (1 - epsilon) * maxValue(q, state, actions)',
        why: 'the expectation of the exploring policy is wrong',
        tests: ['unit/tabular-examples'],
      },
      {
        find: 'rng.uniform() < this.progress.epsilon(state)',
        replace: 'rng.uniform() >= this.progress.epsilon(state)',
        why: 'ε and 1 − ε are exchanged',
      },
    ],
  },
  {
    file: 'agents/tabular/q-learning/q-learning.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'this.config.gamma * future - before',
        replace: 'future - before',
        why: 'nothing is discounted',
      },
      {
        find: 'last.terminated[i] ? 0 : maxValue(q, last.next[i], actions)',
        replace: 'last.ended[i] ? 0 : maxValue(q, last.next[i], actions)',
        why: 'a truncation is taken for a termination',
      },
    ],
  },
  {
    file: 'agents/tabular/sarsa/sarsa.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'waiting.waits[i] = last.ended[i] ? 0 : 1;',
        replace: 'waiting.waits[i] = 1;',
        why: 'a step learns from the first action of the next episode',
      },
      {
        find: 'if (last.terminated[i]) this.learn(pair, last.reward[i], 0);',
        replace: 'if (last.ended[i]) this.learn(pair, last.reward[i], 0);',
        why: 'a truncation is taken for a termination',
      },
    ],
  },
  {
    file: 'agents/tabular/expected-sarsa/expected-sarsa.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'last.terminated[i] ? 0 : this.policy.expectedValue(last.next[i])',
        replace: 'last.ended[i] ? 0 : this.policy.expectedValue(last.next[i])',
        why: 'a truncation is taken for a termination',
      },
    ],
  },
  {
    file: 'agents/tabular/double-q/double-q.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'randomArgmax(learner, next, actions, coin)',
        replace: 'randomArgmax(judge, next, actions, coin)',
        why: 'one table chooses and values: the maximisation bias is back',
      },
      {
        find: '(this.q1[pair] + this.q2[pair]) / 2',
        replace: 'this.q1[pair]',
        why: 'it behaves by one table only',
      },
    ],
  },
  {
    file: 'agents/tabular/dyna-q/dyna-q.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'this.enqueue(from[at]);',
        replace: ';',
        why: 'prioritized sweeping does not look at predecessors',
      },
      {
        find: 'const pair = queue.pop();\n      if (pair < 0) return;',
        replace: 'const pair = queue.pop();\n      if (pair < 0 || k > 0) return;',
        why: 'of n planning steps only one is made',
      },
    ],
  },
  {
    file: 'agents/tabular/dyna-q/learned-model.ts',
    tests: ['unit/tabular-dyna-q'],
    changes: [
      {
        find: 'mean[at] += (reward - mean[at]) / count[at];',
        replace: 'mean[at] = reward;',
        why: 'the model knows the last reward of an outcome, not the mean',
      },
      {
        find: 'outcomes.terminated[at] ? 0 : maxValue',
        replace: 'maxValue',
        why: 'the model bootstraps from terminal states',
      },
      {
        find: 'rng.integer(this.tried[state])',
        replace: 'rng.integer(actions)',
        why: 'planning updates pairs that were never tried',
      },
    ],
  },
  {
    file: 'agents/tabular/dyna-q/pair-queue.ts',
    tests: ['unit/tabular-dyna-q'],
    changes: [
      {
        find: 'if (present && this.priority[pair] >= priority) return;',
        replace: 'if (present) return;',
        why: 'a priority is never raised',
      },
      {
        find: 'priority[heap[child + 1]] > priority[heap[child]]',
        replace: 'priority[heap[child + 1]] < priority[heap[child]]',
        why: 'the queue gives pairs in the wrong order',
      },
    ],
  },
  {
    file: 'agents/tabular/q-lambda/q-lambda.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: '      else traces.clear();',
        replace: '      else traces.decay(gamma * lambda);',
        why: 'traces are not cut where the agent explores',
      },
      {
        find: 'if (last.ended[i]) traces.clear();',
        replace: 'if (last.terminated[i]) traces.clear();',
        why: 'traces go on into the next episode after a truncation',
      },
      {
        find: 'traces.decay(gamma * lambda);',
        replace: 'traces.decay(lambda);',
        why: 'traces fade by λ instead of γλ',
      },
    ],
  },
  {
    file: 'agents/tabular/q-lambda/traces.ts',
    tests: ['unit/tabular-parts', 'unit/tabular-examples'],
    changes: [
      {
        find: "kind === 'replacing' ? 1 : this.strength[pair] + 1",
        replace: "kind === 'replacing' ? 1 : this.strength[pair] * 2",
        why: 'accumulating traces accumulate wrongly',
      },
      {
        find: 'active[k] = active[--this.count];',
        replace: 'this.count--;',
        why: 'dropping a small trace forgets another one',
      },
    ],
  },
  {
    file: 'agents/tabular/monte-carlo/monte-carlo.ts',
    tests: ['unit/tabular-examples'],
    changes: [
      {
        find: 'if (first[pairs[t]] < 0) first[pairs[t]] = t;',
        replace: 'first[pairs[t]] = t;',
        why: 'the return after the last visit is learned from, not after the first',
      },
      {
        find: 'last.terminated[i] ? 0 : this.policy.expectedValue(last.next[i])',
        replace: 'last.ended[i] ? 0 : this.policy.expectedValue(last.next[i])',
        why: 'a truncation is taken for a termination',
      },
      {
        find: 'this.config.gamma * g + rewards[t]',
        replace: 'g + rewards[t]',
        why: 'returns are not discounted',
      },
    ],
  },
  {
    file: 'agents/tabular/policy-iteration/policy-iteration.ts',
    tests: ['unit/tabular-planning'],
    changes: [
      {
        find: 'this.stable = changed === 0 && this.evaluated;',
        replace: 'this.stable = changed === 0;',
        why: 'it ends on values that were cut short',
      },
      {
        find: '<= lookahead[policy[s]] + config.threshold',
        replace: '< lookahead[policy[s]]',
        why: 'equally good actions are exchanged without end',
      },
    ],
  },
  {
    file: 'agents/tabular/value-iteration/value-iteration.ts',
    tests: ['unit/tabular-planning'],
    changes: [
      {
        find: 'if (config.inPlace) values[s] = best;',
        replace: 'values[s] = best;',
        why: 'every sweep is in place',
      },
      {
        find: 'delta = Math.max(delta, Math.abs(best - values[s]));',
        replace: 'delta = Math.max(delta, best - values[s]);',
        why: 'it ends while values still fall',
      },
    ],
  },
  {
    file: 'agents/tabular/flat-model.ts',
    tests: ['unit/tabular-parts', 'unit/tabular-planning'],
    changes: [
      {
        find: 'if (outcome.terminated || outcome.probability === 0) continue;',
        replace: 'if (outcome.probability === 0) continue;',
        why: 'planning bootstraps from terminal states',
      },
    ],
  },
  {
    file: 'agents/tabular/schedules.ts',
    tests: ['unit/tabular-parts'],
    changes: [
      {
        find: 'visits ** -stepSizePower',
        replace: 'visits ** stepSizePower',
        why: 'step sizes grow with visits',
      },
      {
        find: 'base < visits.length; base += pairs',
        replace: 'base < pairs; base += pairs',
        why: 'ε = 1/N counts the visits of one table only',
      },
      {
        find: 'return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);',
        replace: 'return linear(epsilonEnd, epsilonStart, epsilonSteps, this.steps);',
        why: 'exploration grows instead of falling',
      },
    ],
  },
];
