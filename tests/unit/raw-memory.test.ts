/**
 * Agents with a memory keep raw observations and normalise what they learn from. With frozen statistics that is, bit for bit,
 * learning in a world that shows normalised observations.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StepBuffers } from '#core/agent.ts';
import type { EnvKernel } from '#core/env.ts';
import { Normaliser, RunningMoments } from '#core/moments.ts';
import { rngStreams } from '#core/rng.ts';
import { child, type Snapshot } from '#core/snapshot.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { derive } from '#core/wrappers.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { createKernel, resolveRun, type RunSetup } from '#train/request/resolve.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

/** Statistics of a few made-up rows, frozen. */
function frozen(features: number): Normaliser {
  const moments = new RunningMoments(features);
  for (const scale of [1, -0.5, 3]) moments.add(Float32Array.from({ length: features }, (_, k) => k + scale));
  moments.learning = false;
  return new Normaliser(moments);
}

/** The learner after some steps in this world; `normaliser` is what its observations go through, if they do. */
async function trained(setup: RunSetup, kernel: EnvKernel, normaliser?: Normaliser): Promise<Snapshot> {
  const { agent: definition, config } = setup;
  if (definition.kind !== 'agent') throw new Error('expected an agent that learns from its steps');
  const streams = rngStreams(3);
  const n = definition.slots(config);
  const env = new VectorEnv(kernel, n, streams, { normaliser });
  const agent = await definition.create(env.spec, config, streams, compute, { normaliser });
  const actions = actionBuffer(env.spec, n);
  for (let t = 0; t < 300; t++) {
    agent.act(env.obs, n, actions, 'explore');
    const [obs, rawObs] = [env.obs.slice(), env.raw.obs.slice()];
    env.step(actions);
    const { reward, terminated, truncated, obs: nextObs, finalObs, raw } = env;
    const step: StepBuffers = { n, obs, actions, reward, terminated, truncated, nextObs, finalObs };
    agent.observe(normaliser ? { ...step, raw: { ...raw, obs: rawObs, nextObs: raw.obs } } : step);
    await agent.update();
  }
  const saved = await agent.snapshot();
  agent.dispose();
  return child(saved, 'learner');
}

describe('a memory of raw observations', () => {
  const body = {
    network: [{ kind: 'dense', units: 8, activation: 'relu' }],
    learningStarts: 50,
    batchSize: 8,
  };

  it.each([
    { world: 'pendulum', agent: 'sac', config: body },
    { world: 'pendulum', agent: 'td3', config: body },
    { world: 'cart-pole', agent: 'dqn', config: { ...body, nStep: 3 } },
    { world: 'cart-pole', agent: 'dqn', config: { ...body, prioritized: true } },
  ])('teaches $agent what normalised observations do: $config', async (request) => {
    const setup = resolveRun(request);
    const kernel = createKernel(setup);
    const normaliser = frozen(kernel.spec.observation.shape[0]);
    const shown = derive(kernel, {
      observe(s, i, into, offset) {
        kernel.observe(s, i, into, offset);
        normaliser.normalise(into, into, offset, offset + normaliser.moments.mean.length);
      },
    });
    const raw = await trained(setup, kernel, normaliser);
    expect(raw).toEqual(await trained(setup, shown));
    expect(raw).not.toEqual(await trained(setup, kernel));
  });
});
