/** Mutants of chance, statistics, the vector environment and what wraps it. */
import type { FileChanges } from '../mutant.ts';

export const slots: readonly FileChanges[] = [
  {
    file: 'src/core/rng.ts',
    tests: ['unit/rng'],
    changes: [
      {
        find: 'const t = (s[0] + b + d) | 0;',
        replace: 'const t = (s[0] + b) | 0;',
        why: 'without its counter the generator may have short periods',
      },
      {
        find: 's[1] = c + (c << 3);',
        replace: 's[1] = c + (c << 4);',
        why: 'the generator is not sfc32, whose quality is known',
      },
      {
        find: 'if (draw - rest + n <= TWO_POW_32) return rest;',
        replace: 'return rest;',
        why: 'integers are biased where n does not divide 2³²',
      },
      {
        find: 'hash = mix(hash, index);',
        replace: '',
        why: 'all slots of a purpose share their draws',
      },
      {
        find: 'Math.sqrt((-2 * Math.log(r)) / r)',
        replace: 'Math.sqrt(-2 * Math.log(r))',
        why: 'normal draws are not normal',
      },
    ],
  },
  {
    file: 'src/core/moments.ts',
    tests: ['unit/wrappers', 'unit/train-wrappers'],
    changes: [
      {
        find: 'squares[k] += delta * (value - mean[k]);',
        replace: 'squares[k] += delta * delta;',
        why: 'running variances are too large',
      },
      {
        find: 'this.squares[feature] / n;',
        replace: 'this.squares[feature] / (n - 1);',
        why: 'the variance is the sample one, and small counts normalise differently',
      },
      {
        find: 'if (!this.learning) return;',
        replace: '',
        why: 'evaluations move the statistics of training',
      },
      {
        find: 'Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, scaled))',
        replace: 'Math.max(-MOST_DEVIATIONS, scaled)',
        why: 'an outlier above is not clipped',
      },
      {
        find: 'rows[at] * this.deviation(k) + mean[k]',
        replace: 'rows[at] * this.deviation(k) - mean[k]',
        why: 'observations of earlier checkpoints come back shifted',
        tests: ['unit/replay'],
      },
    ],
  },
  {
    file: 'src/core/vector-env.ts',
    tests: ['unit/vector-env', "contract/env-loop -t ^'corridor'"],
    changes: [
      {
        find: 'const isTruncated = length >= limit;',
        replace: 'const isTruncated = length > limit;',
        why: 'episodes are one step too long',
      },
      {
        find: 'const isTruncated = length >= limit;',
        replace: 'const isTruncated = length >= limit && !out.terminated;',
        why: 'the truncation flag depends on the termination flag',
      },
      {
        find: 'terminated[i] = out.terminated ? 1 : 0;',
        replace: 'terminated[i] = out.terminated || isTruncated ? 1 : 0;',
        why: 'a time limit counts as a termination',
      },
      {
        find: 'episodeReturn[i] = wasOver ? sum : episodeReturn[i] + sum;',
        replace: 'episodeReturn[i] += sum;',
        why: 'returns add up over episodes',
      },
      {
        find: 'kernel.observe(state, i, raw.finalObs, i * size);\n      normaliser',
        replace:
          'kernel.reset(state, i, rngs[i]);\n      kernel.observe(state, i, raw.finalObs, i * size);\n      normaliser',
        why: 'finalObs is of the next episode',
      },
      {
        find: 'this.shaper?.begin(state, i);\n      this.learn(i);',
        replace: 'this.learn(i);',
        why: 'shaping begins an episode with the potential of the last one',
        tests: ['unit/reward-edits'],
      },
      {
        find: '    this.shaper?.apply(this.state, this.reward, this.terminated);\n    this.transform?.apply(this.reward, this.terminated, this.truncated);',
        replace:
          '    this.transform?.apply(this.reward, this.terminated, this.truncated);\n    this.shaper?.apply(this.state, this.reward, this.terminated);',
        why: 'what is added to rewards is not clipped',
        tests: ['unit/reward-edits'],
      },
      {
        find: '    // The statistics may be others than when it was saved.\n    normaliser.normalise(raw.obs, this.obs);',
        replace: '',
        why: 'after a restore with other statistics the first observation is that of the old ones',
        tests: ['unit/wrappers', 'unit/train-wrappers'],
      },
    ],
  },
  {
    file: 'src/core/shaping.ts',
    tests: ['unit/reward-edits'],
    changes: [
      {
        find: "terminated[i] ? 0 : finite('the potential', potential(quantities))",
        replace: "finite('the potential', potential(quantities))",
        why: 'a potential in terminal states changes the optimal policy',
      },
      {
        find: 'gamma * after - before[i]',
        replace: 'after - before[i]',
        why: 'shaping without γ changes the optimal policy',
      },
      {
        find: 'before[i] = after;',
        replace: '',
        why: 'all steps are shaped against the start of the episode',
      },
    ],
  },
  {
    file: 'src/core/reward.ts',
    tests: ['unit/reward'],
    changes: [
      {
        find: 'terminated[i] | truncated[i] ? 0 : row[0]',
        replace: 'terminated[i] ? 0 : row[0]',
        why: 'discounted returns go on across a truncation',
      },
      {
        find: 'rewards[i] /= Math.sqrt',
        replace: 'rewards[i] = (rewards[i] - moments.mean[0]) / Math.sqrt',
        why: 'rewards are shifted, which changes what is optimal',
      },
    ],
  },
  {
    file: 'src/core/wrappers.ts',
    tests: ['unit/wrappers', 'unit/train-wrappers'],
    changes: [
      {
        find: 'k < count && !one.terminated',
        replace: 'k < count',
        why: 'a repeated action goes on after the end of the episode',
      },
      {
        find: 'Math.ceil(spec.maxSteps / count)',
        replace: 'spec.maxSteps',
        why: 'repeated actions multiply the time limit',
      },
      {
        find: 'frame < count; frame++) put(s, i, frame)',
        replace: 'frame < 1; frame++) put(s, i, frame)',
        why: 'a stack begins with frames of the last episode',
      },
      {
        find: '(s[newest][i] + 1 + age) % count',
        replace: '(s[newest][i] + age) % count',
        why: 'the newest frame comes first',
      },
    ],
  },
  {
    file: 'src/core/snapshot.ts',
    tests: ['unit/core-parts'],
    changes: [
      {
        find: 'if (isTypedArray(one)) return one.slice();',
        replace: 'if (isTypedArray(one)) return one;',
        why: 'a snapshot changes while the run goes on',
      },
      {
        find: '!isTypedArray(value) || value.length !== column.length',
        replace: '!isTypedArray(value)',
        why: 'arrays of another length are taken in part',
      },
    ],
  },
  {
    file: 'src/core/stats.ts',
    tests: ["golden/algorithms -t simd 'algorithms/statistics", 'unit/train-stats'],
    changes: [
      {
        find: 'Math.floor(sorted.length / 4)',
        replace: 'Math.ceil(sorted.length / 4)',
        why: 'the interquartile mean leaves out too much',
      },
      {
        find: 'sum / Math.max(1, values.length - 1)',
        replace: 'sum / values.length',
        why: 'the spread over few seeds is understated',
      },
    ],
  },
  {
    file: 'src/core/bootstrap.ts',
    tests: ['unit/bootstrap'],
    changes: [
      {
        find: '(1 - confidence) / 2',
        replace: '1 - confidence',
        why: 'a 95 % interval holds 90 %',
      },
    ],
  },
  {
    file: 'src/core/improvement.ts',
    tests: ['unit/bootstrap'],
    changes: [
      {
        find: 'a === b ? 0.5 : 0',
        replace: 'a === b ? 1 : 0',
        why: 'ties count as wins',
      },
    ],
  },
  {
    file: 'src/core/argmax.ts',
    tests: ['unit/core-parts'],
    changes: [
      {
        find: 'values[from + k] > values[from + best]',
        replace: 'values[from + k] >= values[from + best]',
        why: 'of equal actions the last is greedy, not the first',
      },
    ],
  },
];
