/** Published results on the worlds of the suite. Protocols differ: see the last column. */

export interface Published {
  readonly world: string;
  readonly agent: string;
  readonly steps: string;
  readonly score: string;
  readonly source: string;
}

const ZOO = 'RL Baselines3 Zoo benchmark.md: one run, deterministic policy';
const CLEANRL = 'CleanRL docs: 3 seeds, one setting for all worlds, training return';
const YOUNG =
  'Young & Tian 2019, read off a figure: last 100 training episodes, 30 runs, six actions, sticky 0.1';
const PGX = 'pgx, read off its figures: minimal actions, sticky 0.1';
const PGX_GAMES = [
  ['breakout', '50'],
  ['asterix', '22 to 25'],
  ['freeway', '63.5'],
  ['seaquest', '54'],
  ['space-invaders', '145 to 153'],
] as const;
const EXACT = 'solved exactly from the rules of Gymnasium';

function row(world: string, agent: string, steps: string, score: string, source: string): Published {
  return { world, agent, steps, score, source };
}

export const published: readonly Published[] = [
  row('cart-pole', 'DQN', '50k', '500', ZOO),
  row('cart-pole', 'QR-DQN', '50k', '500', ZOO),
  row('cart-pole', 'PPO', '100k', '500', ZOO),
  row('cart-pole', 'A2C', '500k', '500', ZOO),
  row('cart-pole', 'DQN', '500k', '488.69 ± 16.11', CLEANRL),
  row('cart-pole', 'C51', '500k', '481.20 ± 20.53', CLEANRL),
  row('cart-pole', 'PPO', '500k', '490.04 ± 6.12', CLEANRL),
  row('cart-pole', 'PQN', '500k', '495.13 ± 6.89', CLEANRL),
  row('acrobot', 'DQN', '100k', '−76.6 ± 11.8', ZOO),
  row('acrobot', 'PPO', '1M', '−73.5 ± 18', ZOO),
  row('acrobot', 'DQN', '500k', '−91.54 ± 7.20', CLEANRL),
  row('acrobot', 'PPO', '500k', '−86.36 ± 1.32', CLEANRL),
  row('mountain-car', 'DQN', '120k', '−100.8 ± 9.9', ZOO),
  row('mountain-car', 'PPO', '1M', '−110.4', ZOO),
  row('mountain-car', 'DQN', '500k', '−194.95 ± 8.48', CLEANRL),
  row('pendulum', 'PPO', '100k', '−172', ZOO),
  row('pendulum', 'A2C', '1M', '−163', ZOO),
  row('lunar-lander', 'DQN', '100k', '154 ± 79 (version 2)', ZOO),
  row('lunar-lander', 'PPO', '1M', '242 ± 32 (version 2)', ZOO),
  row('lunar-lander', 'A2C', '200k', '156 ± 80 (version 2)', ZOO),
  row('frozen-lake', 'the optimum', '', '0.7442; 0.7402 without counting steps', EXACT),
  row('cliff-walking', 'the optimum', '', '−13', EXACT),
  row('taxi', 'the optimum', '', '7.930', EXACT),
  row('minigrid-door-key', 'PPO', '100k', '0.964', ZOO),
  row('breakout', 'DQN', '5M', '10', YOUNG),
  row('breakout', 'DQN without replay', '5M', '4.2', YOUNG),
  row('breakout', 'AC(λ = 0.8)', '5M', '17.5', YOUNG),
  row('asterix', 'DQN', '5M', '17', YOUNG),
  row('asterix', 'DQN without replay', '5M', '5.4', YOUNG),
  row('asterix', 'AC(λ = 0.8)', '5M', '19.5', YOUNG),
  row('freeway', 'DQN', '5M', '50', YOUNG),
  row('freeway', 'DQN without replay', '5M', '8.6', YOUNG),
  row('freeway', 'AC(λ = 0.8)', '5M', '47.5', YOUNG),
  row('seaquest', 'DQN', '5M', '20', `${YOUNG}; before a mend of the game`),
  row('seaquest', 'AC(λ = 0.8)', '5M', '15.5', `${YOUNG}; before a mend of the game`),
  row('space-invaders', 'DQN', '5M', '44', YOUNG),
  row('space-invaders', 'DQN without replay', '5M', '14', YOUNG),
  row('space-invaders', 'AC(λ = 0.8)', '5M', '185', YOUNG),
  ...PGX_GAMES.map(([world, score]) => row(world, 'PPO', '20M', score, PGX)),
];
