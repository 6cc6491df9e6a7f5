/**
 * Env steps per second of agents while they learn (acting, the world, replay and gradient steps) on the backend that `auto`
 * chooses: on one thread, and on all cores where the steps are large enough to split. Rows are named `<agent> <world> <preset>`.
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

/** The worlds of presets whose name does not end with a world's id. */
const WORLD_OF: Readonly<Record<string, string>> = {
  minatar: 'breakout',
  arcade: 'breakout',
  'arcade-dense': 'breakout',
  'dqn-arcade': 'breakout',
  'rainbow-arcade': 'breakout',
  minigrid: 'minigrid-door-key',
  'rl-starter-files': 'minigrid-door-key',
};
/**
 * Steps per second of Stable-Baselines3 2.9 with the settings of these rows and its best number of threads, on a machine like
 * the one of docs/results.md: noted earlier, not measured in the same run.
 */
const NOTED_RATES: Readonly<Record<string, number>> = {
  'ppo cart-pole sb3-zoo': 7000,
  'dqn cart-pole sb3-zoo': 1300,
  'dqn cart-pole cleanrl': 5100,
  'dqn breakout minatar': 640,
  'ppo breakout minatar': 12_300,
};
const NOTED_PEER = 'Stable-Baselines3 2.9 (a figure, not measured in this run)';
/** The worlds of all other presets: the first one that the agent can play. */
const DEFAULT_WORLDS: readonly string[] = ['cart-pole', 'pendulum', 'frozen-lake'];

/** Milliseconds of one measurement, and measurements per row, once learning has started. */
const DURATION = 1000;
const REPEATS = 5;
/** Milliseconds within which learning has to start. */
const START_TIMEOUT = 60_000;

export async function* benchAgents(filter: string): AsyncIterable<Row> {
  // Agents that learn from demonstrations take no env steps.
  for (const agent of agents.filter(({ needs }) => needs !== 'demonstrations'))
    for (const preset of ['default', ...Object.keys(agent.presets)]) {
      const request = requestFor({ agent: agent.id, ...(preset === 'default' ? {} : { preset }) });
      const row = `${agent.id} ${request.world} ${preset}`;
      if (!row.includes(filter)) continue;
      const one = await measure(request, 1);
      const noted = NOTED_RATES[row];
      const against = (value: number): Row['vs'] =>
        noted === undefined ? {} : { [NOTED_PEER]: value / noted };
      yield { suite: 'agents', row, value: one.rate, unit: 'steps/s', vs: against(one.rate) };
      const threads = availableParallelism();
      if (threads === 1) continue;
      const { rate, isSplit } = await measure(request, threads);
      const vs = { '1 thread': rate / one.rate, ...against(rate) };
      if (isSplit)
        yield { suite: 'agents', row: `${row}, ${threads} threads`, value: rate, unit: 'steps/s', vs };
    }
}

function requestFor(given: Omit<RunRequest, 'world'>): RunRequest {
  const { preset = '' } = given;
  const own = worlds.find((world) => preset.endsWith(world.id))?.id ?? WORLD_OF[preset];
  const playable = (world: string): boolean => problemOf(() => resolveRun({ ...given, world })) === undefined;
  const world = own ?? DEFAULT_WORLDS.find(playable) ?? DEFAULT_WORLDS[0];
  return { ...given, world };
}

/** Steps per second, and whether any compiled step is split over threads; where none is, nothing is measured. */
async function measure(request: RunRequest, threads: number): Promise<{ rate: number; isSplit: boolean }> {
  using compute = await createCompute('auto', { threads });
  const trainer = await createRun(resolveRun(request), compute);
  const isSplit = compute.label.includes('threads');
  try {
    if (threads > 1 && !isSplit) return { rate: NaN, isSplit };
    const deadline = performance.now() + START_TIMEOUT;
    await trainer.advance(() => trainer.recorder.metricRows > 0 || performance.now() > deadline);
    const rates: number[] = [];
    for (let repeat = -1; repeat < REPEATS; repeat++) {
      const start = performance.now();
      const from = trainer.progress;
      await trainer.advance(() => performance.now() - start >= DURATION);
      if (repeat >= 0) rates.push(((trainer.progress - from) / (performance.now() - start)) * 1000);
    }
    return { rate: median(rates), isSplit };
  } finally {
    trainer.dispose();
  }
}
