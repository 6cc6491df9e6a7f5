/**
 * What every agent promises, whatever it is: repeatable from a seed, greedy without chance, resumable bit for bit, clean with
 * memory, and right about the difference between an episode that ended and one that was cut off.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe as describeFields, parseConfig } from '#core/config.ts';
import { observationSize } from '#core/env.ts';
import { actionBuffer } from '#core/vector-env.ts';
import { createCompute } from '#host/compute.ts';
import { advance, startCase, type AgentCase, type CreatedRun } from './agent-runs.ts';
import { judgesEnds, worth } from './one-step-world.ts';
import { allFinite, areSame, demand, demandSame, type Rule } from './rule.ts';

/** Runs that are disposed of after their use. */
async function withRuns(
  runs: readonly Promise<CreatedRun>[],
  use: (...runs: CreatedRun[]) => Promise<void>,
): Promise<void> {
  const all = await Promise.all(runs);
  try {
    await use(...all);
  } finally {
    for (const run of all) run.dispose();
  }
}

export const agentRules: readonly Rule<AgentCase>[] = [
  {
    name: 'does the same again from the same seed and something else from another',
    async check(one) {
      const runs = [startCase(one), startCase(one), startCase(one, { seed: 2 })];
      await withRuns(runs, async (first, second, third) => {
        for (const run of [first, second, third]) await advance(run, 400);
        const expected = await first.snapshot();
        demandSame(await second.snapshot(), expected, 'the same seed again');
        const differs = !areSame(await third.snapshot(), expected);
        demand(differs, 'another seed: expected another run, got the same');
      });
    },
  },
  {
    name: 'acts greedily without chance and without changing',
    async check(one) {
      await withRuns([startCase(one)], async (run) => {
        await advance(run, 200);
        const before = structuredClone(await run.agent.snapshot());
        const { env } = run;
        const [a, b] = [actionBuffer(env.spec, env.n), actionBuffer(env.spec, env.n)];
        run.agent.act(env.obs, env.n, a, 'greedy');
        run.agent.act(env.obs, env.n, b, 'greedy');
        demandSame(b, a, 'greedy actions for the same observations');
        demandSame(await run.agent.snapshot(), before, 'the agent after acting greedily');
      });
    },
  },
  {
    name: 'goes on from a snapshot as if it had never stopped',
    async check(one) {
      await withRuns([startCase(one), startCase(one, { seed: 3 })], async (whole, other) => {
        await advance(whole, 300);
        const saved = structuredClone(await whole.snapshot());
        await advance(whole, 200);
        await advance(other, 40);
        await other.restore(saved);
        await advance(other, 200);
        await demandSameRun(other, whole);
      });
    },
  },
  {
    name: 'holds no more tensors after a hundred updates, and none after dispose',
    async check(one) {
      // On plain tfjs, which is where tensors could leak.
      using eager = await createCompute('wasm');
      const before = tf.memory().numTensors;
      await withRuns([startCase(one, { on: eager })], async (run) => {
        await advance(run, 200);
        const held = tf.memory().numTensors;
        await advance(run, 800);
        demandSame(tf.memory().numTensors, held, 'tensors after more updates');
      });
      demandSame(tf.memory().numTensors, before, 'tensors after dispose');
    },
  },
  { name: 'says of an observation only what can be said', check: inspects },
  {
    name: 'takes every live field while it runs',
    async check(one) {
      await withRuns([startCase(one)], async (run) => {
        await advance(run, 100);
        for (const field of describeFields(one.agent.config))
          if (field.live) run.tune({ kind: 'agent', key: field.key, value: run.setup.config[field.key] });
        await advance(run, 100);
      });
    },
  },
  {
    name: 'has presets that its table accepts',
    check({ agent }) {
      for (const [name, preset] of Object.entries(agent.presets)) {
        demand(preset.source !== '', `${name}: expected the source of its values`);
        parseConfig(agent.config, preset.config, name);
      }
    },
  },
  {
    name: 'expects nothing after an episode that terminated, and the usual after one that was cut off',
    applies: ({ agent }) => judgesEnds(agent),
    async check({ agent, compute }) {
      const terminated = await worth(agent, true, compute);
      const truncated = await worth(agent, false, compute);
      if (terminated === undefined || truncated === undefined) return;
      demand(
        terminated > 0.8 && terminated < 1.2,
        `terminated: expected a value of about 1, got ${terminated}`,
      );
      demand(truncated > 1.6 && truncated < 2.4, `truncated: expected a value of about 2, got ${truncated}`);
    },
  },
];

/** For every preset of an agent, in a world that it is for. */
export const presetRules: readonly Rule<AgentCase>[] = [
  {
    name: 'learns a little, stops, and goes on as if it had not',
    async check(one) {
      await withRuns([startCase(one), startCase(one)], async (whole, other) => {
        await advance(whole, 120);
        await other.restore(structuredClone(await whole.snapshot()));
        await advance(whole, 60);
        await advance(other, 60);
        await demandSameRun(other, whole);
      });
    },
  },
];

/** The agent first: what it does differently makes its world another one. */
async function demandSameRun(resumed: CreatedRun, whole: CreatedRun): Promise<void> {
  demandSame(await resumed.agent.snapshot(), await whole.agent.snapshot(), 'the resumed agent');
  demandSame(await resumed.snapshot(), await whole.snapshot(), 'the resumed run');
}

async function inspects(one: AgentCase): Promise<void> {
  await withRuns([startCase(one)], async (run) => {
    await advance(run, 200);
    const { agent, env } = run;
    const { spec } = env;
    const size = observationSize(spec);
    const obs = env.obs.slice(0, size);
    const { actionValues, probabilities, value } = agent.inspect(obs);
    const actions = spec.action.kind === 'discrete' ? spec.action.names.length : 0;
    if (actionValues)
      demandSame([...actionValues].filter(Number.isFinite).length, actions, 'finite action values');
    if (probabilities) demandProbabilities(probabilities, actions);
    if (value !== undefined) demand(Number.isFinite(value), `value: expected a finite number, got ${value}`);
    const saliency = agent.saliency?.(obs);
    if (saliency) {
      demandSame(saliency.length, size, 'numbers of saliency');
      demand(
        allFinite(saliency) && saliency.every((part) => part >= 0),
        'saliency: expected sizes, from 0 on',
      );
    }
    const two = agent.estimates?.(Float32Array.of(...obs, ...obs), 2);
    if (two?.actionValues && actionValues)
      demandSame(
        [...two.actionValues],
        [...actionValues, ...actionValues],
        'action values of two observations',
      );
    if (two?.probabilities)
      demandSame(two.probabilities.length, 2 * actions, 'probabilities of two observations');
    if (two?.values && value !== undefined)
      demand(
        Math.abs(two.values[1] - value) < 5e-6,
        `values of two observations: expected ${value}, got ${two.values[1]}`,
      );
  });
}

function demandProbabilities(probabilities: Float32Array, actions: number): void {
  demandSame(probabilities.length, actions, 'probabilities');
  const total = probabilities.reduce((sum, p) => sum + p, 0);
  demand(Math.abs(total - 1) < 5e-5, `probabilities: expected a sum of 1, got ${total}`);
}
