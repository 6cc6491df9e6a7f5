/** What the diagnosis says of real short runs: each rule where it holds, and nothing where a world's own agent learns well. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { inWords } from '#core/finding.ts';
import { median } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import { learntAfter } from '#train/catalogue/learnt-after.ts';
import { diagnose, factsOf, remarksAfter } from '#train/diagnosis/diagnose.ts';
import { Evidence } from '#train/diagnosis/evidence.ts';
import { rules } from '#train/diagnosis/rules.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { agents } from '#train/catalogue/agents.ts';

let compute: Awaited<ReturnType<typeof createCompute>>;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => compute[Symbol.dispose]());

/** All findings at ten looks during a run, each as `problem id` with its first fix, and what is said at the end. */
async function course(request: RunRequest, steps: number) {
  const run = await createRun(resolveRun(request), compute);
  try {
    const evidence = new Evidence();
    const said = new Map<string, string>();
    let [episodes, rows] = [0, 0];
    for (let look = 1; look <= 10; look++) {
      await run.advance(() => run.progress >= (steps * look) / 10);
      evidence.take(run.recorder.episodesSince(episodes), run.recorder.metricsSince(rows));
      [episodes, rows] = [run.recorder.episodes, run.recorder.metricRows];
      for (const { id, level, fixes } of diagnose(factsOf(run, evidence)))
        said.set(`${level} ${id}`, fixes.map(({ key, value }) => `${key}=${value}`).join());
    }
    return { said: Object.fromEntries(said), end: remarksAfter(run) };
  } finally {
    run.dispose();
  }
}

describe('finds no problem where the agent that a world starts with learns', () => {
  it.each([
    ['cart-pole', 4000],
    ['acrobot', 4000],
    ['pendulum', 2000],
    ['lunar-lander', 20_000],
    ['catch', 20_000],
    ['minigrid-empty', 20_000],
    ['breakout', 5000],
    ['frozen-lake', 50_000],
    ['cliff-walking', 50_000],
    ['taxi', 50_000],
    ['blackjack', 20_000],
    ['corridor', 20_000],
  ])('%s', async (world, steps) => {
    const { said } = await course({ world }, steps);
    expect(Object.keys(said).filter((name) => name.startsWith('problem'))).toEqual([]);
  });

  it('cart-pole with PPO', async () => {
    const { said, end } = await course({ world: 'cart-pole', agent: 'ppo' }, 20_000);
    expect(Object.keys(said).filter((name) => name.startsWith('problem'))).toEqual([]);
    expect(end).toEqual([]);
  });
});

describe('finds', () => {
  it('an ε that stays high, at once', async () => {
    const { said, end } = await course({ world: 'cart-pole', config: { epsilonEnd: 1 } }, 600);
    expect(said['problem exploration']).toBe('epsilonEnd=0.05');
    expect(end).toContain(
      'exploration stays at ε = 1 (epsilonEnd): the agent acts mostly at random, so its returns cannot rise; try epsilonEnd=0.05',
    );
  });

  it('a constant ε that is high', async () => {
    const config = { epsilonSchedule: 'constant', epsilonStart: 0.9 };
    const { said } = await course({ world: 'frozen-lake', config }, 1000);
    expect(said['problem exploration']).toBe('epsilonStart=0.1');
  });

  it('a decay of ε that is longer than the world takes', async () => {
    const config = { epsilonSteps: 1_000_000, learningStarts: 45_000 };
    const { said } = await course({ world: 'cart-pole', config }, 42_000);
    expect(said['note exploration']).toBe('epsilonSteps=42000');
  });

  it('that nothing was learned yet, and from when on', async () => {
    expect((await course({ world: 'cart-pole' }, 500)).end).toEqual([
      'no update yet: the replay buffer fills until step 1000 (learningStarts)',
    ]);
    expect((await course({ world: 'cart-pole', agent: 'ppo' }, 256)).end).toEqual([
      'no update yet: the first one comes after 512 steps (numEnvs × steps)',
    ]);
  });

  it('that estimates and gradients explode', async () => {
    const config = {
      learningRate: 0.1,
      gradientClip: 0,
      loss: 'mse',
      double: false,
      targetEvery: 1,
      gamma: 1,
      nStep: 1,
      averageRate: 1,
    };
    const { said } = await course({ world: 'cart-pole', agent: 'dqn', config }, 4000);
    expect(said['problem values']).toBe('learningRate=0.01');
    expect(said['problem gradients']).toBe('gradientClip=1,learningRate=0.01');
  });

  it('a policy that has stopped exploring before it has learnt', async () => {
    const config = { learningRate: 0.1, entropyCoefficient: 0 };
    const { said } = await course({ world: 'cart-pole', agent: 'ppo', config }, 30_000);
    expect(said['problem entropy']).toBe('entropyCoefficient=0.01');
  });

  it('a reward that was never seen: first as a note, then as a problem', async () => {
    const { said } = await course({ world: 'mountain-car', agent: 'ppo' }, 2.2 * learntAfter['mountain-car']);
    expect(said['note reward']).toBe('');
    expect(said['problem reward']).toMatch(/^entropyCoefficient=/);
  });

  it('a learning rate that has come to 0, which the command line says before', async () => {
    const config = { learningRateSteps: 1024 };
    const { said, end } = await course({ world: 'cart-pole', agent: 'ppo', config }, 1536);
    expect(said['note frozen']).toBe('learningRateSteps=3100');
    expect(end).toEqual([]);
  });

  it('a step size of 0', async () => {
    const config = { stepSize: 0, stepSizeSchedule: 'constant' };
    const { said } = await course({ world: 'cliff-walking', config }, 2000);
    expect(said['problem step-size']).toBe('stepSize=0.1');
  });

  it('that a world takes longer', async () => {
    const request = { world: 'cart-pole', config: { learningStarts: 6000 } };
    const usual = learntAfter['cart-pole'];
    expect((await course(request, 0.3 * usual)).said['note longer']).toBeUndefined();
    expect((await course(request, 0.5 * usual)).said['note longer']).toBe('');
  });

  it('dead units, where somebody has looked', async () => {
    const run = await createRun(resolveRun({ world: 'cart-pole' }), compute);
    try {
      const evidence = new Evidence();
      evidence.dead = { units: 102, of: 204 };
      const ids = () => diagnose(factsOf(run, evidence)).map(({ id }) => id);
      expect(ids()).not.toContain('dead-units');
      evidence.dead = { units: 103, of: 204 };
      expect(ids()).toContain('dead-units');
    } finally {
      run.dispose();
    }
  });
});

test('rows from the beginning replace what was there', async () => {
  const run = await createRun(resolveRun({ world: 'catch' }), compute);
  try {
    await run.advance(() => run.progress >= 4000);
    const { recorder } = run;
    const whole = new Evidence();
    whole.take(recorder.episodesSince(0), recorder.metricsSince(0));
    const again = new Evidence();
    again.take(recorder.episodesSince(0), recorder.metricsSince(0));
    again.take(recorder.episodesSince(0), recorder.metricsSince(0));
    expect(again).toEqual(whole);
    expect(whole.episodes).toBe(recorder.episodes);
    expect(whole.lastReturn).toBeCloseTo(recorder.recentReturn(100)!, 12);
  } finally {
    run.dispose();
  }
});

test('every setting that a rule can name exists', async () => {
  const keys = new Set(agents.flatMap(({ config }) => Object.keys(config.shape)));
  const source = readFileSync('src/train/diagnosis/rules.ts', 'utf8');
  const named = [...source.matchAll(/\{(\w+)\}\)|key: '(\w+)'/g)].map(([, text, key]) => text ?? key);
  expect(named.length).toBeGreaterThan(8);
  for (const name of named) if (name !== 'actionRepeat') expect([...keys]).toContain(name);
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  expect(inWords('a ({b})', (key) => key.toUpperCase())).toBe('a (B)');
});

test('the steps that worlds take are those that were recorded', () => {
  const recorded = new Map<string, { steps: number[]; learnt: boolean }>();
  for (const line of readFileSync('docs/defaults.jsonl', 'utf8').trim().split('\n')) {
    const { world, agent, steps, learnt } = JSON.parse(line) as {
      world: string;
      agent: string;
      steps: number;
      learnt: boolean;
    };
    if (agents.find(({ id }) => id === agent)?.group === 'tabular') continue;
    const kept = recorded.get(world);
    recorded.set(world, { steps: [...(kept?.steps ?? []), steps], learnt: learnt && kept?.learnt !== false });
  }
  const expected = [...recorded]
    .filter(([, { learnt }]) => learnt)
    .map(([world, { steps }]) => [world, median(steps)]);
  expect(learntAfter).toEqual(Object.fromEntries(expected));
});
