/** Overlays: what a look at a run holds is what its agent says, and what is drawn of it stays in its cells. */
import { beforeAll, describe, expect, it } from 'vitest';
import { scaleColour, shareOf, STOPS } from '#core/colour-scale.ts';
import { Colour, DrawList, Shape, STRIDE } from '#core/draw-list.ts';
import { observationSize } from '#core/env.ts';
import { OVERLAYS, type Overlay } from '#core/overlay.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { drawLook } from '#train/overlays/draw.ts';
import { shortNumber } from '#train/overlays/text.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { Looker } from '#worker/looker.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Compute;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});

async function played(request: RunRequest, steps: number): Promise<ReinforcementRun> {
  const run = await createRun(resolveRun({ seed: 2, ...request }), compute);
  if (!(run instanceof ReinforcementRun)) throw new Error('expected a run of reinforcement learning');
  await run.advance(() => run.progress >= steps);
  return run;
}

const asking = (...overlays: Overlay[]): ReadonlySet<Overlay> => new Set(overlays);

describe('what can be shown', () => {
  const cells = ['values', 'actions', 'policy', 'visits'];
  it.each([
    ['frozen-lake', 'q-learning', [...cells, 'eye', 'history', 'update', 'bars']],
    ['frozen-lake', 'q-lambda', [...cells, 'traces', 'eye', 'history', 'update', 'bars']],
    ['taxi', 'value-iteration', ['values', 'actions', 'policy', 'eye', 'history', 'bars']],
    ['blackjack', 'q-learning', ['eye', 'history', 'update', 'bars']],
    ['frozen-lake', 'dqn', ['values', 'actions', 'policy', 'saliency', 'eye', 'history', 'update', 'bars']],
    ['corridor', 'ppo', ['values', 'policy', 'saliency', 'eye', 'history', 'bars']],
    ['breakout', 'pqn', ['saliency', 'eye', 'history', 'bars']],
    ['pendulum', 'td3', ['saliency', 'eye', 'history']],
    ['frozen-lake', 'sac', ['values', 'policy', 'saliency', 'eye', 'history', 'bars']],
  ])('of %s with %s', async (world, agent, overlays) => {
    const run = await played({ world, agent }, 1);
    expect(run.scene.overlays()).toEqual(overlays);
    run.dispose();
  });
});

describe('a look at the states', () => {
  it('has the table of a tabular agent, state by state', async () => {
    const { scene, agent } = await played({ world: 'frozen-lake', agent: 'q-learning' }, 3000);
    const { states } = scene.look(asking('values'));
    // Four holes and the goal have no values.
    expect([...states!.states]).toEqual([0, 1, 2, 3, 4, 6, 8, 9, 10, 13, 14]);
    states!.states.forEach((state, i) => {
      const { value, actionValues } = agent.inspect(Float32Array.of(state));
      expect(states!.estimates.values![i]).toBe(value);
      expect(states!.estimates.actionValues!.slice(4 * i, 4 * i + 4)).toEqual(actionValues);
      const cell = Float32Array.of(state % 4, Math.floor(state / 4), 1, 1);
      expect(states!.cells.slice(4 * i, 4 * i + 4)).toEqual(cell);
    });
  });

  it('has what a network says of each state, normalised or not', async () => {
    const request = { world: 'frozen-lake', agent: 'ppo', wrappers: { normaliseObservation: true } };
    const { scene, agent, env } = await played(request, 1100);
    const { states } = scene.look(asking('policy'));
    const row = [...states!.states].indexOf(states!.current);
    const { probabilities, value } = agent.inspect(env.obs.subarray(0, observationSize(env.spec)));
    probabilities!.forEach((p, a) => expect(states!.estimates.probabilities![4 * row + a]).toBeCloseTo(p, 5));
    expect(states!.estimates.values![row]).toBeCloseTo(value!, 5);
  });

  it('keeps to the passenger and the destination of the picture', async () => {
    const { scene, env } = await played({ world: 'taxi', agent: 'q-learning' }, 50);
    const { states } = scene.look(asking('values'));
    expect(states!.current).toBe(env.obs[0]);
    expect(states!.states).toHaveLength(25);
    expect(new Set(states!.states.map((state) => state % 20))).toEqual(new Set([env.obs[0] % 20]));
  });

  it('follows the sweeps of a planner one by one', async () => {
    const run = await played({ world: 'corridor', agent: 'value-iteration', config: { inPlace: false } }, 1);
    const known = (): number =>
      run.scene.look(asking('values')).states!.estimates.values!.filter((value) => value > 0).length;
    const counts = [known()];
    for (let k = 0; k < 6; k++) {
      await run.advance(() => true);
      counts.push(known());
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('has nothing that was not asked for', async () => {
    const { scene } = await played({ world: 'frozen-lake', agent: 'q-learning' }, 10);
    expect(scene.look(asking())).toEqual({});
    expect(Object.keys(scene.look(asking('eye', 'update')))).toEqual(['observation', 'update']);
  });
});

describe('drawing', () => {
  it.each([
    ['frozen-lake', 'q-lambda'],
    ['cliff-walking', 'q-lambda'],
    ['taxi', 'q-lambda'],
    ['corridor', 'q-lambda'],
  ])('of %s stays inside the picture', async (world, agent) => {
    const all = asking('values', 'actions', 'policy', 'visits', 'traces');
    const { scene, env } = await played({ world, agent }, 500);
    const list = new DrawList();
    env.draw(0, list);
    const before = list.count;
    drawLook(list, scene.look(all), all, env.spec);
    expect(list.count).toBeGreaterThan(before + 10);
    for (let k = before; k < list.count; k++) {
      const [kind, a, b, c, d] = list.numbers.subarray(k * STRIDE, (k + 1) * STRIDE);
      expect(a >= 0 && a <= list.width && b >= 0 && b <= list.height, `shape ${k}`).toBe(true);
      if (kind === Shape.rect) expect(a + c <= list.width && b + d <= list.height).toBe(true);
    }
  });

  it('marks the best cell brightest and the current order of values', async () => {
    const { scene, env } = await played({ world: 'corridor', agent: 'value-iteration' }, 20);
    const list = new DrawList();
    list.begin(8, 1.6);
    drawLook(list, scene.look(asking('values')), asking('values'), env.spec);
    const heats: number[] = [];
    for (let k = 0; k < list.count; k++)
      // Plates under numbers are rectangles too.
      if (list.numbers[k * STRIDE] === Shape.rect && list.numbers[k * STRIDE + 3] > 0.8)
        heats.push(list.numbers[k * STRIDE + 7]);
    expect(heats).toHaveLength(7);
    expect(heats[0]).toBe(STOPS[0]);
    expect(heats[6]).toBe(STOPS.at(-1));
    expect(new Set(heats).size).toBe(7);
  });

  it('puts saliency over planes that cover the picture, strongest on what matters most', async () => {
    const { scene, env } = await played({ world: 'breakout', agent: 'pqn' }, 40);
    const look = scene.look(asking('saliency'));
    const list = new DrawList();
    list.begin(10, 10);
    drawLook(list, look, asking('saliency'), env.spec);
    const alphas: number[] = [];
    for (let k = 0; k < list.count; k++) {
      expect(list.numbers[k * STRIDE + 7]).toBe(Colour.pink);
      alphas.push(list.numbers[k * STRIDE + 8]);
    }
    expect(Math.max(...alphas)).toBeCloseTo(0.8, 5);
    const sums = new Float32Array(100);
    look.saliency!.forEach((size, k) => (sums[Math.floor(k / 4)] += size));
    const strongest = alphas.indexOf(Math.max(...alphas)) * STRIDE;
    const [, x, y] = list.numbers.subarray(strongest, strongest + 3);
    expect(10 * y + x).toBe(sums.indexOf(Math.max(...sums)));
  });
});

describe('numbers and colours', () => {
  it('are short', () => {
    const cases = {
      '.53': 0.531,
      '-.1': -0.1,
      '-12': -12.4,
      '1.2k': 1234,
      '0': 0.001,
      '1': 0.9999,
      '9.9': 9.91,
      '2.5M': 2.5e6,
      '963k': 962_600,
    };
    for (const [text, value] of Object.entries(cases)) expect(shortNumber(value)).toBe(text);
  });

  it('go from one end of the scale to the other', () => {
    expect([scaleColour(-1), scaleColour(0), scaleColour(1), scaleColour(2)]).toEqual([
      STOPS[0],
      STOPS[0],
      STOPS.at(-1),
      STOPS.at(-1),
    ]);
    expect(shareOf({ low: 2, high: 2 }, 2)).toBe(0.5);
    expect(shareOf({ low: -1, high: 1 }, 0.5)).toBe(0.75);
  });
});

describe.each([
  ['frozen-lake', 'q-lambda', {}],
  ['taxi', 'value-iteration', {}],
  ['cart-pole', 'dqn', { preset: 'rainbow', config: { learningStarts: 200 } }],
  ['frozen-lake', 'dqn', { wrappers: { normaliseObservation: true }, config: { learningStarts: 200 } }],
  ['cart-pole', 'pqn', { config: { numEnvs: 4, steps: 16 } }],
  ['memory', 'ppo', { preset: 'memory' }],
  ['pendulum', 'sac', { config: { learningStarts: 200 } }],
])('looking at %s with %s', (world, agent, more) => {
  it('changes nothing', async () => {
    const everything = new Set(OVERLAYS);
    const request = { world, agent, ...more };
    const [watched, alone] = [await played(request, 1), await played(request, 1)];
    for (let k = 0; k < 40; k++) {
      watched.scene.look(everything);
      for (const run of [watched, alone]) {
        let steps = 0;
        await run.advance(() => ++steps >= 10);
      }
    }
    expect(await watched.snapshot()).toEqual(await alone.snapshot());
  });
});

describe('a looker', () => {
  it.each([
    ['q-learning', 66],
    ['ppo', 250],
  ])('looks at the states of %s every %i ms, and at once where it rests', async (agent, gap) => {
    const { scene } = await played({ world: 'frozen-lake', agent }, 10);
    let time = 0;
    const looker = new Looker(() => time);
    expect(looker.look(scene, true)).toBeUndefined();
    looker.ask(['values', 'bars']);
    const at: number[] = [];
    for (; time < 1000; time += 2) if (looker.look(scene, false)) at.push(time);
    expect(at.slice(0, 3)).toEqual([0, gap, 2 * gap]);
    expect(looker.look(scene, true)).toBeDefined();
    looker.ask(['bars', 'history']);
    expect(looker.look(scene, true)).toBeUndefined();
  });

  it('takes no more than a tenth of the time, however slow a look is', async () => {
    const { scene } = await played({ world: 'frozen-lake', agent: 'q-learning' }, 10);
    let time = 0;
    const slow = { ...scene, look: () => ((time += 50), {}), overlays: () => [], inspection: () => ({}) };
    const looker = new Looker(() => time);
    looker.ask(['eye']);
    let looks = 0;
    for (; time < 5000; time += 2) if (looker.look(slow, false)) looks++;
    expect(looks).toBe(10);
  });

  it('draws its last look on every picture of its run', async () => {
    const { scene, env } = await played({ world: 'frozen-lake', agent: 'q-learning' }, 10);
    const looker = new Looker(() => 0);
    const shapes = (): number => {
      const list = new DrawList();
      env.draw(0, list);
      looker.draw(list);
      return list.count;
    };
    const plain = shapes();
    looker.ask(['values']);
    expect(shapes()).toBe(plain);
    looker.look(scene, true);
    expect(shapes()).toBeGreaterThan(plain);
    expect(looker.look(scene, false)).toBeUndefined();
    expect(shapes()).toBeGreaterThan(plain);
  });
});
