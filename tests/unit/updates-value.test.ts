/** The gradient step of PQN against its equation, and what DQN gives its step: priorities, weights, the target's updates. */
import { describe, expect, it } from 'vitest';
import { pqn } from '#agents/value/pqn/pqn.ts';
import { parseConfig } from '#core/config.ts';
import { child, savedArray } from '#core/snapshot.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import type { ReinforcementRun } from '#train/runs/reinforcement.ts';
import {
  expectGradient,
  gradientSeen,
  mean,
  range,
  recordUpdates,
  row,
  stack,
} from '#tests/recorded-updates.ts';

const network = [{ kind: 'dense', units: 4, activation: 'tanh' }];

describe('PQN', () => {
  it('descends on ½ (Q(s, a) − G)², in every epoch on every minibatch', async () => {
    const config = {
      network,
      gamma: 0.9,
      lambda: 0,
      numEnvs: 2,
      steps: 8,
      epochs: 3,
      minibatches: 2,
      gradientClip: 0,
    };
    let progress = 0;
    const updates = await recordUpdates({ world: 'cart-pole', agent: 'pqn', config }, 6, (run) => {
      progress = run.progress;
    });
    // Three epochs of two minibatches.
    expect([updates.length, progress]).toEqual([6, 16]);
    const sizes = [4, 4, 2];
    for (const update of [updates[0], updates[5]])
      expectGradient(gradientSeen(update), update.before['params'], (block) =>
        mean(
          range(8).map((k) => {
            const q = stack(block, 0, sizes, row(update.inputs['obs'], k, 4))[update.inputs['actions'][k]];
            return 0.5 * (q - update.inputs['returns'][k]) ** 2;
          }),
        ),
      );
  });

  it('bootstraps from the best action of what followed', async () => {
    const played: { readonly terminated: number; readonly next: readonly number[] }[] = [];
    const settings = { network, gamma: 0.9, lambda: 0, numEnvs: 1, steps: 32, epochs: 1, minibatches: 1 };
    const request = { world: 'cart-pole', agent: 'pqn', config: settings };
    const [{ before, inputs }] = await recordUpdates(request, 1, ({ env }) => {
      played.push({ terminated: env.terminated[0], next: row(env.obs, 0, 4) });
    });
    const q = (obs: readonly number[]) => stack(before['params'], 0, [4, 4, 2], obs);
    // Rows are shuffled: each but the first is known by its observation, the next one of the step before.
    const rows = range(32).map((k) => ({ obs: row(inputs['obs'], k, 4), target: inputs['returns'][k] }));
    const best = new Set<number>();
    for (let t = 1; t < 32; t++) {
      const { terminated, next } = played[t];
      const found = rows.find(({ obs }) => obs.every((x, j) => x === played[t - 1].next[j]));
      const values = q(next);
      best.add(values[0] > values[1] ? 0 : 1);
      expect(found?.target).toBeCloseTo(1 + (terminated ? 0 : 0.9 * Math.max(...values)), 5);
    }
    expect(best.size).toBe(2);
  });

  it('normalises every layer of its own network before the activation, and none that is given', () => {
    const spec = worlds.find(({ id }) => id === 'cart-pole')?.create({}).spec;
    if (!spec) throw new Error('no CartPole');
    const kinds = (settings: Readonly<Record<string, unknown>>) =>
      pqn.networks?.(spec, parseConfig(pqn.config, settings, 'agent'))[0].layers.map(({ kind }) => kind);
    expect(kinds({})).toEqual(['dense', 'layerNorm', 'dense', 'layerNorm', 'dense']);
    expect(kinds({ network })).toEqual(['dense', 'dense']);
  });
});

const config = {
  network,
  batchSize: 8,
  replaySize: 128,
  learningStarts: 20,
  trainEvery: 4,
  gradientSteps: 1,
  targetEvery: 20,
  targetRate: 1,
  nStep: 1,
};

/** Priorities of the rows in use. */
async function leavesOf(run: ReinforcementRun): Promise<readonly number[]> {
  const agent = child(await run.snapshot(), 'agent');
  const sums = savedArray(child(agent, 'priorities'), 'sums');
  return Array.from(sums.subarray(sums.length / 2)).filter((p) => p > 0);
}

describe('DQN', () => {
  it('updates its target network as soon as so many env steps have passed, at the last step of a round', async () => {
    const updates = await recordUpdates(
      { world: 'cart-pole', agent: 'dqn', config: { ...config, gradientSteps: 2 } },
      32,
    );
    // Rounds of two at 20, 24, 28 … env steps; the target follows at 20, 40, 60 and 80.
    updates.forEach(({ inputs, before, after }, k) => {
      const isDue = k % 10 === 1;
      expect(inputs['targetRate'][0]).toBe(isDue ? 1 : 0);
      expect(after['target']).toEqual(isDue ? after['online'] : before['target']);
    });
  });

  it('moves the average that plays greedily by its rate', async () => {
    const [, { before, after }] = await recordUpdates(
      { world: 'cart-pole', agent: 'dqn', config: { ...config, averageRate: 0.25 } },
      2,
    );
    after['average'].forEach((value, k) =>
      expect(value).toBeCloseTo(0.75 * before['average'][k] + 0.25 * after['online'][k], 6),
    );
    expect(after['average']).not.toEqual(after['online']);
  });

  it('has priorities (|δ| + 10⁻⁶)^α, the largest so far for what is new, and weights (N P)^−β with a growing β', async () => {
    const settings = { prioritized: true, priorityExponent: 0.6, importanceStart: 0.4, importanceSteps: 100 };
    const seen: { readonly at: number; readonly leaves: readonly number[] }[] = [];
    const updates = await recordUpdates(
      { world: 'cart-pole', agent: 'dqn', config: { ...config, trainEvery: 1, ...settings } },
      6,
      async (run) => {
        seen.push({ at: run.progress, leaves: await leavesOf(run) });
      },
    );
    updates.forEach(({ inputs, outputs }, k) => {
      const after = seen.find(({ at }) => at === 20 + k)?.leaves ?? [];
      const earlier = seen.find(({ at }) => at === 19 + k)?.leaves ?? [];
      const given = Array.from(outputs['priority'], (error) => (error + 1e-6) ** 0.6);
      for (const priority of given) expect(after.some((leaf) => Math.abs(leaf - priority) < 1e-6)).toBe(true);
      // What this step has stored is drawn as if it were the most surprising.
      const largest = Math.max(
        1,
        ...updates.slice(0, k).flatMap((u) => Array.from(u.outputs['priority'], (e) => (e + 1e-6) ** 0.6)),
      );
      const before = [...earlier, largest];
      const beta = 0.4 + 0.6 * ((20 + k) / 100);
      const possible = before.map((p) => (p / Math.min(...before)) ** -beta);
      for (const weight of inputs['weights'])
        expect(possible.some((each) => Math.abs(each - weight) < 1e-5)).toBe(true);
      if (k > 0) expect(new Set(inputs['weights']).size).toBeGreaterThan(1);
      const stored = after.at(-1) ?? 0;
      expect(Math.abs(stored - largest) < 1e-6 || given.some((p) => Math.abs(p - stored) < 1e-6)).toBe(true);
    });
  });
});
