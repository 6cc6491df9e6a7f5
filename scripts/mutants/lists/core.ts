/** Mutants of what agents keep and how returns are computed from it. */
import type { FileChanges } from '../mutant.ts';

export const core: readonly FileChanges[] = [
  {
    file: 'src/core/replay.ts',
    tests: ['unit/replay'],
    changes: [
      {
        find: 'terminated[row] ? 0 : gamma ** steps[row]',
        replace: 'gamma ** steps[row]',
        why: 'a terminal state is bootstrapped from',
      },
      {
        find: 'terminated[row] ? 0 : gamma ** steps[row]',
        replace: 'terminated[row] ? 0 : gamma',
        why: 'an n-step return discounts what follows it by one step',
      },
      {
        find: 'this.size = Math.max(this.size, row + 1);',
        replace: 'this.size = row + 1;',
        why: 'a full buffer forgets everything when it begins anew',
      },
      {
        find: 'if (row < this.size) {',
        replace: 'if (row < this.size - 1) {',
        why: 'observations of an overwritten row stay in memory',
      },
      {
        find: 'rng.integer(this.size);',
        replace: 'rng.integer(Math.max(1, this.size - 1));',
        why: 'the last row is never drawn',
      },
      {
        find: 'normaliser?.normalise(batch.nextObs, batch.nextObs);',
        replace: '',
        why: 'the next observations of a batch are raw',
      },
    ],
  },
  {
    file: 'src/core/observation-store.ts',
    tests: ['unit/replay'],
    changes: [
      {
        find: 'if (numbers[chunk[start + k]] !== value) return false;',
        replace: '',
        why: 'numbers that a byte cannot hold are rounded',
      },
      {
        find: 'if (--this.uses[index] === 0)',
        replace: 'if (--this.uses[index] <= 1)',
        why: 'an observation is overwritten while a row refers to it',
      },
      {
        find: 'value * levels + 0.5',
        replace: 'value * levels',
        why: 'shades of grey are cut off instead of rounded, so pictures take four times the memory',
      },
    ],
  },
  {
    file: 'src/core/sum-tree.ts',
    tests: ["golden/algorithms -t simd 'algorithms/prioritized", 'unit/priorities'],
    changes: [
      {
        find: 'Math.min(minima[2 * node], minima[2 * node + 1])',
        replace: 'Math.max(minima[2 * node], minima[2 * node + 1])',
        why: 'importance weights are not normalised by their largest',
      },
      {
        find: 'if (rest >= sums[node] && sums[node + 1] > 0)',
        replace: 'if (rest > sums[node] && sums[node + 1] > 0)',
        why: 'a mass on the border finds the row before it',
      },
      {
        find: 'if (rest >= sums[node] && sums[node + 1] > 0)',
        replace: 'if (rest >= sums[node])',
        why: 'rounding leads past the last row',
      },
      {
        find: 'this.find(part * (k + rng.uniform()))',
        replace: 'this.find(this.total * rng.uniform())',
        why: 'a batch is not stratified',
      },
      {
        find: '(scale * this.at(rows[k])) ** -beta / largest',
        replace: '(scale * this.at(rows[k])) ** beta / largest',
        why: 'importance weights correct in the wrong direction',
      },
    ],
  },
  {
    file: 'src/core/returns.ts',
    tests: ["golden/algorithms -t simd 'algorithms/advantages"],
    changes: [
      {
        find: 'const next = terminated[at] ? 0 : nextValues[at];',
        replace: 'const next = terminated[at] | truncated[at] ? 0 : nextValues[at];',
        why: 'GAE takes a truncation for a termination',
      },
      {
        find: 'const nonTerminal = terminated[at] | truncated[at] ? 0 : 1;',
        replace: 'const nonTerminal = terminated[at] ? 0 : 1;',
        why: 'advantages of the next episode leak across a truncation',
      },
      {
        find: 'rewards[at] + gamma * next - values[at]',
        replace: 'rewards[at] + gamma * next + values[at]',
        why: 'the sign of V(s) in the TD error',
      },
      {
        find: 'delta + gamma * lambda * nonTerminal * advantage',
        replace: 'delta + lambda * nonTerminal * advantage',
        why: 'advantages are not discounted',
      },
      {
        find: 'const later = at === last || truncated[at] ? next : returns[at + slots];',
        replace: 'const later = at === last ? next : returns[at + slots];',
        why: 'a λ-return goes on into the next episode',
      },
      {
        find: '(1 - lambda) * next + lambda * later',
        replace: 'lambda * next + (1 - lambda) * later',
        why: 'λ and 1 − λ are exchanged',
      },
      {
        find: 'const bootstrap = terminated[at] ? 0 :',
        replace: 'const bootstrap = terminated[at] | truncated[at] ? 0 :',
        why: 'λ-returns take a truncation for a termination',
      },
    ],
  },
  {
    file: 'src/core/experience.ts',
    tests: ['unit/replay'],
    changes: [
      {
        find: 'observations.add(ended ? finalObs : nextObs, at)',
        replace: 'observations.add(nextObs, at)',
        why: "the successor of an episode's last step is the next episode's first observation",
      },
      {
        find: 'transition.terminated = step.terminated[slot] === 1;',
        replace: 'transition.terminated = ended;',
        why: 'a truncation is stored as a termination',
      },
      {
        find: 'const least = ended ? 1 : n;',
        replace: 'const least = n;',
        why: 'n-step returns run into the next episode',
      },
      {
        find: '+ gamma * reward;',
        replace: '+ reward;',
        why: 'n-step returns are not discounted',
      },
      {
        find: 'transition.steps = count;',
        replace: 'transition.steps = n;',
        why: 'the shorter tails of an episode discount what follows them by n steps',
      },
    ],
  },
  {
    file: 'src/core/minibatches.ts',
    tests: ['unit/core-parts'],
    changes: [
      {
        find: 'const other = rng.integer(k + 1);',
        replace: 'const other = rng.integer(k);',
        why: 'no row ever stays in its place: not all orders are possible',
      },
      {
        find: 'if (at === 0 && shuffled)',
        replace: 'if (k === 0 && shuffled)',
        why: 'all epochs but the first have the same minibatches',
      },
      {
        find: 'Math.max(1, Math.floor(rows / minibatches))',
        replace: 'Math.max(1, Math.ceil(rows / minibatches))',
        why: 'the last minibatch is short, and the compiled step reads rows of another one',
      },
    ],
  },
  {
    file: 'src/core/schedule.ts',
    tests: ['unit/core-parts'],
    changes: [
      {
        find: 'return step >= horizon ? end :',
        replace: 'return step > 2 * horizon ? end :',
        why: 'a schedule does not stop at its end',
      },
      {
        find: 'if (steps < config.learningStarts) return 0;',
        replace: 'if (steps <= config.learningStarts) return 0;',
        why: 'learning starts a step late',
      },
      {
        find: 'Math.floor(step / every) - Math.floor((step - passed) / every)',
        replace: 'Math.floor(step / every) > Math.floor((step - passed) / every) ? 1 : 0',
        why: 'with more environments than steps between updates some updates are left out',
      },
    ],
  },
];
