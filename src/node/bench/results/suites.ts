/**
 * The suites of `ludus bench`, as data: agents that each play the same worlds for the same env steps, so that their scores can be put
 * together. Tuning seeds are 101 and up; reported ones begin at 1.
 */
import type { Experiment } from './suite.ts';

export interface Entrant {
  readonly name: string;
  /** One per world of the suite. */
  readonly experiments: readonly Experiment[];
}

export interface BenchSuite {
  readonly title: string;
  readonly about: string;
  readonly entrants: readonly Entrant[];
}

type Setting = Omit<Experiment, 'agent'>;
/** An agent's preset in all worlds, or by world. */
type Presets = string | Readonly<Record<string, string>>;

function entrant(name: string, settings: readonly Setting[], agent: string, presets: Presets = {}): Entrant {
  const experiments = settings.map((setting): Experiment => {
    const preset = typeof presets === 'string' ? presets : presets[setting.world];
    return { ...setting, agent, ...(preset !== undefined && { preset }) };
  });
  return { name, experiments };
}

const sanity: readonly Setting[] = [
  { world: 'bandit', steps: 5000, seeds: 10, episodes: 100 },
  { world: 'corridor', steps: 10_000, seeds: 10, episodes: 100 },
  { world: 'catch', steps: 50_000, seeds: 10, episodes: 100 },
];
const classic: readonly Setting[] = [
  { world: 'cart-pole', steps: 100_000, seeds: 10, episodes: 100 },
  { world: 'acrobot', steps: 100_000, seeds: 10, episodes: 100 },
  { world: 'mountain-car', steps: 120_000, seeds: 10, episodes: 100 },
];
/** As in MinAtar: all six actions, sticky with probability 0.1. */
const params = { actions: 'full', stickyActions: 0.1 };
const arcade: readonly Setting[] = ['breakout', 'asterix', 'freeway', 'space-invaders'].map((world) => ({
  world,
  params,
  steps: 400_000,
  seeds: 5,
  episodes: 20,
}));
const minigrid: readonly Setting[] = [
  { world: 'minigrid-empty', steps: 150_000, seeds: 5, episodes: 100 },
  { world: 'minigrid-door-key', params: { size: '5' }, steps: 200_000, seeds: 5, episodes: 100 },
  { world: 'minigrid-go-to-door', steps: 200_000, seeds: 5, episodes: 100 },
];

export const suites = {
  sanity: {
    title: 'Sanity',
    about: 'Worlds that are learned in seconds: they tell a broken agent from a slow one.',
    entrants: [
      entrant('DQN', sanity, 'dqn'),
      entrant('PPO', sanity, 'ppo'),
      entrant('A2C', sanity, 'a2c'),
      entrant('REINFORCE', sanity, 'reinforce'),
    ],
  },
  classic: {
    title: 'Classic control',
    about: 'Worlds of few numbers and discrete actions.',
    entrants: [
      entrant('DQN', classic, 'dqn', { 'cart-pole': 'cart-pole', 'mountain-car': 'mountain-car' }),
      entrant('PPO', classic, 'ppo'),
      entrant('A2C', classic, 'a2c'),
    ],
  },
  arcade: {
    title: 'Arcade',
    about: 'Games of the MinAtar kind: all six actions, sticky with probability 0.1.',
    entrants: [
      entrant('DQN', arcade, 'dqn', 'dqn-arcade'),
      entrant('Rainbow', arcade, 'dqn', 'rainbow-arcade'),
      entrant('PPO', arcade, 'ppo', 'arcade'),
      entrant('PQN', arcade, 'pqn', 'arcade'),
    ],
  },
  minigrid: {
    title: 'MiniGrid',
    about: 'Worlds seen in part, with a reward at the goal only.',
    entrants: [entrant('PPO', minigrid, 'ppo', 'minigrid'), entrant('DQN', minigrid, 'dqn')],
  },
} as const satisfies Record<string, BenchSuite>;

export type SuiteName = keyof typeof suites;
