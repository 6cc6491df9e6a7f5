/** What policy-gradient agents collect: successors' values of a rollout, returns of episodes, and draws of distributions. */
import { describe, expect, it } from 'vitest';
import type { StepBuffers } from '#core/agent.ts';
import { rngStreams } from '#core/rng.ts';
import {
  categoricalLogProb,
  normalLogProb,
  probabilities,
  sampleCategorical,
} from '#agents/nn/distributions.ts';
import { Episodes } from '#agents/policy/reinforce/episodes.ts';
import { RolloutBuffer } from '#agents/policy/rollout.ts';

/** A step of slots whose observations are the numbers given; where an episode ended, the last one is 100 more. */
function stepOf(obs: readonly number[], ends: readonly string[] = []): StepBuffers {
  const flags = (kind: string): Uint8Array => Uint8Array.from(obs, (_, i) => (ends[i] === kind ? 1 : 0));
  return {
    n: obs.length,
    obs: Float32Array.from(obs),
    actions: { discrete: new Int32Array(obs.length), box: new Float32Array(0) },
    reward: new Float32Array(obs.length).fill(1),
    terminated: flags('terminated'),
    truncated: flags('truncated'),
    nextObs: Float32Array.from(obs, (o) => o + 1),
    finalObs: Float32Array.from(obs, (o) => o + 100),
  };
}

/** A critic to whom a state is worth its observation. */
const critic = { value: (obs: Float32Array): number => obs[0] };

describe('a rollout', () => {
  it('knows what every successor is worth: the next step, the last observation, or the end', () => {
    const rollout = new RolloutBuffer({ steps: 3, slots: 2, observation: 1, action: 1 });
    const play = (obs: readonly number[], ends: readonly string[] = []): void => {
      rollout.pending.values.set(obs);
      rollout.pending.actions.set([1, 0]);
      rollout.pending.logProbs.set([-1, -2]);
      rollout.observe(stepOf(obs, ends), critic);
    };
    play([10, 20]);
    play([11, 21], ['truncated', 'terminated']);
    play([50, 60]);
    expect(rollout.full).toBe(true);
    // Of the terminated step (row 3) nobody asks.
    expect([...rollout.nextValues].filter((_, k) => k !== 3)).toEqual([11, 21, 111, 51, 61]);
    expect([...rollout.values]).toEqual([10, 20, 11, 21, 50, 60]);
    expect([...rollout.actions]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...rollout.logProbs]).toEqual([-1, -2, -1, -2, -1, -2]);
    const other = new RolloutBuffer({ steps: 3, slots: 2, observation: 1, action: 1 });
    other.restore(structuredClone(rollout.snapshot()));
    expect(other.snapshot()).toEqual(rollout.snapshot());
  });
});

/** A state is worth its observation. */
function worth(obs: Float32Array, slot: number): number {
  return obs[slot];
}

describe('episodes', () => {
  const shape = { slots: 2, maxSteps: 4, observation: 1, action: 1 };

  it('hand over returns that stop at a termination and go on past a cut', () => {
    const episodes = new Episodes(shape);
    const drawn = Float32Array.of(3, 4);
    episodes.observe(stepOf([1, 50]), drawn, 0.5, worth);
    episodes.observe(stepOf([2, 51], ['terminated', 'truncated']), drawn, 0.5, worth);
    expect(episodes.finished).toBe(2);
    expect([...episodes.returns]).toEqual([1.5, 1, 1 + 0.5 * (1 + 0.5 * 151), 1 + 0.5 * 151]);
    expect([...episodes.obs]).toEqual([1, 2, 50, 51]);
    expect([...episodes.actions]).toEqual([3, 3, 4, 4]);
  });

  it('are cut where they outgrow the batch, and leave out what does not fit', () => {
    const episodes = new Episodes(shape);
    const drawn = Float32Array.of(0, 0);
    for (let t = 0; t < 4; t++)
      episodes.observe(stepOf([t, 10 + t], t === 1 ? ['terminated'] : []), drawn, 1, worth);
    // Slot 0 ended after two steps; slot 1 reached four, of which two still fitted.
    expect(episodes.count).toBe(4);
    expect(episodes.finished).toBe(2);
    expect([...episodes.obs]).toEqual([0, 1, 10, 11]);
    expect([...episodes.returns]).toEqual([2, 1, 4 + 14, 3 + 14]);
  });
});

describe('draws', () => {
  const logits = Float32Array.of(9, 9, 0, 1, -1, 1000);

  it('from a softmax come as often as they are likely', () => {
    const rng = rngStreams(1)('exploration');
    const counts = new Float64Array(3);
    const expected = probabilities(logits.slice(2, 5), 3);
    for (let k = 0; k < 30_000; k++) counts[sampleCategorical(logits, 2, 3, rng)] += 1 / 30_000;
    counts.forEach((share, k) => expect(share).toBeCloseTo(expected[k], 1.7));
    expect(expected.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    for (let k = 0; k < 3; k++)
      expect(categoricalLogProb(logits, 2, 3, k)).toBeCloseTo(Math.log(expected[k]), 5);
  });

  it('do not overflow', () => {
    expect(categoricalLogProb(logits, 4, 2, 1)).toBe(0);
    expect(sampleCategorical(logits, 4, 2, rngStreams(1)('exploration'))).toBe(1);
  });

  it('have the density of a normal distribution', () => {
    expect(normalLogProb(1, 1, 0)).toBeCloseTo(-0.9189385, 6);
    expect(normalLogProb(3, 1, Math.log(2))).toBeCloseTo(-0.9189385 - Math.log(2) - 0.5, 6);
  });
});
