/** How soon the agent that a world starts with learns there: trained at full speed on one core until it has, or time is up. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { rngStreams } from '#core/rng.ts';
import { mean, standardDeviation } from '#core/stats.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { createCompute } from '#host/compute.ts';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { createKernel, resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { setWeights } from '#train/world/setup.ts';
import { drawActions } from '#core/random-actions.ts';

/** Episodes of the mean return, as on the page. */
export const RECENT = 100;
/** Episodes and env steps of random play: whichever comes last, but never more than the most. */
const RANDOM = { episodes: 300, slots: 16, most: 400_000 };
/** CPU seconds between two looks at the mean return. */
const LOOK = 1;
/** Milliseconds of training between two readings of the CPU's clock. */
const SLICE = 100;

export interface DefaultRecord {
  readonly world: string;
  readonly agent: string;
  readonly preset: string | null;
  readonly seed: number;
  /** Mean return of random play. */
  readonly random: number;
  /** Mean return of the last episodes of training, at most `RECENT`; null if none ended. */
  readonly trained: number | null;
  readonly learnt: boolean;
  /** Env steps and CPU seconds until it had learnt, else all of them. */
  readonly steps: number;
  readonly seconds: number;
}

/** `seconds`: of CPU time, at most. */
export async function measureDefault(world: string, seed: number, seconds: number): Promise<DefaultRecord> {
  const setup = resolveRun({ world, seed });
  const random = randomReturns(setup);
  using compute = await createCompute('simd', { threads: 1 });
  const run = await createRun(setup, compute);
  try {
    const started = cpuSeconds();
    const spent = (): number => cpuSeconds() - started;
    const recent = (): Float64Array =>
      run.recorder.episodesSince(Math.max(0, run.recorder.episodes - RECENT)).return;
    // Two looks in a row: the best of many looks at noise would be called learning.
    let looks = 0;
    while (looks < 2 && spent() < seconds) {
      const next = spent() + LOOK;
      while (spent() < next) {
        const end = performance.now() + SLICE;
        await run.advance(() => performance.now() >= end);
        await nextTurn();
      }
      looks = hasLearnt(random, recent()) ? looks + 1 : 0;
    }
    const { agent, preset = null } = defaultAgent(world);
    const returns = recent();
    return {
      world,
      agent,
      preset,
      seed,
      random: Number(mean(random).toPrecision(4)),
      trained: returns.length === 0 ? null : Number(mean(returns).toPrecision(4)),
      learnt: looks === 2,
      steps: run.progress,
      seconds: Number(spent().toFixed(1)),
    };
  } finally {
    run.dispose();
  }
}

/**
 * Whether returns are clearly above those of random play: by three standard errors of the difference, and by a tenth of
 * the way from the mean of random play to the best single episode of both.
 */
export function hasLearnt(random: Float64Array, trained: Float64Array): boolean {
  if (trained.length < 2 || random.length < 2) return false;
  const gain = mean(trained) - mean(random);
  const best = Math.max(random.reduce(larger), trained.reduce(larger));
  const error = Math.hypot(standardError(random), standardError(trained));
  return gain > 0 && gain >= 3 * error && gain >= (best - mean(random)) / 10;
}

/** Returns of the episodes that random actions end, under the run's weights and wrappers. */
export function randomReturns(setup: RunSetup): Float64Array {
  const streams = rngStreams(setup.seed);
  const env = new VectorEnv(createKernel(setup), RANDOM.slots, streams);
  setWeights(env, setup);
  const actions = actionBuffer(env.spec, env.n);
  const rng = streams('random play');
  const returns: number[] = [];
  for (let step = 0; returns.length < RANDOM.episodes && step * env.n < RANDOM.most; step++) {
    drawActions(env, actions, rng);
    env.step(actions);
    for (let i = 0; i < env.n; i++)
      if (env.terminated[i] | env.truncated[i]) returns.push(env.episodeReturn[i]);
  }
  return Float64Array.from(returns);
}

function standardError(values: Float64Array): number {
  return standardDeviation(values) / Math.sqrt(values.length);
}

function larger(a: number, b: number): number {
  return Math.max(a, b);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
