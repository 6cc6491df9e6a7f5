/** What a run's replay buffer takes is known before its first step, and refused where it does not fit. */
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { Experience, experienceBytes } from '#core/experience.ts';
import { child, isTypedArray, type Snapshot, type SnapshotValue } from '#core/snapshot.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { checkMemory, memoryNeeded } from '#train/request/memory.ts';
import { createKernel, resolveRun, type RunRequest } from '#train/request/resolve.ts';

const pictures: RunRequest = { world: 'pong', agent: 'dqn', params: { observation: 'pixels' } };

/** Bytes of all arrays of a snapshot. */
function bytesIn(saved: SnapshotValue): number {
  if (isTypedArray(saved)) return saved.byteLength;
  if (typeof saved !== 'object' || saved === null) return 0;
  return Object.values(saved as Snapshot).reduce<number>((sum, value) => sum + bytesIn(value), 0);
}

/** A full memory of `rows` transitions of a world, played by chance. */
function fill(request: RunRequest, rows: number): Experience {
  const env = new VectorEnv(createKernel(resolveRun(request)), 1, rngStreams(1));
  const config = { replaySize: rows, numEnvs: 1, batchSize: 1 };
  const nothing = new Float32Array(0);
  const arrays = { obs: nothing, nextObs: nothing, actions: nothing, rewards: nothing, discounts: nothing };
  const memory = new Experience(env.spec, config, arrays);
  const actions = actionBuffer(env.spec, 1);
  const rng = rngStreams(2)('actions');
  for (let t = 0; t < rows; t++) {
    if (actions.discrete.length > 0) actions.discrete[0] = rng.integer(2);
    const obs = env.obs.slice();
    env.step(actions);
    const { reward, terminated, truncated, obs: nextObs, finalObs } = env;
    memory.observe({ n: 1, obs, actions, reward, terminated, truncated, nextObs, finalObs }, 0.99);
  }
  return memory;
}

describe('the memory of a run', () => {
  it.each<RunRequest>([
    pictures,
    { world: 'breakout', agent: 'dqn' },
    { world: 'cart-pole', agent: 'dqn' },
    { world: 'pendulum', agent: 'sac' },
  ])('takes what was said: $world', (request) => {
    // Not quite: episodes begin with an observation more, and a store grows by chunks.
    const rows = request === pictures ? 2000 : 8000;
    const memory = fill(request, rows);
    const { spec, obs } = new VectorEnv(createKernel(resolveRun(request)), 1, rngStreams(1));
    const said = experienceBytes(spec, obs) * rows;
    const taken = bytesIn(child({ memory: memory.replay.snapshot() }, 'memory'));
    expect(taken / said).toBeGreaterThan(0.85);
    expect(taken / said).toBeLessThan(1.25);
  });

  it('is that of bytes for pictures, and no more than the run has steps for', () => {
    const { bytes } = memoryNeeded(resolveRun(pictures));
    expect(bytes / (50_000 * 84 * 84 * 4)).toBeCloseTo(1, 2);
    expect(memoryNeeded(resolveRun(pictures), 5000)).toEqual({
      field: 'replaySize',
      rows: 5000,
      bytes: bytes / 10,
    });
    expect(memoryNeeded(resolveRun({ world: 'cart-pole', agent: 'reinforce' })).bytes).toBe(0);
  });

  it('is refused by its field where it does not fit', () => {
    const run = resolveRun(pictures);
    expect(() => checkMemory(run, 1e9)).toThrow(
      'agent.replaySize: expected at most 35398 transitions, which take 1 GB, got 50000, which take 1.4 GB',
    );
    expect(checkMemory(run, 1e9, 30_000).rows).toBe(30_000);
    expect(checkMemory(run, 2e9).rows).toBe(50_000);
  });

  it('is that of a whole rollout for agents without a replay buffer', () => {
    const wrappers = { pixels: true, frameStack: 16 };
    const request = { world: 'pong', agent: 'ppo', wrappers, config: { steps: 2048, numEnvs: 256 } };
    const { rows, bytes } = memoryNeeded(resolveRun(request));
    expect(rows).toBe(2048 * 256);
    expect(bytes).toBe(2048 * 256 * 84 * 84 * 16 * 4);
    expect(() => checkMemory(resolveRun(request), 2 ** 34)).toThrow(
      /^agent\.steps: expected at most 38043 steps of all environments together, which take 17 GB, got 524288, which take 240 GB$/u,
    );
    expect(memoryNeeded(resolveRun({ world: 'taxi', agent: 'q-learning' })).bytes).toBe(0);
  });
});
