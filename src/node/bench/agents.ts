/**
 * Env steps per second of agents that are learning: acting, the world, storing and the gradient steps that are due, on the
 * backend that this machine chooses by itself: on one thread, and on all cores where the steps are large enough to share. Rows
 * are named `<agent> <world> <preset>`.
 */
import { availableParallelism } from 'node:os';
import { createCompute } from '#host/compute.ts';
import { problemOf } from '#core/errors.ts';
import { median } from '#core/stats.ts';
import { agents } from '#train/catalogue/agents.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import type { Row } from './row.ts';

/** The world of presets that are named after their source; those whose name ends in a world's are measured on it. */
const WORLD_OF: Readonly<Record<string, string>> = {
  minatar: 'breakout',
  arcade: 'breakout',
  'dqn-arcade': 'breakout',
  'rainbow-arcade': 'breakout',
  'rl-starter-files': 'minigrid-door-key',
};
/**
 * Steps per second of Stable-Baselines3 2.9 with the settings of these rows, at its best number of threads, on a machine like
 * the one of docs/results.md: figures that were noted down, not measured beside ours.
 */
const FIGURES: Readonly<Record<string, number>> = {
  'ppo cart-pole sb3-zoo': 7000,
  'dqn cart-pole sb3-zoo': 1300,
  'dqn cart-pole cleanrl': 5100,
  'dqn breakout minatar': 640,
  'ppo breakout minatar': 12_300,
};
const FIGURE = 'Stable-Baselines3 2.9 (a figure, not measured in this run)';
/** Where the others are measured: on the first that the agent can play. */
const USUAL: readonly string[] = ['cart-pole', 'pendulum', 'frozen-lake'];

/** Milliseconds of one measurement, and how many there are once learning has begun. */
const DURATION = 1000;
const REPEATS = 5;
/** A run that has not begun to learn by then never will. */
const PATIENCE = 60_000;

export async function* benchAgents(filter: string): AsyncIterable<Row> {
  // What learns from demonstrations has no speed in env steps.
  for (const agent of agents.filter(({ needs }) => needs !== 'demonstrations'))
    for (const preset of ['default', ...Object.keys(agent.presets)]) {
      const request = requestFor({ agent: agent.id, ...(preset === 'default' ? {} : { preset }) });
      const row = `${agent.id} ${request.world} ${preset}`;
      if (!row.includes(filter)) continue;
      const one = await measure(request, 1);
      const figure = FIGURES[row];
      const against = (value: number): Row['vs'] =>
        figure === undefined ? {} : { [FIGURE]: value / figure };
      yield { suite: 'agents', row, value: one.rate, unit: 'steps/s', vs: against(one.rate) };
      const threads = availableParallelism();
      if (threads === 1) continue;
      const { rate, shares } = await measure(request, threads);
      const vs = { '1 thread': rate / one.rate, ...against(rate) };
      if (shares)
        yield { suite: 'agents', row: `${row}, ${threads} threads`, value: rate, unit: 'steps/s', vs };
    }
}

function requestFor(given: Omit<RunRequest, 'world'>): RunRequest {
  const { preset = '' } = given;
  const own = worlds.find((world) => preset.endsWith(world.id))?.id ?? WORLD_OF[preset];
  const playable = (world: string): boolean => problemOf(() => resolveRun({ ...given, world })) === undefined;
  const world = own ?? USUAL.find(playable) ?? USUAL[0];
  return { ...given, world };
}

/** Steps per second, and whether any compiled step runs on several threads: where none does, that is known at once. */
async function measure(request: RunRequest, threads: number): Promise<{ rate: number; shares: boolean }> {
  using compute = await createCompute('auto', { threads });
  const trainer = await createRun(resolveRun(request), compute);
  const shares = compute.label.includes('threads');
  try {
    if (threads > 1 && !shares) return { rate: NaN, shares };
    const deadline = performance.now() + PATIENCE;
    await trainer.advance(() => trainer.recorder.metricRows > 0 || performance.now() > deadline);
    const rates: number[] = [];
    for (let repeat = -1; repeat < REPEATS; repeat++) {
      const start = performance.now();
      const from = trainer.progress;
      await trainer.advance(() => performance.now() - start >= DURATION);
      if (repeat >= 0) rates.push(((trainer.progress - from) / (performance.now() - start)) * 1000);
    }
    return { rate: median(rates), shares };
  } finally {
    trainer.dispose();
  }
}
