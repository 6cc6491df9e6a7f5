/** PPO with a memory: what it learns from is what it acted by, worlds do not share memories, and greedy play has its own. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Metrics } from '#core/agent.ts';
import { describe as describeTable } from '#core/config.ts';
import { problemOf } from '#core/errors.ts';
import { observationSize } from '#core/env.ts';
import { actionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { agents } from '#train/catalogue/agents.ts';
import { evaluate } from '#train/runs/evaluate.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const SMALL = {
  network: [{ kind: 'dense', units: 6, activation: 'tanh' }],
  memory: 'gru',
  memorySize: 5,
  numEnvs: 3,
  steps: 12,
  sequenceLength: 6,
  epochs: 1,
  minibatches: 1,
} as const;

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

function start(request: Partial<RunRequest> = {}): Promise<ReinforcementRun> {
  const { config = {}, ...rest } = request;
  const run = resolveRun({ world: 'memory', agent: 'ppo', ...rest, config: { ...SMALL, ...config } });
  return ReinforcementRun.create(run, compute);
}

async function advance(trainer: ReinforcementRun, steps: number): Promise<void> {
  const until = trainer.progress + steps;
  await trainer.advance(() => trainer.progress >= until);
}

describe('a rollout of a policy that remembers', () => {
  // Episodes end, and are cut off, within sequences; two networks or one; actions from a list or a box.
  const cases: readonly (readonly [string, Partial<RunRequest>])[] = [
    ['a gru, episodes that terminate', { params: { delay: 3 } }],
    ['an lstm', { config: { memory: 'lstm' }, params: { delay: 2 } }],
    ['one network', { config: { shared: true, sequenceLength: 3 } }],
    ['episodes that are cut off', { world: 'cart-pole', wrappers: { timeLimit: 5 } }],
    ['a box of actions', { world: 'pendulum', wrappers: { timeLimit: 7 }, config: { memory: 'lstm' } }],
    [
      'two recurrent layers by hand',
      {
        config: {
          memory: 'none',
          network: [
            { kind: 'gru', units: 4 },
            { kind: 'lstm', units: 3 },
          ],
        },
      },
    ],
  ];

  it.each(cases)('is seen by learning as it was by acting: %s', async (_, request) => {
    // A high rate, so that the policy soon is far from the one it began as, and what it remembers matters.
    const one = await start({ ...request, config: { ...request.config, learningRate: 0.02 } });
    const update = vi.spyOn(one.agent, 'update');
    await advance(one, 3 * 12 * 20);
    const moved = update.mock.results.flatMap(
      ({ value }) => (value as Metrics | undefined)?.['train/approx-kl'] ?? [],
    );
    expect(moved).toHaveLength(20);
    // With a single gradient step per rollout, the policy that is improved is still the one that acted.
    for (const kl of moved) expect(Math.abs(kl)).toBeLessThan(1e-6);
    one.dispose();
  });

  it('goes on from a snapshot within a sequence as if it had never stopped', async () => {
    for (const memory of ['gru', 'lstm']) {
      const [one, other] = [
        await start({ config: { memory } }),
        await start({ config: { memory }, seed: 2 }),
      ];
      await advance(one, 3 * 12 + 3 * 4);
      await advance(other, 3 * 7);
      await other.restore(structuredClone(await one.snapshot()));
      for (const each of [one, other]) await advance(each, 3 * 30);
      expect(await other.snapshot()).toEqual(await one.snapshot());
      for (const each of [one, other]) each.dispose();
    }
  });
});

describe('greedy play', () => {
  it('remembers from step to step, forgets where an episode begins, and leaves training alone', async () => {
    const one = await start({ world: 'pendulum' });
    await advance(one, 3 * 5);
    const before = await one.snapshot();
    const { agent, env } = one;
    const obs = env.obs.slice();
    const play = (begins?: Uint8Array): readonly number[] => {
      const out = actionBuffer(env.spec, 3);
      agent.act(obs, 3, out, 'greedy', begins);
      return [...out.box];
    };
    const first = play();
    expect(play()).toEqual(first);
    const second = play(Uint8Array.of(0, 0, 1));
    expect(second[0]).not.toBe(first[0]);
    expect(second[1]).not.toBe(first[1]);
    expect(second[2]).toBe(first[2]);
    agent.inspect(obs.slice(0, observationSize(env.spec)));
    evaluate(one.setup, agent, { episodes: 2, seed: 1, maxSteps: 20 });
    expect(await one.snapshot()).toEqual(before);
    one.dispose();
  });

  it('shows what the first world is worth with what is remembered of it', async () => {
    const one = await start({ params: { delay: 9 } });
    const { agent, env } = one;
    const value = (): number | undefined => agent.inspect(env.obs.slice(0, 3)).value;
    const fresh = value();
    expect(value()).toBe(fresh);
    const blank = new Float32Array(3);
    const unknowing = agent.inspect(blank).value;
    await advance(one, 3);
    expect(agent.inspect(blank).value).not.toBe(unknowing);
    one.dispose();
  });
});

describe('a memory', () => {
  it('is refused by the name of its layer wherever nothing is remembered', () => {
    const others = agents.filter(
      ({ id, config }) => id !== 'ppo' && describeTable(config).some(({ key }) => key === 'network'),
    );
    expect(others.length).toBeGreaterThan(5);
    for (const agent of others)
      for (const kind of ['gru', 'lstm']) {
        const network = [
          { kind: 'dense', units: 4 },
          { kind, units: 4 },
        ];
        const { id, config } = agent;
        const world = id === 'td3' ? 'pendulum' : 'cart-pole';
        const problem = agent.refuses(resolveWorld({ world }).kernel.spec, config.parse({ network }));
        expect(problem?.field, id).toBe(`network.1 (${kind})`);
        expect(problem?.expected, id).toContain('without memory');
      }
  });

  it('is trained through sequences that fill a rollout', () => {
    const config = { ...SMALL, sequenceLength: 5 };
    expect(() => resolveRun({ world: 'memory', agent: 'ppo', config })).toThrow(
      'agent.sequenceLength: expected a number that divides the 12 steps per rollout, got 5',
    );
    for (const more of [{ sequenceLength: 50 }, { memory: 'none', sequenceLength: 5 }])
      expect(
        problemOf(() => resolveRun({ world: 'memory', agent: 'ppo', config: { ...SMALL, ...more } })),
      ).toBeUndefined();
  });
});
