/** Traps of the field that no other test looks at; docs/traps.md has all of them and says where each is handled. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describe as describeTable } from '#core/config.ts';
import { rngStreams } from '#core/rng.ts';
import type { Compute } from '#compile/step.ts';
import { drawNoise } from '#agents/nn/noise.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { Minibatches } from '#core/minibatches.ts';
import { categoricalHead } from '#agents/value/dqn/q-network.ts';
import { createCompute } from '#host/compute.ts';
import { agents } from '#train/catalogue/agents.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { Forward } from '#tests/parity/forward.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

async function afterSteps(request: RunRequest, steps: number): Promise<ReinforcementRun> {
  const trainer = await ReinforcementRun.create(resolveRun(request), compute);
  await trainer.advance(() => trainer.progress >= steps);
  return trainer;
}

/** How often the target network is copied in 640 env steps: its numbers change then and only then. */
async function copies(config: Record<string, unknown>): Promise<number> {
  const settings = { learningStarts: 32, batchSize: 8, targetEvery: 64, network: [], ...config };
  const trainer = await ReinforcementRun.create(
    resolveRun({ world: 'cart-pole', agent: 'dqn', config: settings }),
    compute,
  );
  let [count, before] = [0, ''];
  while (trainer.progress < 640) {
    await trainer.advance(() => true);
    const { learner } = await trainer.agent.snapshot();
    const target = String((learner as Record<string, Float32Array>)['target']);
    if (before !== '' && target !== before) count++;
    before = target;
  }
  trainer.dispose();
  return count;
}

describe('4, units of the target network', () => {
  it('are env steps, however many worlds are played at once and however often it learns', async () => {
    const [alone, many, often] = [
      await copies({ numEnvs: 1, trainEvery: 4 }),
      await copies({ numEnvs: 8, trainEvery: 8 }),
      await copies({ numEnvs: 1, trainEvery: 4, gradientSteps: 4 }),
    ];
    for (const count of [alone, many, often]) {
      expect(count).toBeGreaterThanOrEqual(8);
      expect(count).toBeLessThanOrEqual(10);
    }
  });
});

describe('7, factorised noise', () => {
  it('on the weights is an outer product: every 2 × 2 minor vanishes', () => {
    const [inputs, units] = [4, 5];
    const plan = planNetwork([{ kind: 'noisy', units, sigma: 1 }], [inputs], 'network');
    const weights = new Float32Array(plan.size);
    for (const { name, offset, size } of plan.params)
      if (name.endsWith('kernelSigma')) weights.fill(1, offset, offset + size);
    const noise = new Float32Array(plan.noise);
    drawNoise(noise, rngStreams(5)('noise'));
    const rows = Float32Array.from({ length: inputs * inputs }, (_, k) => (k % (inputs + 1) === 0 ? 1 : 0));
    const matrix = new Forward(plan, inputs, noise).run(weights, rows, inputs);
    expect(matrix.every((x) => x !== 0)).toBe(true);
    for (let i = 1; i < inputs; i++)
      for (let j = 1; j < units; j++)
        expect(matrix[0] * matrix[i * units + j] - matrix[j] * matrix[i * units]).toBeCloseTo(0, 5);
  });
});

describe('8, categorical returns', () => {
  it('lose no mass, least of all where a return falls on an atom', () => {
    const [atoms, low, high] = [11, -10, 10];
    const head = categoricalHead(atoms, low, high);
    const onAtom = fc.integer({ min: -6, max: 6 }).map((k) => 2 * k);
    const reward = fc.oneof(onAtom, fc.float({ min: -30, max: 30, noNaN: true }));
    const discount = fc.constantFrom(0, 0.5, 0.99, 1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(reward, discount), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (rows, seed) => {
          const rng = rngStreams(seed)('logits');
          const logits = Float32Array.from({ length: rows.length * atoms }, () => 3 * rng.normal());
          const sums = tf.tidy(() =>
            tf
              .sum(
                head.target({
                  rewards: tf.tensor1d(rows.map(([r]) => r)),
                  discounts: tf.tensor1d(rows.map(([, d]) => d)),
                  next: tf.tensor2d(logits, [rows.length, atoms]),
                }),
                1,
              )
              .dataSync(),
          );
          for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
        },
      ),
    );
  });
});

describe('10 and 11, rewards and steps', () => {
  it('are left as they are unless asked: nothing is clipped, no frame skipped', () => {
    expect(wrapperTable.parse({})).toMatchObject({
      clipReward: 0,
      actionRepeat: 1,
      normaliseReward: false,
      normaliseObservation: false,
    });
    expect(resolveRun({ world: 'seaquest', agent: 'dqn', preset: 'minatar' }).wrappers).toEqual(
      wrapperTable.parse({}),
    );
  });

  it("are the agent's decisions, also where one is kept for four steps of the world", async () => {
    const request = { world: 'cart-pole', agent: 'reinforce', config: { numEnvs: 2 } };
    const trainer = await afterSteps({ ...request, wrappers: { actionRepeat: 4 } }, 200);
    expect(trainer.progress).toBe(200);
    const { length, return: returns } = trainer.recorder.episodesSince(0);
    // A reward of 1 per step of the world.
    returns.forEach((total, k) => expect(total).toBeGreaterThan(3 * (length[k] - 1)));
    trainer.dispose();
  });
});

describe('12, epochs of PPO', () => {
  it('go over every row once, in another order each time', () => {
    const minibatches = new Minibatches(64, 4, rngStreams(1)('shuffle'));
    const epochs = [0, 1, 2].map((epoch) =>
      [0, 1, 2, 3].flatMap((k) => [...minibatches.rows(4 * epoch + k)]),
    );
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([...Array(64).keys()]);
    expect(new Set(epochs.map(String)).size).toBe(3);
  });

  it("adds its paper's ε of 1e-5 to Adam's divisor", () => {
    const ppo = agents.find(({ id }) => id === 'ppo');
    const field = ppo && describeTable(ppo.config).find(({ key }) => key === 'optimizerEpsilon');
    expect(field?.default).toBe(1e-5);
  });
});

describe('13, what tfjs gets wrong', () => {
  it('is used nowhere: its multinomial, its optimizers, its random initial values', () => {
    const root = resolve(import.meta.dirname, '../..');
    const banned = /\btf\.(multinomial|train\.|random(Normal|Uniform|Standard|Gamma)|truncatedNormal)/;
    const files = ['agents', 'src/core', 'src/train'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(root, folder, name)),
    );
    expect(files.length).toBeGreaterThan(80);
    expect(files.filter((file) => banned.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
