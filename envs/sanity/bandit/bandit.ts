/**
 * Bandit: a row of slot machines, each of which pays with its own fixed probability; one pull is an episode.
 * The multi-armed bandit of Sutton & Barto (2018), chapter 2, with Bernoulli rewards.
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type TransitionModel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const params = z.object({
  arms: integer({
    label: 'Arms',
    help: 'Number of machines to choose from, each with a chance of its own.',
    min: 2,
    max: 20,
    default: 5,
  }),
  arrangement: integer({
    label: 'Arrangement',
    help: 'Seed of the order in which the machines stand.',
    min: 0,
    max: 9999,
    default: 1,
  }),
});

/**
 * The arm of the last pull, −1 before the first, and whether it paid: for the picture, where they outlast a
 * reset.
 */
function columns(n: number) {
  return { arm: new Int8Array(n).fill(-1), paid: new Int8Array(n) };
}
type State = ColumnsOf<typeof columns>;

/** Probabilities that the worst and the best machine pay. */
const WORST = 0.1;
const BEST = 0.9;

/** [arms] evenly spaced probabilities from 0.1 to 0.9 in an order that depends on `arrangement` only. */
function probabilities(arms: number, arrangement: number): readonly number[] {
  const rng = rngStreams(arrangement)('bandit');
  const list = Array.from({ length: arms }, (_, k) => WORST + ((BEST - WORST) * k) / (arms - 1));
  for (let k = arms - 1; k > 0; k--) {
    const other = rng.integer(k + 1);
    [list[k], list[other]] = [list[other], list[k]];
  }
  return list;
}

function modelOf(odds: readonly number[]): TransitionModel {
  return {
    states: 1,
    actions: odds.length,
    initial: [1],
    transitions: (_state, arm) => [
      { probability: odds[arm], next: 0, reward: 1, terminated: true },
      { probability: 1 - odds[arm], next: 0, reward: 0, terminated: true },
    ],
  };
}

function create(arms: number, arrangement: number): EnvKernel<State, number> {
  const odds = probabilities(arms, arrangement);
  return {
    spec: {
      id: 'bandit',
      version: 1,
      title: 'Bandit',
      observation: { kind: 'discrete', shape: [1], states: 1 },
      action: { kind: 'discrete', names: odds.map((_, k) => `arm ${k + 1}`) },
      rewards: [{ id: 'coin', label: 'Coin', weight: 1, help: '1 when the machine pays.' }],
      maxSteps: 0,
      fps: 4,
      keys: Object.fromEntries(odds.slice(0, 9).map((_, k) => [`Digit${k + 1}`, k])),
    },
    allocate: columns,
    reset: () => {},
    step(s, i, action, rng, out) {
      const paid = rng.uniform() < odds[action] ? 1 : 0;
      s.arm[i] = action;
      s.paid[i] = paid;
      out.events[0] = paid;
      out.terminated = true;
    },
    observe(_s, _i, into, offset) {
      into[offset] = 0;
    },
    draw(s, i, list) {
      const height = 3;
      list.begin(arms, height);
      odds.forEach((p, k) => {
        const pulled = s.arm[i] === k;
        list.rect(k + 0.18, 0.6, 0.64, 2, Colour.floor, 0.1);
        list.rect(k + 0.18, 2.6 - 2 * p, 0.64, 2 * p, pulled ? Colour.agent : Colour.wall, 0.1);
        if (pulled) list.circle(k + 0.5, 0.3, 0.2, s.paid[i] ? Colour.gold : Colour.grid);
      });
    },
    model: () => modelOf(odds),
  };
}

export const bandit = defineEnv({
  id: 'bandit',
  title: 'Bandit',
  group: 'sanity',
  summary: 'Find the slot machine that pays best; every pull is an episode.',
  params,
  create: ({ arms, arrangement }) => create(arms, arrangement),
});
