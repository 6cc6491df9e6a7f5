/**
 * Returns to compare with, under each world's default parameters and reward weights. Random play as docs/defaults.jsonl recorded
 * it, the median of its seeds; thresholds and optima as the worlds' cards give them.
 */

export interface KnownScores {
  /** Mean return of uniformly random play. */
  readonly random: number;
  /** Mean return at which the world counts as solved. */
  readonly solved?: number;
  /** Best possible return. */
  readonly optimum?: number;
}

export const knownScores: Readonly<Record<string, KnownScores>> = {
  'minigrid-blocked-unlock-pickup': { random: 0.00256 },
  'minigrid-key-corridor': { random: 0.003553 },
  'minigrid-locked-room': { random: 0 },
  'minigrid-obstructed-maze': { random: 0.002025 },
  'puck-world': { random: -908 },
  'minigrid-put-near': { random: 0.01213 },
  'minigrid-red-blue-doors': { random: 0.0318 },
  'water-world': { random: -0.1382 },
  'cart-pole': { random: 23.28, solved: 475, optimum: 500 },
  'mountain-car': { random: -200, solved: -110 },
  'mountain-car-continuous': { random: -32.99, solved: 90 },
  acrobot: { random: -498.6, solved: -100 },
  pendulum: { random: -1244 },
  'lunar-lander': { random: -154.5, solved: 200 },
  'lunar-lander-continuous': { random: -173.7, solved: 200 },
  'frozen-lake': { random: 0.01329, optimum: 0.744 },
  'grid-world': { random: -1.349, optimum: 0.88 },
  'cliff-walking': { random: -2069, optimum: -13 },
  taxi: { random: -776.5, optimum: 7.93 },
  blackjack: { random: -0.3205, optimum: -0.04311 },
  snake: { random: -0.8837, optimum: 97 },
  forager: { random: 850.5 },
  highway: { random: -2.993 },
  bandit: { random: 0.4803, optimum: 0.9 },
  corridor: { random: 0.7807, optimum: 1 },
  catch: { random: -0.6053, optimum: 1 },
  'minigrid-memory': { random: 0.1395 },
  memory: { random: 0.04605, optimum: 1 },
  breakout: { random: 0.37 },
  freeway: { random: 0.4236 },
  'space-invaders': { random: 3.923 },
  pong: { random: -3.417, optimum: 5 },
  flappy: { random: 0.66, optimum: 199 },
  seaquest: { random: 0.08333 },
  asterix: { random: 0.5 },
  'minigrid-empty': { random: 0.07538 },
  'minigrid-simple-crossing': { random: 0.01449 },
  'minigrid-lava-crossing': { random: 0.007278 },
  'minigrid-lava-gap': { random: 0.007281 },
  'minigrid-dist-shift': { random: 0.008048 },
  'minigrid-dynamic-obstacles': { random: -1 },
  'minigrid-go-to-door': { random: 0.0573 },
  'minigrid-go-to-object': { random: 0.1714 },
  'minigrid-door-key': { random: 0.006775 },
  'minigrid-multi-room': { random: 0.004498 },
  'minigrid-own': { random: 0.008045 },
  'minigrid-fetch': { random: 0.2622 },
  'minigrid-four-rooms': { random: 0.01133 },
  'minigrid-unlock': { random: 0.02747 },
  'minigrid-unlock-pickup': { random: 0 },
};
