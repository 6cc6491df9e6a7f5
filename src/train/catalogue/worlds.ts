/** The list of worlds; adding one here is an import and a line. Separate from the agents, so that human play loads no tfjs. */
import type { EnvDefinition } from '#core/env.ts';
import { asterix } from '#envs/arcade/asterix/asterix.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { flappy } from '#envs/arcade/flappy/flappy.ts';
import { freeway } from '#envs/arcade/freeway/freeway.ts';
import { pong } from '#envs/arcade/pong/pong.ts';
import { seaquest } from '#envs/arcade/seaquest/seaquest.ts';
import { spaceInvaders } from '#envs/arcade/space-invaders/space-invaders.ts';
import { acrobot } from '#envs/control/acrobot/acrobot.ts';
import { cartPole } from '#envs/control/cart-pole/cart-pole.ts';
import { lunarLander, lunarLanderContinuous } from '#envs/control/lunar-lander/lunar-lander.ts';
import { mountainCar, mountainCarContinuous } from '#envs/control/mountain-car/mountain-car.ts';
import { pendulum } from '#envs/control/pendulum/pendulum.ts';
import { forager } from '#envs/field/forager/forager.ts';
import { highway } from '#envs/field/highway/highway.ts';
import { puckWorld } from '#envs/field/puck-world/puck-world.ts';
import { waterWorld } from '#envs/field/water-world/water-world.ts';
import { blackjack } from '#envs/grid/blackjack/blackjack.ts';
import { cliffWalking } from '#envs/grid/cliff-walking/cliff-walking.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { gridWorld } from '#envs/grid/grid-world/grid-world.ts';
import { minigrid } from '#envs/grid/minigrid/worlds.ts';
import { snake } from '#envs/grid/snake/snake.ts';
import { taxi } from '#envs/grid/taxi/taxi.ts';
import { bandit } from '#envs/sanity/bandit/bandit.ts';
import { catchBall } from '#envs/sanity/catch/catch.ts';
import { corridor } from '#envs/sanity/corridor/corridor.ts';
import { memory } from '#envs/sanity/memory/memory.ts';
import { list } from './names.ts';

/** Those of the project. */
const own: readonly EnvDefinition[] = [
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
  pong,
  flappy,
  cliffWalking,
  taxi,
  blackjack,
  snake,
  ...minigrid,
  forager,
  waterWorld,
  puckWorld,
  highway,
  bandit,
  corridor,
  catchBall,
  memory,
];

const listed = [...own];

/** Those that can be played: the project's, and after them the users' own. */
export const worlds: readonly EnvDefinition[] = listed;

/** Lists a world of a user's; one that was registered before under the same id gives way. */
export function registerWorld(world: EnvDefinition): void {
  list(listed, own, world, 'world');
}

/** Whether a world is a user's own, so that other threads do not know it. */
export function isOwnWorld(id: string): boolean {
  return !own.some((world) => world.id === id);
}
