/**
 * The agent that each world starts with where none is chosen: the one that was seen to learn soonest at full speed.
 * docs/defaults.md has the measurements; `npm run bench -- defaults` makes them again.
 */

/** An agent with one of its presets; without one, with its default settings. */
export interface DefaultAgent {
  readonly agent: string;
  readonly preset?: string;
}

const RARE =
  'Rewards are rare: its agent learns nothing within 60 seconds at full speed; how long it takes was not measured.';

/** What a world needs beyond its own agent and 60 seconds at full speed, by world id: so that nobody waits in vain. */
export const worldNeeds: Readonly<Record<string, string>> = {
  'minigrid-put-near': RARE,
  'minigrid-blocked-unlock-pickup': RARE,
  'minigrid-locked-room': RARE,
  'minigrid-key-corridor':
    'Rewards are rare: with two rows of rooms its agent took 20 million steps to learn, minutes at full speed; with three it was not measured.',
};

/** By world id. */
export const defaultAgents: Readonly<Record<string, DefaultAgent>> = {
  'cart-pole': { agent: 'dqn', preset: 'cart-pole' },
  'mountain-car': { agent: 'dqn', preset: 'mountain-car' },
  'mountain-car-continuous': { agent: 'sac', preset: 'mountain-car' },
  acrobot: { agent: 'dqn' },
  pendulum: { agent: 'sac' },
  'lunar-lander': { agent: 'ppo', preset: 'lunar-lander' },
  'lunar-lander-continuous': { agent: 'ppo', preset: 'lunar-lander' },
  'frozen-lake': { agent: 'q-learning', preset: 'frozen-lake' },
  'grid-world': { agent: 'q-learning' },
  breakout: { agent: 'ppo', preset: 'arcade-dense' },
  asterix: { agent: 'ppo', preset: 'arcade' },
  freeway: { agent: 'ppo', preset: 'arcade' },
  seaquest: { agent: 'ppo', preset: 'arcade-dense' },
  'space-invaders': { agent: 'ppo', preset: 'arcade-dense' },
  pong: { agent: 'ppo', preset: 'arcade-dense' },
  flappy: { agent: 'ppo', preset: 'arcade-dense' },
  'cliff-walking': { agent: 'q-learning', preset: 'cliff-walking' },
  taxi: { agent: 'q-learning', preset: 'taxi' },
  blackjack: { agent: 'monte-carlo' },
  snake: { agent: 'pqn', preset: 'arcade' },
  'minigrid-empty': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-four-rooms': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-door-key': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-simple-crossing': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-lava-crossing': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-lava-gap': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-dist-shift': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-dynamic-obstacles': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-go-to-door': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-go-to-object': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-fetch': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-put-near': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-unlock': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-unlock-pickup': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-blocked-unlock-pickup': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-red-blue-doors': { agent: 'ppo', preset: 'minigrid-curious' },
  'minigrid-memory': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-multi-room': { agent: 'ppo', preset: 'minigrid' },
  'minigrid-locked-room': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-key-corridor': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-obstructed-maze': { agent: 'ppo', preset: 'minigrid-rare' },
  'minigrid-own': { agent: 'ppo', preset: 'minigrid' },
  forager: { agent: 'ppo' },
  'water-world': { agent: 'ppo', preset: 'lunar-lander' },
  'puck-world': { agent: 'ppo' },
  highway: { agent: 'ppo' },
  bandit: { agent: 'q-learning' },
  corridor: { agent: 'q-learning' },
  catch: { agent: 'ppo' },
  memory: { agent: 'ppo', preset: 'memory' },
};

/** A world without a line starts with PPO, which plays every world. */
export function defaultAgent(world: string): DefaultAgent {
  return Object.hasOwn(defaultAgents, world) ? defaultAgents[world] : ANY_WORLD;
}

export const ANY_WORLD: DefaultAgent = { agent: 'ppo' };
