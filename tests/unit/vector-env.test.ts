/** `VectorEnv` over a tiny world made for the purpose: weights, limits, auto-reset, masks and snapshots in numbers one can check by hand. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';

interface CounterState extends Readonly<Record<string, Int32Array>> {
  readonly count: Int32Array;
}

/** Counts steps; ends after `length` of them. Event 0: 1 a step; event 1: the action. Action 1 is illegal at an odd count. */
function counter(length: number, maxSteps: number): EnvKernel<CounterState, number> {
  return {
    spec: {
      id: 'counter',
      version: 1,
      title: 'Counter',
      observation: { kind: 'vector', shape: [1] },
      action: { kind: 'discrete', names: ['zero', 'one'] },
      rewards: [
        { id: 'step', label: 'Step', weight: 1, help: 'Every step.' },
        { id: 'action', label: 'Action', weight: 10, help: 'The action.' },
      ],
      maxSteps,
      fps: 1,
      keys: { KeyA: 0 },
    },
    allocate: (n) => ({ count: new Int32Array(n) }),
    reset(s, i) {
      s.count[i] = 0;
    },
    step(s, i, action, _rng, out) {
      s.count[i]++;
      out.events[0] = 1;
      out.events[1] = action;
      out.terminated = s.count[i] === length;
    },
    observe(s, i, into, offset) {
      into[offset] = s.count[i];
    },
    draw(_s, _i, list) {
      list.begin(1, 1);
    },
  };
}

function play(env: VectorEnv, actions: readonly number[]): void {
  const buffer = actionBuffer(env.spec, env.n);
  buffer.discrete.set(actions);
  env.step(buffer);
}

const make = (length: number, maxSteps: number, n = 1): VectorEnv =>
  new VectorEnv(counter(length, maxSteps), n, rngStreams(1));

describe('VectorEnv', () => {
  it('terminates where the world does and truncates at the limit, both flags where both happen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }), (length, maxSteps) => {
        const env = make(length, maxSteps);
        const end = maxSteps === 0 ? length : Math.min(length, maxSteps);
        for (let t = 1; t <= 3 * end; t++) {
          play(env, [0]);
          const over = t % end === 0;
          expect(env.terminated[0]).toBe(Number(over && end === length));
          expect(env.truncated[0]).toBe(Number(over && end === maxSteps));
          expect(env.obs[0]).toBe(over ? 0 : t % end);
          if (over) expect(env.finalObs[0]).toBe(end);
          expect(env.episodeLength[0]).toBe(over ? end : t % end);
        }
      }),
    );
  });

  it('adds up weighted events, with weights that may change at any time', () => {
    const env = make(100, 0, 2);
    play(env, [0, 1]);
    expect([...env.reward]).toEqual([1, 11]);
    env.weights.set([0.5, -2]);
    play(env, [0, 1]);
    expect([...env.reward]).toEqual([0.5, -1.5]);
    expect([...env.episodeReturn]).toEqual([1.5, 9.5]);
  });

  it('starts return and length anew after an end', () => {
    const env = make(2, 0);
    play(env, [1]);
    play(env, [1]);
    expect([env.episodeReturn[0], env.episodeLength[0]]).toEqual([22, 2]);
    play(env, [0]);
    expect([env.episodeReturn[0], env.episodeLength[0]]).toEqual([1, 1]);
  });

  it('is what it was after snapshot and restore, weights included', () => {
    const env = make(7, 5, 2);
    env.weights.set([3, 4]);
    play(env, [1, 0]);
    const saved = env.snapshot();
    const other = make(7, 5, 2);
    other.restore(structuredClone(saved));
    expect(other.snapshot()).toEqual(saved);
    play(env, [0, 1]);
    expect(other.snapshot()).toEqual(saved);
  });

  it('refuses a snapshot of another size and a count that is none', () => {
    expect(() => make(2, 0, 3).restore(make(2, 0, 2).snapshot())).toThrow('expected 3 numbers, got 2');
    for (const n of [0, -1, 1.5, Number.NaN])
      expect(() => make(2, 0, n)).toThrow('expected a positive integer');
  });
});
