/** How agents leave their best action while they explore, by ε or by noise in their network, and that they do not in greedy play. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { argmax } from '#core/argmax.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const ROWS = 4000;
const network = [{ kind: 'dense', units: 8, activation: 'tanh' }];

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => compute[Symbol.dispose]());

/** A new agent on CartPole, observations, and what it says of them: Q(s, ·), [ROWS, 2]. */
async function start(agent: string, config: Readonly<Record<string, unknown>>) {
  const run = await ReinforcementRun.create(
    resolveRun({ world: 'cart-pole', agent, config: { network, ...config } }),
    compute,
  );
  const rng = rngStreams(1)('observations');
  const obs = Float32Array.from({ length: ROWS * 4 }, () => rng.normal());
  const values = (): Float32Array =>
    run.agent.estimates?.(obs, ROWS).actionValues?.slice() ?? new Float32Array(0);
  return { run, obs, values };
}

it.each(['dqn', 'pqn'])(
  '%s takes a random action with probability ε while it explores, and none greedily',
  async (agent) => {
    const { run, obs, values } = await start(agent, { epsilonSteps: 0, epsilonEnd: 0.2 });
    const best = values();
    const out = actionBuffer(run.env.spec, ROWS);
    const others = (mode: 'explore' | 'greedy', rows: number): number => {
      run.agent.act(obs, rows, out, mode);
      return out.discrete.subarray(0, rows).filter((action, k) => action !== argmax(best, 2 * k, 2)).length;
    };
    expect(others('greedy', ROWS)).toBe(0);
    // As many draws as there are environments at once. Half of the random actions are the best one.
    const { n } = run.env;
    const times = ROWS / n;
    let count = 0;
    for (let k = 0; k < times; k++) count += others('explore', n);
    expect(Math.abs(count / ROWS - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / ROWS));
    run.dispose();
  },
);

it('a noisy network explores by its noise, and plays greedily without', async () => {
  const { run, obs, values } = await start('dqn', {
    noisy: true,
    epsilonSteps: 0,
    epsilonEnd: 0,
    noisySigma: 1,
  });
  const quiet = values();
  const out = actionBuffer(run.env.spec, ROWS);
  const chosen = Array.from({ length: 20 }, () => {
    run.agent.act(obs, 1, out, 'explore');
    expect(values()).toEqual(quiet);
    return out.discrete[0];
  });
  expect(new Set(chosen).size).toBe(2);
  run.agent.act(obs, ROWS, out, 'greedy');
  expect(out.discrete).toEqual(Int32Array.from({ length: ROWS }, (_, k) => argmax(quiet, 2 * k, 2)));
  run.dispose();
});
