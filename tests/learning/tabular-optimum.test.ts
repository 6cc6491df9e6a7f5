/**
 * Tabular agents against the exact optimum of Gymnasium's toy worlds. Planners and off-policy learners reach it; on-policy
 * learners that keep exploring reach the best policy that explores as much. A policy is valued by sweeps over the model.
 */
import { describe, expect, it } from 'vitest';
import type { AgentDefinition } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel, TransitionModel } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { doubleQ } from '#agents/tabular/double-q/double-q.ts';
import { dynaQ } from '#agents/tabular/dyna-q/dyna-q.ts';
import { expectedSarsa } from '#agents/tabular/expected-sarsa/expected-sarsa.ts';
import { backup, flatten, startValue } from '#agents/tabular/flat-model.ts';
import { monteCarlo } from '#agents/tabular/monte-carlo/monte-carlo.ts';
import { qLambda } from '#agents/tabular/q-lambda/q-lambda.ts';
import { qLearning } from '#agents/tabular/q-learning/q-learning.ts';
import { sarsa } from '#agents/tabular/sarsa/sarsa.ts';
import { blackjack } from '#envs/grid/blackjack/blackjack.ts';
import { cliffWalking } from '#envs/grid/cliff-walking/cliff-walking.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';
import { greedyPolicy, Play, policyValue } from '#tests/unit/tabular-play.ts';

type Definition = AgentDefinition<Compute>;

const SEEDS = [1, 2, 3];

interface World {
  readonly world: EnvDefinition;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly gamma: number;
  readonly optimum: number;
}

/** World, its parameters if they differ from the defaults, and V*(S_0) under the discount of the presets. */
const worlds: Readonly<Record<string, World>> = {
  // With γ = 0.99, as in the golden recording.
  'frozen-lake': { world: frozenLake, gamma: 0.99, optimum: 0.54202593 },
  // Undiscounted: thirteen steps.
  'cliff-walking': { world: cliffWalking, gamma: 1, optimum: -13 },
  // Undiscounted, the mean over all starts (Gymnasium's threshold of 8 cannot be reached in expectation).
  taxi: { world: taxi, gamma: 1, optimum: 7.93 },
  // The rules whose model the world offers; they pay a natural no more than any other win.
  blackjack: { world: blackjack, params: { sab: false }, gamma: 1, optimum: -0.04656 },
};

function makeWorld({ world, params }: Pick<World, 'world' | 'params'>): {
  kernel: EnvKernel;
  model: TransitionModel;
} {
  const kernel = world.create(parseConfig(world.params, params ?? {}, 'world'));
  return { kernel, model: kernel.model!() };
}

/** One line per case, for the READMEs: what each seed's policy is worth. */
function report(what: string, values: readonly number[], optimum: number): void {
  const list = values.map((value) => value.toFixed(4)).join(' ');
  process.stdout.write(`${what}: ${list} of ${optimum.toFixed(4)}\n`);
}

const usual = { 'frozen-lake': 1_000_000, 'cliff-walking': 200_000, taxi: 1_000_000 };
const learners: readonly [Definition, Readonly<Record<string, number>>][] = [
  [sarsa, { ...usual, 'cliff-walking': 50_000 }],
  [expectedSarsa, { ...usual, 'cliff-walking': 50_000 }],
  [qLearning, { ...usual, blackjack: 5_000_000 }],
  [doubleQ, usual],
  [qLambda, usual],
  [dynaQ, { 'frozen-lake': 200_000, 'cliff-walking': 30_000, taxi: 200_000 }],
];
const cases = learners.flatMap(([definition, budgets]) =>
  Object.entries(budgets).map(([name, steps]) => ({ definition, id: definition.id, name, steps })),
);

describe('the preset of a world leads to its optimum', () => {
  it.each(cases)('$id on $name in $steps steps', ({ definition, name, steps }) => {
    const { gamma, optimum } = worlds[name];
    const { kernel, model } = makeWorld(worlds[name]);
    const values = SEEDS.map((seed) => {
      const play = new Play(definition, kernel, definition.presets[name].config, seed).steps(steps);
      return policyValue(model, greedyPolicy(play.agent, kernel.spec, model.states), gamma);
    });
    report(`${definition.id} on ${name}, ${steps} steps`, values, optimum);
    for (const value of values) expect(Math.abs(value / optimum - 1)).toBeLessThan(0.01);
  });
});

/** v of the best policy that takes a random action with probability ε, at the start (S&B, p. 102). */
function bestSoftValue(model: TransitionModel, gamma: number, epsilon: number): number {
  const flat = flatten(model);
  const values = new Float64Array(model.states);
  for (let sweep = 0; sweep < 5000; sweep++)
    for (let s = 0; s < model.states; s++) {
      const q = Array.from({ length: model.actions }, (_, a) =>
        backup(flat, s * model.actions + a, values, gamma),
      );
      const mean = q.reduce((sum, value) => sum + value, 0) / model.actions;
      values[s] = epsilon * mean + (1 - epsilon) * Math.max(...q);
    }
  return startValue(flat, values);
}

/** v at the start of "greedy, but at random with probability ε". */
function softValue(model: TransitionModel, policy: Int32Array, gamma: number, epsilon: number): number {
  const flat = flatten(model);
  const values = new Float64Array(model.states);
  for (let sweep = 0; sweep < 5000; sweep++)
    for (let s = 0; s < model.states; s++) {
      let mean = 0;
      for (let a = 0; a < model.actions; a++)
        mean += backup(flat, s * model.actions + a, values, gamma) / model.actions;
      const chosen = backup(flat, s * model.actions + policy[s], values, gamma);
      values[s] = epsilon * mean + (1 - epsilon) * chosen;
    }
  return startValue(flat, values);
}

describe('on-policy learners that explore find the best policy that explores', () => {
  const exploration = { epsilonStart: 0.1, epsilonSchedule: 'constant' };
  const fading = { stepSizeSchedule: 'linear', stepSizeEnd: 0.001 };
  const budgets: readonly { definition: Definition; id: string; steps: number; stepSize: number }[] = [
    { definition: monteCarlo, id: 'monte-carlo', steps: 3_000_000, stepSize: 0.05 },
    { definition: sarsa, id: 'sarsa', steps: 2_000_000, stepSize: 0.1 },
    { definition: expectedSarsa, id: 'expected-sarsa', steps: 2_000_000, stepSize: 0.1 },
  ];
  it.each(budgets)('$id on frozen-lake in $steps steps', ({ definition, steps, stepSize }) => {
    const { kernel, model } = makeWorld({ world: frozenLake });
    const best = bestSoftValue(model, 0.99, 0.1);
    const values = SEEDS.map((seed) => {
      const config = { ...exploration, ...fading, stepSize, stepSizeSteps: steps };
      const play = new Play(definition, kernel, config, seed).steps(steps);
      return softValue(model, greedyPolicy(play.agent, kernel.spec, model.states), 0.99, 0.1);
    });
    report(`${definition.id} on frozen-lake with ε = 0.1, ${steps} steps`, values, best);
    for (const value of values) expect(value / best).toBeGreaterThan(0.99);
  });
});
