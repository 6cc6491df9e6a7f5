/** What exists: every world and every agent, once. The only file that knows both; adding one is an import and a line. */
import type { AgentDefinition } from '#core/agent.ts';
import type { EnvDefinition } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { doubleQ } from '#agents/tabular/double-q/double-q.ts';
import { dynaQ } from '#agents/tabular/dyna-q/dyna-q.ts';
import { expectedSarsa } from '#agents/tabular/expected-sarsa/expected-sarsa.ts';
import { monteCarlo } from '#agents/tabular/monte-carlo/monte-carlo.ts';
import { policyIteration } from '#agents/tabular/policy-iteration/policy-iteration.ts';
import { qLambda } from '#agents/tabular/q-lambda/q-lambda.ts';
import { qLearning } from '#agents/tabular/q-learning/q-learning.ts';
import { sarsa } from '#agents/tabular/sarsa/sarsa.ts';
import { valueIteration } from '#agents/tabular/value-iteration/value-iteration.ts';
import { dqn } from '#agents/value/dqn/dqn.ts';
import { asterix } from '#envs/arcade/asterix/asterix.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { freeway } from '#envs/arcade/freeway/freeway.ts';
import { seaquest } from '#envs/arcade/seaquest/seaquest.ts';
import { spaceInvaders } from '#envs/arcade/space-invaders/space-invaders.ts';
import { acrobot } from '#envs/control/acrobot/acrobot.ts';
import { cartPole } from '#envs/control/cart-pole/cart-pole.ts';
import { lunarLander, lunarLanderContinuous } from '#envs/control/lunar-lander/lunar-lander.ts';
import { mountainCar, mountainCarContinuous } from '#envs/control/mountain-car/mountain-car.ts';
import { pendulum } from '#envs/control/pendulum/pendulum.ts';
import { blackjack } from '#envs/grid/blackjack/blackjack.ts';
import { cliffWalking } from '#envs/grid/cliff-walking/cliff-walking.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { gridWorld } from '#envs/grid/grid-world/grid-world.ts';
import { minigrid } from '#envs/grid/minigrid/worlds.ts';
import { snake } from '#envs/grid/snake/snake.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';

export const worlds: readonly EnvDefinition[] = [
  cartPole,
  mountainCar,
  mountainCarContinuous,
  acrobot,
  pendulum,
  lunarLander,
  lunarLanderContinuous,
  frozenLake,
  gridWorld,
  breakout,
  asterix,
  freeway,
  seaquest,
  spaceInvaders,
  cliffWalking,
  taxi,
  blackjack,
  snake,
  ...minigrid,
];

export const agents: readonly AgentDefinition<Compute>[] = [
  dqn,
  valueIteration,
  policyIteration,
  monteCarlo,
  sarsa,
  expectedSarsa,
  qLearning,
  doubleQ,
  qLambda,
  dynaQ,
];
