/** Behaviour cloning apart from learning: what it is given, what it refuses, what it reports, when it stops, how it goes on. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import type { EnvSpec } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { Examples } from '#agents/policy/behaviour-cloning/examples.ts';
import { createCompute } from '#host/compute.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { extractNetworks, plantNetworks } from '#train/checkpoints/networks.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { asRun } from '#train/request/subject.ts';
import { FitRun } from '#train/runs/fit.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

const poles = randomRecording('cart-pole', 1, 200);
const rods = randomRecording('pendulum', 1, 300);

function started(request: Partial<RunRequest>): Promise<FitRun> {
  const setup = resolveRun({ world: 'cart-pole', agent: 'bc', demonstrations: poles, ...request });
  return FitRun.create(setup, compute);
}

/** Until so many gradient steps were made in all, or the epochs are over. */
async function advance(run: FitRun, gradientSteps: number): Promise<void> {
  await run.advance(() => run.finished || run.progress >= gradientSteps * run.agent.batchSize);
}

describe('examples', () => {
  const spec: EnvSpec = resolveWorld({ world: 'cart-pole' }).kernel.spec;

  it('are held out in whole episodes, spread over the recording, and all are on one side', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lengths, fc.double({ min: 0, max: 0.9, noNaN: true }), (lengths, share) => {
        const starts = Int32Array.from([0, ...lengths]);
        for (let k = 1; k < starts.length; k++) starts[k] += starts[k - 1];
        const steps = starts.at(-1) ?? 0;
        const actions = { discrete: new Int32Array(steps), box: new Float32Array(0) };
        const { learned, heldOut } = new Examples(
          spec,
          { obs: new Float32Array(4 * steps), actions, starts },
          share,
        );
        expect([...learned, ...heldOut].toSorted((a, b) => a - b)).toEqual([...Array(steps).keys()]);
        const held = lengths.map((_, k) => heldOut.includes(starts[k]));
        lengths.forEach((length, k) => {
          for (let t = 0; t < length; t++) expect(heldOut.includes(starts[k] + t)).toBe(held[k]);
        });
        const wanted = share === 0 ? 0 : Math.max(1, Math.round(share * lengths.length));
        expect(held.filter(Boolean)).toHaveLength(Math.min(wanted, lengths.length - 1));
      }),
    );
  });
});

describe('behaviour cloning', () => {
  it('begins where all actions are about as likely, and reports what the definitions say', async () => {
    const trainer = await started({ config: { learningRate: 1e-6 } });
    await advance(trainer, 100);
    const { columns } = trainer.recorder.metricsSince(0);
    expect(columns['train/loss'][0]).toBeCloseTo(Math.log(2), 2);
    expect(columns['train/accuracy'][0]).toBeGreaterThan(0.35);
    expect(columns['train/accuracy'][0]).toBeLessThan(0.65);
    trainer.dispose();
  });

  it('gives numbers in units of half the box: held-out loss and error against a slow computation', async () => {
    const config = { epochs: 1, batchSize: 8192, heldOut: 0.5 };
    const trainer = await started({ world: 'pendulum', demonstrations: rods, config });
    await advance(trainer, 250);
    const { columns } = trainer.recorder.metricsSince(0);
    const shown = rods.episodes.map(({ actions }) => actions.map((torque) => torque / 2));
    const held = shown.filter(
      (_, k) => Math.floor(((k + 1) * 3) / shown.length) > Math.floor((k * 3) / shown.length),
    );
    expect(shown).toHaveLength(6);
    // Whatever the observation, the policy has hardly moved from a mean of 0 and σ = 1.
    const all = held.flat();
    const error = all.reduce((sum, x) => sum + Math.abs(x), 0) / all.length;
    const loss = all.reduce((sum, x) => sum + 0.5 * x * x + 0.5 * Math.log(2 * Math.PI), 0) / all.length;
    expect(columns['train/held-out-error'][0]).toBeCloseTo(error, 1);
    expect(columns['train/held-out-loss'][0]).toBeCloseTo(loss, 1);
    trainer.dispose();
  });

  it('stops after its epochs and goes on when there are more', async () => {
    const trainer = await started({ config: { epochs: 2, heldOut: 0 } });
    await advance(trainer, 300);
    const { columns } = trainer.recorder.metricsSince(0);
    expect(Object.keys(columns).filter((name) => name.includes('held-out'))).toEqual([]);
    const before = await trainer.agent.snapshot();
    let played = 0;
    await trainer.advance(() => ++played === 20);
    expect((await trainer.agent.snapshot())['updates']).toBe(before['updates']);
    expect([trainer.finished, trainer.progress]).toEqual([
      true,
      (before['updates'] as number) * trainer.agent.batchSize,
    ]);
    trainer.tune({ kind: 'agent', key: 'epochs', value: 3 });
    await advance(trainer, 340);
    expect(trainer.finished).toBe(true);
    expect((await trainer.agent.snapshot())['updates']).toBeGreaterThan(before['updates'] as number);
    trainer.dispose();
  });

  it('makes no more gradient steps than its epochs have, however many it makes at once', async () => {
    const trainer = await started({ config: { epochs: 2, gradientSteps: 1000, heldOut: 0 } });
    await trainer.advance(() => trainer.finished);
    const { columns } = trainer.recorder.metricsSince(0);
    expect(columns['train/epoch'].at(-1)).toBe(2);
    trainer.dispose();
  });

  it('takes its demonstrations along in a checkpoint and goes on to the bit', async () => {
    const one = await started({ seed: 3 });
    await advance(one, 150);
    const file = await encodeCheckpoint({
      kind: 'run',
      request: one.setup.request,
      steps: 150,
      state: await one.snapshot(),
    });
    const { request, state } = asRun(await decodeCheckpoint(file));
    const other = await FitRun.create(resolveRun(request), compute);
    await other.restore(state);
    for (const trainer of [one, other]) await advance(trainer, 260);
    expect(await other.snapshot()).toEqual(await one.snapshot());
    for (const trainer of [one, other]) trainer.dispose();
  });
});

/** What a policy makes of a few states. */
function inspected({ agent }: ReinforcementRun | FitRun): readonly (Float32Array | undefined)[] {
  return poles.episodes.map(
    (_, k) => agent.inspect(Float32Array.of(k / 9, -k / 7, k / 5, 0.1)).probabilities,
  );
}

describe('a clone as the beginning of reinforcement learning', () => {
  it.each(['ppo', 'a2c', 'reinforce'])(
    '%s plays as the clone does, and learns on from there',
    async (agent) => {
      const clone = await started({ config: { epochs: 3 } });
      await advance(clone, 60);
      const networks = extractNetworks(clone.setup, await clone.agent.snapshot());
      const other = await ReinforcementRun.create(resolveRun({ world: 'cart-pole', agent }), compute);
      expect(inspected(other)).not.toEqual(inspected(clone));
      await plantNetworks(other, { networks }, 'the clone');
      expect(inspected(other)).toEqual(inspected(clone));
      await other.advance(() => other.recorder.metricRows > 0);
      expect(inspected(other)).not.toEqual(inspected(clone));
      for (const trainer of [clone, other]) trainer.dispose();
    },
  );

  it('is refused by name where policy and value are one network', async () => {
    const clone = await started({});
    const networks = extractNetworks(clone.setup, await clone.agent.snapshot());
    const other = await ReinforcementRun.create(
      resolveRun({ world: 'cart-pole', agent: 'ppo', config: { shared: true } }),
      compute,
    );
    await expect(plantNetworks(other, { networks }, 'the clone')).rejects.toThrow(
      'weights: expected networks of ppo: policy-value, got "policy"',
    );
    for (const trainer of [clone, other]) trainer.dispose();
  });
});

describe('refused before anything starts', () => {
  const request: RunRequest = { world: 'cart-pole', agent: 'bc', demonstrations: poles };
  it.each<[string, RunRequest, object]>([
    ['no recording', { world: 'cart-pole', agent: 'bc' }, { field: 'demonstrations', got: 'nothing' }],
    ['something else', { ...request, demonstrations: 3 }, { field: 'demonstrations', got: '3' }],
    [
      'an empty recording',
      { ...request, demonstrations: { ...poles, episodes: [] } },
      { field: 'demonstrations' },
    ],
    ['another world', { ...request, world: 'acrobot' }, { field: 'world', got: '"acrobot"' }],
    [
      'other parameters',
      { ...request, params: { suttonBartoReward: true } },
      { field: 'world.suttonBartoReward' },
    ],
    [
      'another action repeat',
      { ...request, wrappers: { actionRepeat: 4 } },
      { field: 'wrap.actionRepeat', got: '4' },
    ],
    [
      'normalised observations',
      { ...request, wrappers: { normaliseObservation: true } },
      { field: 'wrap.normaliseObservation' },
    ],
    [
      'more than the memory holds, as the agent sees it',
      {
        ...request,
        demonstrations: { ...poles, episodes: [{ ...poles.episodes[0], actions: Array(9511).fill(0) }] },
        wrappers: { pixels: true, frameStack: 4 },
      },
      { field: 'demonstrations', expected: 'at most 9510 steps', got: '9511' },
    ],
    [
      'an agent that needs none',
      { ...request, agent: 'dqn' },
      { field: 'demonstrations', got: 'a recording' },
    ],
    [
      'a layer that does not fit',
      { ...request, config: { network: [{ kind: 'flatten' }, { kind: 'maxPool', size: 2 }] } },
      { field: 'agent.network.1 (maxPool)' },
    ],
  ])('%s', (_, wrong, problem) => {
    expect(problemOf(() => resolveRun(wrong))).toMatchObject(problem);
  });

  it('a recording that does not come out, by its episode', async () => {
    const [first, ...rest] = poles.episodes;
    const forged = { ...poles, episodes: [...rest, { ...first, return: 500 }] };
    await expect(started({ demonstrations: forged })).rejects.toThrow(
      `recording.episode ${poles.episodes.length}: expected a return of 500, as recorded, got ${first.return}`,
    );
  });
});
