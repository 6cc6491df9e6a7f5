/** The replay buffer and n-step returns, against models that keep everything in plain lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepBuffers } from '#core/agent.ts';
import { NStep } from '#core/experience.ts';
import { Normaliser, RunningMoments } from '#core/moments.ts';
import { ObservationStore } from '#core/observation-store.ts';
import { Replay, type Batch, type ReplayShape, type Transition } from '#core/replay.ts';
import { rngStreams } from '#core/rng.ts';
import { child, savedArray, type Snapshot, type TypedArray } from '#core/snapshot.ts';

const SHAPE = { capacity: 8, observation: 2, actionDims: 0 };

function batchOf({ observation }: ReplayShape, size: number): Batch {
  return {
    rows: new Int32Array(size),
    obs: new Float32Array(size * observation),
    nextObs: new Float32Array(size * observation),
    actions: new Int32Array(size),
    rewards: new Float32Array(size),
    discounts: new Float32Array(size),
  };
}

/** Adds a transition that begins and ends with one observation, by default [k, k / 2]; returns its row. */
function add(
  replay: Replay,
  k: number,
  { numbers = [k, 0.5 * k], ...changes }: Partial<Transition> & { numbers?: readonly number[] } = {},
): number {
  const obs = replay.observations.add(Float32Array.from(numbers), 0);
  const row = replay.add({
    obs,
    nextObs: obs,
    actions: Float32Array.of(k % 3),
    actionsOffset: 0,
    reward: k,
    steps: 1,
    terminated: false,
    ...changes,
  });
  replay.observations.release(obs);
  return row;
}

/** The array of a buffer's observations as it is saved. */
function savedNumbers(replay: Replay): TypedArray {
  return savedArray(child(replay.snapshot(), 'observations'), 'values');
}

describe('the replay buffer', () => {
  it('overwrites the oldest and gives back what it was given', () => {
    const replay = new Replay(SHAPE);
    for (let k = 0; k < 11; k++) add(replay, k, { terminated: k === 10, steps: 1 + (k % 2) });
    expect(replay.size).toBe(8);
    const batch = batchOf(SHAPE, 8);
    batch.rows.set([0, 1, 2, 3, 4, 5, 6, 7]);
    replay.gather(batch, 0.5);
    expect([...batch.rewards]).toEqual([8, 9, 10, 3, 4, 5, 6, 7]);
    expect([...batch.obs].filter((_, k) => k % 2 === 1)).toEqual([4, 4.5, 5, 1.5, 2, 2.5, 3, 3.5]);
    expect([...batch.discounts]).toEqual([0.5, 0.25, 0, 0.25, 0.5, 0.25, 0.5, 0.25]);
    expect([...batch.actions]).toEqual([2, 0, 1, 0, 1, 2, 0, 1]);
  });

  it('keeps whole numbers as bytes until a number comes that is none', () => {
    const bytes = new Replay({ ...SHAPE, capacity: 5000 });
    for (let k = 0; k < 3000; k++) add(bytes, 2 * (k % 100));
    expect(savedNumbers(bytes)).toBeInstanceOf(Uint8Array);
    add(bytes, 0, { numbers: [-0.25, 300] });
    expect(savedNumbers(bytes)).toBeInstanceOf(Float32Array);
    const batch = batchOf(SHAPE, 2);
    batch.rows.set([42, 3000]);
    bytes.gather(batch, 1);
    expect([...batch.obs]).toEqual([84, 42, -0.25, 300]);
  });

  it('keeps a picture as bytes: every shade of grey comes back as it was', () => {
    const replay = new Replay({ ...SHAPE, capacity: 300, levels: 255 });
    const greys = Float32Array.from({ length: 256 }, (_, k) => k / 255);
    for (let k = 0; k < 256; k++) add(replay, 0, { numbers: [greys[k], greys[255 - k]] });
    expect(savedNumbers(replay)).toBeInstanceOf(Uint8Array);
    const batch = batchOf(SHAPE, 256);
    batch.rows.set(Array.from({ length: 256 }, (_, k) => k));
    replay.gather(batch, 1);
    expect(batch.obs.filter((_, k) => k % 2 === 0)).toEqual(greys);
    expect(batch.nextObs.filter((_, k) => k % 2 === 1)).toEqual(greys.toReversed());
    add(replay, 0, { numbers: [0.3, 1] });
    expect(savedNumbers(replay)).toBeInstanceOf(Float32Array);
    replay.gather(batch, 1);
    expect(batch.obs.filter((_, k) => k % 2 === 0)).toEqual(greys);
  });

  it('keeps any number of levels as bytes, though a level times their number may come out a little less than whole', () => {
    for (const levels of [1, 10, 100, 254, 255]) {
      const all = Float32Array.from({ length: levels + 1 }, (_, k) => k / levels);
      expect(ObservationStore.bytesOf(all, levels)).toBe(levels + 1);
    }
  });

  it('keeps observations raw and normalises a batch by the statistics of the moment', () => {
    const moments = new RunningMoments(2);
    const replay = new Replay(SHAPE, new Normaliser(moments));
    add(replay, 0, { numbers: [3, -1] });
    const batch = batchOf(SHAPE, 1);
    moments.add([3, -1]);
    replay.gather(batch, 1);
    expect([...batch.obs]).toEqual([0, 0]);
    moments.add([1, 5]);
    replay.gather(batch, 1);
    // Means 2 and 2, deviations 1 and 3.
    for (const obs of [batch.obs, batch.nextObs]) {
      expect(obs[0]).toBeCloseTo(1, 6);
      expect(obs[1]).toBeCloseTo(-1, 6);
    }
  });

  it('reads earlier checkpoints, which have every observation twice and normalised', () => {
    const moments = new RunningMoments(2);
    moments.add([3, -1]);
    moments.add([1, 5]);
    const replay = new Replay(SHAPE, new Normaliser(moments));
    const seen = [0.5, -1, 2, 0.25];
    const later = [0.75, 1, -1, 0];
    replay.restore(earlier(seen, later));
    const batch = batchOf(SHAPE, 2);
    batch.rows.set([0, 1]);
    replay.gather(batch, 1);
    seen.forEach((value, k) => expect(batch.obs[k]).toBeCloseTo(value, 5));
    later.forEach((value, k) => expect(batch.nextObs[k]).toBeCloseTo(value, 5));
    const plain = new Replay(SHAPE);
    plain.restore(earlier(seen, later));
    plain.gather(batch, 1);
    expect([...batch.obs, ...batch.nextObs]).toEqual([...seen, ...later]);
  });

  it('samples evenly', () => {
    const replay = new Replay(SHAPE);
    for (let k = 0; k < 4; k++) add(replay, k);
    const batch = batchOf(SHAPE, 4000);
    replay.sample(batch, 1, rngStreams(1)('replay'));
    for (let row = 0; row < 4; row++)
      expect(batch.rows.filter((drawn) => drawn === row).length).toBeCloseTo(1000, -2);
  });

  it('restores bit for bit', () => {
    const replay = new Replay({ ...SHAPE, capacity: 2000, actionDims: 2 });
    for (let k = 0; k < 2500; k++) add(replay, k, { actions: Float32Array.of(k, -k) });
    const other = new Replay({ ...SHAPE, capacity: 2000, actionDims: 2 });
    other.restore(structuredClone(replay.snapshot()));
    expect(other.snapshot()).toEqual(replay.snapshot());
  });
});

/** Two transitions as buffers saved them when they had the observations row by row. */
function earlier(obs: readonly number[], nextObs: readonly number[]): Snapshot {
  return {
    size: 2,
    next: 2,
    length: 8,
    bytes: false,
    rows: {
      obs: padded(obs),
      nextObs: padded(nextObs),
      actions: new Int32Array(8),
      rewards: new Float32Array(8),
      steps: new Uint8Array(8).fill(1),
      terminated: new Uint8Array(8),
    },
  };
}

/** In an array for 8 observations of 2 numbers. */
function padded(values: readonly number[]): Float32Array {
  const all = new Float32Array(16);
  all.set(values);
  return all;
}

/** One slot's episode as a list of rewards, and how it ended. */
const episodes = fc.array(
  fc.record({
    rewards: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 7 }),
    end: fc.constantFrom('terminated', 'truncated'),
  }),
  { minLength: 1, maxLength: 5 },
);

describe('n-step returns', () => {
  it('store every start with the rewards that follow it in its own episode', () => {
    fc.assert(
      fc.property(episodes, fc.integer({ min: 1, max: 5 }), (list, n) => {
        const gamma = 0.5;
        const shape = { capacity: 256, observation: 1, actionDims: 0 };
        const replay = new Replay(shape);
        const nStep = new NStep(replay, 1, n);
        const expected: number[][] = [];
        let time = 0;
        for (const { rewards, end } of list) {
          rewards.forEach((_, t) => {
            const steps = Math.min(n, rewards.length - t);
            const sum = rewards.slice(t, t + steps).reduceRight((later, r) => r + gamma * later, 0);
            const last = t + steps === rewards.length && end === 'terminated';
            const next = t + steps === rewards.length ? 1000 + time + t + steps : time + t + steps;
            expected.push([time + t, sum, last ? 0 : gamma ** steps, next]);
          });
          for (const [t, reward] of rewards.entries()) {
            const ends = t === rewards.length - 1;
            nStep.observe(stepOf(time + t, reward, ends ? end : undefined), gamma);
          }
          time += rewards.length;
        }
        const batch = batchOf(shape, replay.size);
        batch.rows.set(Array.from({ length: replay.size }, (_, k) => k));
        replay.gather(batch, gamma);
        const got = Array.from({ length: replay.size }, (_, k) => [
          batch.obs[k],
          batch.rewards[k],
          batch.discounts[k],
          batch.nextObs[k],
        ]);
        expect(got).toEqual(expected.toSorted((a, b) => a[0] - b[0]));
      }),
    );
  });
});

describe('what consecutive transitions share', () => {
  it('is kept once, and forgotten with the last of them', () => {
    const shape = { capacity: 50, observation: 1, actionDims: 0 };
    const replay = new Replay(shape);
    const nStep = new NStep(replay, 1, 3);
    for (let time = 0; time < 10_000; time++)
      nStep.observe(stepOf(time, 0, time % 10 === 9 ? 'terminated' : undefined), 1);
    // 50 transitions of 5 episodes have 55 observations; with two each it would be 100, and without forgetting 11 000.
    const { uses, free } = child(replay.snapshot(), 'observations') as Record<string, Int32Array>;
    expect(uses.length - free.length).toBe(55);
    expect(uses.length).toBe(1024);
  });
});

/** A step of one slot at a time: observations are the time, the last one of an episode 1000 more. */
function stepOf(time: number, reward: number, end: string | undefined): StepBuffers {
  return {
    n: 1,
    obs: Float32Array.of(time),
    actions: { discrete: Int32Array.of(0), box: new Float32Array(0) },
    reward: Float32Array.of(reward),
    terminated: Uint8Array.of(end === 'terminated' ? 1 : 0),
    truncated: Uint8Array.of(end === 'truncated' ? 1 : 0),
    nextObs: Float32Array.of(time + 1),
    finalObs: Float32Array.of(1001 + time),
  };
}
