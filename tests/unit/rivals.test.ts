/** What is compared with other programs is the same work, and what is not there is left out. */
import { describe, expect, it } from 'vitest';
import { rivals, works } from '#node/bench/rivals/comparisons.ts';
import { measureRivals, rivalsTables, type Pairs } from '#node/bench/rivals/rivals.ts';
import { stableBaselines } from '#node/bench/rivals/stable-baselines.ts';
import { resolveRun } from '#train/request/resolve.ts';

describe("Stable-Baselines3's settings", () => {
  it.each(Object.entries(stableBaselines))('of %s are those of our preset', (row, theirs) => {
    const task = works.find((work) => work.row === row)?.task;
    if (task?.kind !== 'train') throw new Error(`${row}: no such work`);
    const { config } = resolveRun(task.request);
    const given = theirs.arguments;
    expect(theirs.envs).toBe(config['numEnvs']);
    expect(given['learning_rate']).toBe(config['learningRate']);
    // Its default, unless given.
    expect(given['gamma'] ?? 0.99).toBe(config['gamma']);
    if (theirs.algorithm === 'PPO') {
      const { numEnvs, steps, minibatches, epochs, entropyCoefficient } = config;
      expect(given).toMatchObject({
        n_steps: steps,
        batch_size: (Number(numEnvs) * Number(steps)) / Number(minibatches),
        n_epochs: epochs,
        ent_coef: entropyCoefficient,
      });
      return;
    }
    const { replaySize, learningStarts, batchSize, trainEvery, gradientSteps } = config;
    expect(given).toMatchObject({
      buffer_size: replaySize,
      learning_starts: learningStarts,
      batch_size: batchSize,
    });
    expect(given['train_freq'] ?? 1).toBe(trainEvery);
    expect(given['gradient_steps'] ?? 1).toBe(gradientSteps);
    if (theirs.algorithm === 'DQN') expect(given['target_update_interval']).toBe(config['targetEvery']);
  });
});

it('measures nothing that is not there, and says so', async () => {
  const skipped: string[] = [];
  const places = { python: '/nowhere/python3' };
  const options = { only: 'Stable-Baselines3', places, pairs: 1, seconds: 1, threads: 1 };
  for await (const pairs of measureRivals(options, (rival, why) => skipped.push(`${rival}: ${why}`)))
    throw new Error(`${pairs.rival} was measured`);
  expect(skipped).toContain('Stable-Baselines3: no stable_baselines3 in /nowhere/python3');
  expect(skipped).toContain('RLtools, WebAssembly: no --rltools');
  // Only tfjs is a dependency.
  expect(skipped).toHaveLength(rivals.length - 1);
});

it('measures on several threads what can use them', async () => {
  const skipped: string[] = [];
  const places = { python: '/nowhere/python3' };
  const options = { only: '', places, pairs: 1, seconds: 1, threads: 2 };
  for await (const pairs of measureRivals(options, (rival, why) => skipped.push(`${rival}: ${why}`)))
    throw new Error(`${pairs.rival} was measured`);
  expect(skipped).toContain('tfjs-wasm: it runs on one thread');
  expect(skipped).toContain('RLtools, WebAssembly: it runs on one thread');
  expect(skipped).toContain('RLtools, OpenBLAS with AVX2: no --rltools');
  expect(skipped).toContain('PyTorch: no torch in /nowhere/python3');
});

function pairs(row: string, rival: string, theirs: readonly number[]): Pairs {
  return { row, rival, ours: [100, 200, 300], theirs };
}

it('gives medians of pairs and their range, a table for each set of rivals', () => {
  const text = rivalsTables(
    [
      pairs('first', 'A', [50, 50, 50]),
      pairs('first', 'B', [1000, 1000, 1000]),
      pairs('second', 'A', [10, 10, 10]),
      pairs('third', 'A', [1, 1, 1]),
      pairs('third', 'B', [2, 2, 2]),
    ],
    1,
  );
  // Without the padding of columns.
  expect(text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')).toBe(
    [
      '| Steps per CPU second | Ludus | A | B |',
      '| --- | --- | --- | --- |',
      '| first | 200 | 4.0× (2.0 – 6.0), 50 | 0.20× (0.10 – 0.30), 1000 |',
      '| third | 200 | 200× (100 – 300), 1 | 100× (50.0 – 150), 2 |',
      '',
      '| Steps per CPU second | Ludus | A |',
      '| --- | --- | --- |',
      '| second | 200 | 20.0× (10.0 – 30.0), 10 |',
      '',
    ].join('\n'),
  );
});
