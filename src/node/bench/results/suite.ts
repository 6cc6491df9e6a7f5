/**
 * The experiments of docs/results.md: an agent and preset on a world, for a number of env steps and seeds. Presets of this project
 * were tuned on seeds 101 and up and are reported on seeds 1, 2, …
 */
import { resolveRun, type NamedRequest, type RunSetup } from '#train/request/resolve.ts';

export interface Experiment extends Omit<NamedRequest, 'seed'> {
  readonly steps: number;
  /** Seeds 1 to this number. */
  readonly seeds: number;
  /** Episodes of the greedy evaluation, per seed. */
  readonly episodes: number;
}

/** What several agents on a world share. */
type Setting = Pick<Experiment, 'world' | 'steps' | 'seeds'> & Partial<Experiment>;

function on(setting: Setting, agent: string, preset?: string, change: Partial<Experiment> = {}): Experiment {
  return { episodes: 100, ...setting, agent, ...(preset === undefined ? {} : { preset }), ...change };
}

/** As in MinAtar: all six actions, sticky with probability 0.1. */
const arcade = { params: { actions: 'full', stickyActions: 0.1 }, seeds: 5, episodes: 20 } as const;
const cartPole: Setting = { world: 'cart-pole', steps: 50_000, seeds: 10 };
const acrobot: Setting = { world: 'acrobot', steps: 100_000, seeds: 10 };
const mountainCar: Setting = { world: 'mountain-car', steps: 120_000, seeds: 10 };
const throttle: Setting = { world: 'mountain-car-continuous', steps: 20_000, seeds: 10 };
const pendulum: Setting = { world: 'pendulum', steps: 20_000, seeds: 10 };
const lander: Setting = { world: 'lunar-lander', steps: 500_000, seeds: 10 };
const doorKey: Setting = { world: 'minigrid-door-key', params: { size: '5' }, steps: 200_000, seeds: 5 };
const largeDoorKey: Setting = {
  world: 'minigrid-door-key',
  params: { size: '8' },
  steps: 1_500_000,
  seeds: 5,
};
const memory: Setting = { world: 'minigrid-memory', steps: 1_500_000, seeds: 5 };
const fourRooms: Setting = { world: 'minigrid-four-rooms', steps: 2_000_000, seeds: 5 };
/** KeyCorridorS3R2, ten to fifteen minutes of a core. */
const keyCorridor: Setting = {
  world: 'minigrid-key-corridor',
  params: { rows: '2' },
  steps: 40_000_000,
  seeds: 5,
};
// Many episodes, because the gates allow 1 %.
const lake: Setting = { world: 'frozen-lake', steps: 1_000_000, seeds: 10, episodes: 20_000 };
const cliff: Setting = { world: 'cliff-walking', steps: 200_000, seeds: 10 };
const taxi: Setting = { world: 'taxi', steps: 1_000_000, seeds: 10, episodes: 20_000 };

/** The games on which Rainbow is compared with DQN at equal steps. */
export const COMPARED = ['breakout', 'asterix', 'freeway'] as const;
const COMPARED_STEPS = 100_000;
/** The games with published results at 10M steps, a quarter of an hour of a core each. */
const MINATAR = ['breakout', 'asterix', 'freeway', 'seaquest', 'space-invaders'] as const;

/** In the order of training, the cheapest first. */
export const suite: readonly Experiment[] = [
  on(cartPole, 'dqn', 'cart-pole'),
  on({ ...cartPole, seeds: 5 }, 'dqn', 'sb3-zoo'),
  on({ ...cartPole, seeds: 5 }, 'dqn', 'rainbow'),
  on({ ...cartPole, steps: 100_000 }, 'ppo'),
  on({ ...cartPole, steps: 30_000 }, 'ppo', 'cart-pole'),
  on({ ...cartPole, steps: 100_000 }, 'ppo', 'sb3-zoo'),
  on({ ...cartPole, steps: 100_000 }, 'reinforce'),
  on({ ...cartPole, steps: 500_000 }, 'a2c'),
  on({ ...cartPole, steps: 500_000 }, 'a3c', 'cart-pole'),
  on({ ...cartPole, steps: 500_000 }, 'pqn', 'cleanrl'),
  on({ ...cartPole, steps: 500_000 }, 'pqn', 'cart-pole'),
  on(acrobot, 'dqn'),
  on(mountainCar, 'dqn', 'mountain-car'),
  on({ ...mountainCar, seeds: 5 }, 'dqn', 'sb3-zoo-mountain-car'),
  on(throttle, 'sac', 'mountain-car'),
  on(pendulum, 'sac'),
  on(pendulum, 'td3'),
  on(lander, 'ppo', 'lunar-lander'),
  on(lake, 'value-iteration', undefined, { steps: 1000, seeds: 5 }),
  on(lake, 'q-learning', 'frozen-lake'),
  on(lake, 'expected-sarsa', 'frozen-lake'),
  on(cliff, 'q-learning', 'cliff-walking'),
  on(cliff, 'sarsa', 'cliff-walking'),
  on(taxi, 'q-learning', 'taxi'),
  on(taxi, 'sarsa', 'taxi'),
  on(doorKey, 'ppo', 'minigrid-door-key', { wrappers: { normaliseObservation: true } }),
  on(doorKey, 'ppo', 'rl-starter-files'),
  on(doorKey, 'ppo', 'sb3-zoo-minigrid-door-key', { wrappers: { normaliseObservation: true } }),
  on(largeDoorKey, 'ppo', 'minigrid-rare', { config: { learningRateSteps: largeDoorKey.steps } }),
  on(memory, 'ppo', 'minigrid-memory', { wrappers: { oneHotPlanes: true, normaliseObservation: true } }),
  on({ ...arcade, world: 'breakout', steps: 2_000_000 }, 'pqn', 'arcade'),
  ...COMPARED.flatMap((world) => [
    on({ ...arcade, world, steps: COMPARED_STEPS }, 'dqn', 'rainbow-arcade'),
    on({ ...arcade, world, steps: COMPARED_STEPS }, 'dqn', 'dqn-arcade'),
  ]),
  ...COMPARED.map((world) => on({ ...arcade, world, steps: 400_000 }, 'ppo', 'arcade')),
  on(fourRooms, 'ppo', 'minigrid-memory', {
    config: { gamma: 0.99, entropyCoefficient: 0.01, learningRateSteps: fourRooms.steps },
    wrappers: { oneHotPlanes: true, normaliseObservation: true },
  }),
  on(keyCorridor, 'ppo', 'minigrid-rare', { config: { learningRateSteps: keyCorridor.steps } }),
  ...MINATAR.map((world) => on({ ...arcade, world, steps: 10_000_000 }, 'pqn', 'minatar')),
];

/** The unique name of an experiment in tables, records and on the command line. */
export function nameOf({ agent, world, preset = 'default', steps }: Experiment): string {
  return `${agent} ${world} ${preset} ${steps}`;
}

/** The run of one seed. */
export function runOf(experiment: Experiment, seed: number): RunSetup {
  const { steps: _, seeds: __, episodes: ___, ...request } = experiment;
  return resolveRun({ ...request, seed });
}
