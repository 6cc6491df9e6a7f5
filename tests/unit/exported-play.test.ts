/** An exported agent plays as its checkpoint does: the file has the statistics and settings under which its networks play. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLayersModel } from '#agents/nn/files/layers-model.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { Normaliser, RunningMoments } from '#core/moments.ts';
import { child } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { expectClose, numbers } from '#tests/parity/compile-close.ts';
import { Forward } from '#tests/parity/forward.ts';
import { extractNetworks, extractStatistics, plantNetworks } from '#train/checkpoints/networks.ts';
import { compareSettings, playSettings, settingsFor } from '#train/checkpoints/play-settings.ts';
import { decodeWeights, FORMATS, weightsFiles, type SavedWeights } from '#train/checkpoints/weights.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import { loaded, outputs } from './layers-model-tfjs.ts';

let compute: Awaited<ReturnType<typeof createCompute>>;
beforeAll(async () => {
  compute = await createCompute('simd');
  tf.enableProdMode();
  await tf.setBackend('cpu');
});
afterAll(() => compute[Symbol.dispose]());

const request: RunRequest = {
  world: 'pendulum',
  agent: 'ppo',
  wrappers: { normaliseObservation: true, frameStack: 2 },
  config: { network: [{ kind: 'dense', units: 8, activation: 'tanh' }], numEnvs: 2, steps: 64 },
};

/** What an agent that has learned a little exports. */
async function exported(run: ReinforcementRun): Promise<SavedWeights> {
  const state = await run.snapshot();
  const networks = extractNetworks(run.setup, child(state, 'agent'));
  const statistics = extractStatistics(run.setup, state);
  return { networks, settings: playSettings(run.setup), statistics };
}

describe('an agent with normalised observations', () => {
  it.each(FORMATS)('plays from its %s file as it did, to the last bit', async (format) => {
    const trained = await ReinforcementRun.create(resolveRun(request), compute);
    await trained.advance(() => trained.progress >= 600);
    const [main, ...others] = weightsFiles(format, await exported(trained), { agent: 'ppo' });
    const read = await decodeWeights(main, async (name) => {
      const file = others.find((other) => other.name === name);
      return file?.content ?? new Uint8Array();
    });
    const wrappers = settingsFor(read.settings, 'pendulum').wrappers;
    const fresh = await ReinforcementRun.create(resolveRun({ ...request, wrappers }), compute);
    await plantNetworks(fresh, read, 'the file');
    const options = { episodes: 3, seed: 7 };
    expect(fresh.evaluate(options).returns).toEqual(trained.evaluate(options).returns);
    // Training goes on with the statistics, from the first observation on.
    expect(fresh.moments.observation?.statistics).toEqual(trained.moments.observation?.statistics);
    const { obs, raw } = fresh.env;
    const normalised = raw.obs.slice();
    new Normaliser(fresh.moments.observation as RunningMoments).normalise(raw.obs, normalised);
    expect(obs).toEqual(normalised);
    for (const run of [trained, fresh]) run.dispose();
  });

  it('is a layers model that normalises raw observations and clips them, as other tools see it', async () => {
    for (const input of [[3], [2, 2, 2]]) {
      const flat = input.length > 1 ? [{ kind: 'flatten' as const }] : [];
      const plan = planNetwork([...flat, { kind: 'dense', units: 4 }], input, 'network');
      const size = input.reduce((product, length) => product * length, 1);
      const moments = new RunningMoments(size);
      for (let row = 0; row < 50; row++) moments.add(numbers(row, size).map((x, k) => 3 * k + x / (k + 1)));
      const block = numbers(9, plan.size);
      const files = encodeLayersModel({ name: 'policy', plan, block }, {}, moments.statistics);
      const model = await loaded(files);
      // The second row is far away: clipped.
      const x = numbers(2, 2 * size).map((value, k) => (k < size ? value : 1000 * value));
      const normalised = x.slice();
      new Normaliser(moments).normalise(x, normalised);
      expect(Math.max(...normalised.map(Math.abs))).toBe(10);
      expectClose('outputs', await outputs(model, x, input), new Forward(plan, 2).run(block, normalised, 2));
      model.dispose();
    }
  });
});

describe('settings of a weights file', () => {
  const settings = playSettings(resolveRun(request));
  const under = (changes: Partial<RunRequest>) => (): readonly string[] =>
    compareSettings(resolveRun({ ...request, ...changes }), settings);

  it('are said where they are not the usual ones', () => {
    expect(under({})()).toEqual([
      'as the weights were trained: wrap.frameStack=2, wrap.normaliseObservation=true',
    ]);
  });

  it('refuse wrappers under which inputs mean something else, each by its field', () => {
    expect(under({ wrappers: { frameStack: 3 } })).toThrow(
      [
        'wrap.frameStack: expected 2, as when the weights were trained, got 3',
        'wrap.normaliseObservation: expected true, as when the weights were trained, got false',
      ].join('\n'),
    );
  });

  it('say what else differs: the world, its parameters, how long actions last', () => {
    const wrappers = { ...settings.wrappers, actionRepeat: 4 };
    expect(under({ wrappers })().at(-1)).toBe(
      'not as the weights were trained: wrap.actionRepeat=4 instead of 1',
    );
    const frozenLake = { world: 'frozen-lake', agent: 'dqn', params: { map: '8x8' } };
    const kept = playSettings(resolveRun(frozenLake));
    expect(kept.oneHot).toBe(true);
    expect(compareSettings(resolveRun({ ...frozenLake, params: {} }), kept)).toEqual([
      'not as the weights were trained: world.map=4x4 instead of 8x8',
    ]);
    expect(compareSettings(resolveRun({ world: 'taxi', agent: 'dqn' }), kept)).toEqual([
      'not as the weights were trained: taxi instead of frozen-lake',
    ]);
    expect(settingsFor(kept, 'frozen-lake').params).toMatchObject({ map: '8x8' });
    expect(settingsFor(kept, 'taxi').params).toEqual({});
  });
});
