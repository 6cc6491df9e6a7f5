/** Mutants of runs and their records. */
import type { FileChanges } from '../mutant.ts';

export const runs: readonly FileChanges[] = [
  {
    file: 'src/train/runs/evaluate.ts',
    tests: ['unit/evaluate'],
    changes: [
      {
        find: 'if (episode >= episodes) continue;',
        replace: 'if (left <= 0) continue;',
        why: 'the episodes that end first are counted, which favours short ones',
      },
      {
        find: '!env.terminated[i] && env.episodeLength[i] >= maxSteps',
        replace: 'env.episodeLength[i] >= maxSteps',
        why: 'an episode that ends at the limit by itself is said to be cut off',
      },
      {
        find: "env.obs, n, actions, 'greedy', begins",
        replace: "env.obs, n, actions, 'explore', begins",
        why: 'evaluations explore',
      },
      {
        find: 'begins[i] = env.terminated[i] | env.truncated[i];',
        replace: 'begins[i] = env.terminated[i];',
        why: 'episodes that are cut off are not counted, or never end',
      },
    ],
  },
  {
    file: 'src/train/runs/early-stopping.ts',
    tests: ['unit/model-run'],
    changes: [
      {
        find: 'if (epoch - best.epoch < patience) return undefined;',
        replace: 'if (epoch - best.epoch <= patience) return undefined;',
        why: 'it waits an epoch longer than asked',
      },
      {
        find: 'return model.restore(best.saved);',
        replace: 'return undefined;',
        why: 'it stops at the last weights, not at the best',
      },
    ],
  },
  {
    file: 'src/train/runs/scores.ts',
    tests: ['unit/scores'],
    changes: [
      {
        find: 'confusion[label * classes + best]++;',
        replace: 'confusion[best * classes + label]++;',
        why: 'rows and columns of the confusion matrix are exchanged',
      },
      {
        find: 'losses[first + row] = Math.log(sum) -',
        replace: 'losses[first + row] = Math.log(sum) +',
        why: 'the loss of a mistake is negative',
      },
      {
        find: 'Math.abs(bin.right - bin.confidence) / added',
        replace: '(bin.right - bin.confidence) / added',
        why: 'calibration errors of the two signs cancel out',
      },
    ],
  },
  {
    file: 'src/train/history/tape.ts',
    tests: ['unit/history'],
    changes: [
      {
        find: 'number -= env.terminated[i] | env.truncated[i];',
        replace: '',
        why: 'episodes that end in the same step get the same number',
      },
      {
        find: 'const isOver = (env.terminated[slot] | env.truncated[slot]) !== 0;',
        replace: 'const isOver = env.terminated[slot] !== 0;',
        why: 'an episode that is cut off is filmed into the next one',
      },
    ],
  },
  {
    file: 'src/train/history/thinning.ts',
    tests: ['unit/history'],
    changes: [
      {
        find: '(i) => i === 0 || i === steps.length - 1 ||',
        replace: '(i) => i === 0 ||',
        why: 'the last checkpoint may be thinned out',
      },
    ],
  },
  {
    file: 'src/train/history/turning-points.ts',
    tests: ['unit/history'],
    changes: [
      {
        find: 'const rise = (mean - before.mean) / (error || Infinity);',
        replace: 'const rise = (before.mean - mean) / (error || Infinity);',
        why: 'falls are told as jumps',
      },
      {
        find: 'if (this.next.looks < HOLD) return;',
        replace: '',
        why: 'every flicker of the greedy action is a changed choice',
      },
    ],
  },
];
