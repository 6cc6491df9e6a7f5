/** Stable-Baselines3's arguments for the settings of our presets, by `<agent> <world> <preset>`; sb3_train.py takes them. */

interface Settings {
  readonly algorithm: 'PPO' | 'DQN' | 'SAC';
  readonly world: string;
  readonly envs: number;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The network is all in front of the heads, as in MinAtar. */
const minatarHead = { net_arch: [] };

export const stableBaselines: Readonly<Record<string, Settings>> = {
  'sac pendulum rltools-sac': {
    algorithm: 'SAC',
    world: 'Pendulum-v1',
    envs: 1,
    arguments: {
      learning_rate: 1e-3,
      batch_size: 100,
      buffer_size: 10_000,
      learning_starts: 100,
      ent_coef: 'auto_0.5',
      policy_kwargs: { net_arch: [64, 64] },
    },
  },
  'ppo pendulum rltools-ppo': {
    algorithm: 'PPO',
    world: 'Pendulum-v1',
    envs: 4,
    arguments: {
      learning_rate: 1e-3,
      n_steps: 1024,
      batch_size: 256,
      n_epochs: 2,
      gamma: 0.9,
      ent_coef: 0,
      vf_coef: 1,
      policy_kwargs: { net_arch: [64, 64], activation_fn: 'ReLU' },
    },
  },
  'ppo cart-pole sb3-zoo': {
    algorithm: 'PPO',
    world: 'CartPole-v1',
    envs: 8,
    arguments: {
      learning_rate: 1e-3,
      n_steps: 32,
      batch_size: 256,
      n_epochs: 20,
      gamma: 0.98,
      gae_lambda: 0.8,
      ent_coef: 0,
    },
  },
  'dqn cart-pole cleanrl': {
    algorithm: 'DQN',
    world: 'CartPole-v1',
    envs: 1,
    arguments: {
      learning_rate: 2.5e-4,
      buffer_size: 10_000,
      learning_starts: 10_000,
      batch_size: 128,
      train_freq: 10,
      target_update_interval: 500,
      policy_kwargs: { net_arch: [120, 84] },
    },
  },
  'dqn cart-pole sb3-zoo': {
    algorithm: 'DQN',
    world: 'CartPole-v1',
    envs: 1,
    arguments: {
      learning_rate: 2.3e-3,
      buffer_size: 100_000,
      learning_starts: 1000,
      batch_size: 64,
      train_freq: 256,
      gradient_steps: 128,
      target_update_interval: 10,
      policy_kwargs: { net_arch: [256, 256] },
    },
  },
  'dqn breakout minatar': {
    algorithm: 'DQN',
    world: 'minatar/breakout',
    envs: 1,
    arguments: {
      learning_rate: 2.5e-4,
      buffer_size: 100_000,
      learning_starts: 5000,
      batch_size: 32,
      train_freq: 1,
      target_update_interval: 1000,
      policy_kwargs: { ...minatarHead, optimizer_class: 'RMSprop' },
    },
  },
  'ppo breakout minatar': {
    algorithm: 'PPO',
    world: 'minatar/breakout',
    envs: 32,
    arguments: {
      learning_rate: 5e-4,
      n_steps: 128,
      batch_size: 1024,
      n_epochs: 4,
      ent_coef: 0.01,
      policy_kwargs: minatarHead,
    },
  },
};
