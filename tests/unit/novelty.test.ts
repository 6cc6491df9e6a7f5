/** The bonus for observations that are new in their episode: how large it is, when there is none, and that it outlives a checkpoint. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepBuffers } from '#core/agent.ts';
import type { Compute } from '#compile/step.ts';
import { Novelty } from '#agents/policy/novelty.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const SLOTS = 2;
const step = {
  n: SLOTS,
  obs: new Float32Array(SLOTS),
  actions: { discrete: new Int32Array(SLOTS), box: new Float32Array(0) },
  reward: new Float32Array(SLOTS),
  terminated: new Uint8Array(SLOTS),
  truncated: new Uint8Array(SLOTS),
  nextObs: new Float32Array(SLOTS),
  finalObs: new Float32Array(SLOTS),
} satisfies StepBuffers;

/** The bonus of both slots for a step to `next`; with `final` the episode of the first one ends there. */
function visit(novelty: Novelty, next: readonly [number, number], final?: number): number[] {
  step.nextObs.set(next);
  step.finalObs[0] = final ?? 0;
  step.truncated[0] = final === undefined ? 0 : 1;
  const rewards = new Float32Array(SLOTS + 1).fill(1);
  novelty.reward(step, 2, rewards, 1);
  expect(rewards[0]).toBe(1);
  return [...rewards.subarray(1)].map((reward) => reward - 1);
}

const over = (root: number): number => Math.fround(1 + 2 / Math.sqrt(root)) - 1;

describe('the bonus', () => {
  it('is β/√N for an observation that is new in its episode, and 0 for one that is not', () => {
    const novelty = new Novelty(SLOTS);
    // Slots count together, the first before the second.
    expect(visit(novelty, [3, 3])).toEqual([over(1), over(2)]);
    expect(visit(novelty, [3, 4])).toEqual([0, over(1)]);
    expect(visit(novelty, [4, 3])).toEqual([over(2), 0]);
    expect(visit(novelty, [4, 5])).toEqual([0, over(1)]);
  });

  it('is for the last observation of an episode, and begins anew with the next one', () => {
    const novelty = new Novelty(SLOTS);
    visit(novelty, [3, 9]);
    // 5 is where the episode ended; the next one begins at 3, which it therefore has seen.
    expect(visit(novelty, [3, 9], 5)).toEqual([over(1), 0]);
    expect(visit(novelty, [3, 9])).toEqual([0, 0]);
    expect(visit(novelty, [5, 9])).toEqual([over(2), 0]);
  });

  it('counts what the world shows, not what is made of it', () => {
    const novelty = new Novelty(SLOTS);
    const raw = {
      obs: new Float32Array(SLOTS),
      nextObs: Float32Array.of(1, 2),
      finalObs: new Float32Array(SLOTS),
    };
    const rewards = new Float32Array(SLOTS);
    novelty.reward({ ...step, truncated: new Uint8Array(SLOTS), raw }, 1, rewards, 0);
    expect([...rewards]).toEqual([1, 1]);
    raw.nextObs.fill(1);
    novelty.reward({ ...step, truncated: new Uint8Array(SLOTS), raw }, 1, rewards.fill(0), 0);
    expect([...rewards]).toEqual([0, Math.fround(1 / Math.sqrt(2))]);
  });

  it('tells apart all of a MiniGrid’s views', () => {
    const novelty = new Novelty(1);
    const width = 49;
    const nextObs = new Float32Array(width);
    const rewards = new Float32Array(1);
    const one = { ...step, n: 1, nextObs, finalObs: new Float32Array(width), truncated: new Uint8Array(1) };
    // Whole numbers, as types and colours are, in a single place or in two.
    for (let a = 0; a < width; a++)
      for (let b = a; b < width; b++)
        for (const value of [1, 2, 9]) {
          nextObs.fill(0);
          nextObs[a] += value;
          nextObs[b] += 1;
          novelty.reward(one, 1, rewards, 0);
        }
    // Few share an entry: 3675 observations among a million entries and 65 536 of the episode.
    expect(rewards[0]).toBeGreaterThan(3660);
  });
});

async function advance(run: ReinforcementRun, steps: number): Promise<void> {
  const until = run.progress + steps;
  await run.advance(() => run.progress >= until);
}

describe('PPO with the bonus', () => {
  let compute: Compute & Disposable;
  beforeAll(async () => {
    compute = await createCompute('simd', { threads: 1 });
  });
  afterAll(() => compute[Symbol.dispose]());

  const start = (noveltyBonus: number, seed = 1): Promise<ReinforcementRun> => {
    const config = { noveltyBonus, numEnvs: 4, steps: 16, network: [{ kind: 'flatten' }] };
    return ReinforcementRun.create(
      resolveRun({ world: 'minigrid-empty', agent: 'ppo', config, seed }),
      compute,
    );
  };

  it('learns from it, and shows returns without it', async () => {
    const [plain, curious] = [await start(0), await start(1)];
    for (const run of [plain, curious]) await advance(run, 4 * 15);
    // Within the first rollout both act alike, and their episodes are worth the same.
    expect(curious.env.episodeReturn).toEqual(plain.env.episodeReturn);
    for (const run of [plain, curious]) await advance(run, 4 * 2);
    expect(curious.agent.parameters).not.toEqual(plain.agent.parameters);
    for (const run of [plain, curious]) run.dispose();
  });

  it('goes on from a checkpoint as if it had never stopped', async () => {
    const [one, other] = [await start(0.1), await start(0.1, 2)];
    await advance(one, 4 * 40);
    await other.restore(structuredClone(await one.snapshot()));
    for (const run of [one, other]) await advance(run, 4 * 40);
    // A bonus by other counts would have led to other weights.
    expect(other.agent.parameters).toEqual(one.agent.parameters);
    for (const run of [one, other]) run.dispose();
  });
});
