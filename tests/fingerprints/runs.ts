/**
 * The runs that are fingerprinted, and how one becomes a hash. Short: long enough for every part of the algorithm to have
 * acted, no longer. What is hashed is what a user can see of a run, so that files and names may move.
 */
import { createHash } from 'node:crypto';
import type { Compute } from '#compile/step.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

export interface FingerprintedRun {
  readonly name: string;
  /** Of progress: env steps, or examples. */
  readonly steps: number;
  readonly request: () => RunRequest;
}

/** One per agent family, over all groups of worlds, with wrappers, a memory and cloning. */
export const fingerprintedRuns: readonly FingerprintedRun[] = [
  run('value iteration, frozen-lake', 400, { world: 'frozen-lake', agent: 'value-iteration' }),
  run('Monte Carlo, blackjack', 4000, { world: 'blackjack', agent: 'monte-carlo' }),
  run('SARSA, cliff-walking, other rewards', 4000, {
    world: 'cliff-walking',
    agent: 'sarsa',
    rewards: { cliff: -20 },
  }),
  run('Q(λ), taxi', 4000, { world: 'taxi', agent: 'q-lambda' }),
  run('Dyna-Q, frozen-lake', 3000, { world: 'frozen-lake', agent: 'dyna-q' }),
  run('DQN, cart-pole', 3000, {
    world: 'cart-pole',
    agent: 'dqn',
    preset: 'cleanrl',
    config: { learningStarts: 500 },
  }),
  run('Rainbow, cart-pole', 2000, {
    world: 'cart-pole',
    agent: 'dqn',
    preset: 'rainbow',
    config: { learningStarts: 500 },
  }),
  run('DQN, breakout planes', 800, {
    world: 'breakout',
    agent: 'dqn',
    preset: 'minatar',
    config: { learningStarts: 300 },
  }),
  run('DQN, catch, stacked frames, dropout', 1500, {
    world: 'catch',
    agent: 'dqn',
    wrappers: { frameStack: 2 },
    config: {
      learningStarts: 200,
      network: [
        { kind: 'flatten' },
        { kind: 'dense', units: 16, activation: 'relu' },
        { kind: 'batchNorm' },
        { kind: 'dropout', rate: 0.2 },
      ],
    },
  }),
  run('PQN, asterix', 4000, { world: 'asterix', agent: 'pqn' }),
  run('PPO, cart-pole', 6000, { world: 'cart-pole', agent: 'ppo' }),
  run('PPO, lunar-lander', 5000, { world: 'lunar-lander', agent: 'ppo' }),
  run('PPO, pendulum, normalised and clipped', 6000, {
    world: 'pendulum',
    agent: 'ppo',
    wrappers: { normaliseObservation: true, normaliseReward: true, clipReward: 8, actionRepeat: 2 },
  }),
  run('recurrent PPO, memory', 3000, { world: 'memory', agent: 'ppo', preset: 'memory' }),
  run('PPO, door-key', 3000, { world: 'minigrid-door-key', agent: 'ppo' }),
  run('A2C, mountain-car', 3000, { world: 'mountain-car', agent: 'a2c' }),
  run('A3C with one worker, cart-pole', 3000, {
    world: 'cart-pole',
    agent: 'a3c',
    config: { workers: 1 },
  }),
  run('REINFORCE, cart-pole', 4000, { world: 'cart-pole', agent: 'reinforce' }),
  run('SAC, pendulum', 1200, { world: 'pendulum', agent: 'sac' }),
  run('discrete SAC, water-world', 1200, { world: 'water-world', agent: 'sac' }),
  run('TD3, pendulum', 1500, { world: 'pendulum', agent: 'td3' }),
  {
    name: 'behaviour cloning, cart-pole',
    steps: 38_000,
    request: () => ({
      world: 'cart-pole',
      agent: 'bc',
      seed: 11,
      demonstrations: randomRecording('cart-pole', 1, 200),
    }),
  },
];

function run(name: string, steps: number, request: RunRequest): FingerprintedRun {
  return { name, steps, request: () => ({ ...request, seed: 11 }) };
}

/**
 * Plays the run for its steps and two greedy episodes, and hashes the episodes, the metrics of the updates and the greedy
 * returns, bit for bit. The names of metrics are left out and their columns put in order of their content, so that
 * renaming one changes nothing.
 */
export async function fingerprint({ steps, request }: FingerprintedRun, compute: Compute): Promise<string> {
  const run = await createRun(resolveRun(request()), compute);
  try {
    await run.advance(() => run.progress >= steps);
    const { recorder } = run;
    const episodes = recorder.episodesSince(0);
    const metrics = recorder.metricsSince(0);
    const greedy = run.evaluate({ episodes: 2, seed: 5, maxSteps: 300 });
    const columns = Object.values(metrics.columns).map(digest).toSorted();
    const parts = [episodes.step, episodes.slot, episodes.return, episodes.length, metrics.step];
    return sha([...parts, greedy.returns, greedy.lengths].map(digest).concat(columns).join('\n'));
  } finally {
    run.dispose();
  }
}

function digest({ buffer, byteOffset, byteLength }: Float64Array): string {
  return sha(new Uint8Array(buffer, byteOffset, byteLength));
}

function sha(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
