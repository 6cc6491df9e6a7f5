/** The playground and the tour's bench over the worker's own code: what a user sets is what is trained and shown. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { spawnClassifier } from '#tests/classifier-spawn.ts';
import { until } from '#tests/worker-harness.ts';
import { Lab, type Sight } from '#ui/classifier/playground/lab.ts';
import { DEFAULTS } from '#ui/classifier/playground/settings.ts';
import { valueAt } from '#ui/classifier/playground/weights.ts';
import { Room } from '#ui/classifier/state/room.ts';
import { Bench } from '#ui/classifier/tour/bench.ts';

describe('the playground', () => {
  let lab: Lab;
  beforeEach(() => {
    lab = new Lab(() => spawnClassifier());
  });
  afterEach(() => lab[Symbol.dispose]());

  async function sight(like: (sight: Sight) => boolean = () => true): Promise<Sight> {
    await until(() => lab.sight.value !== undefined && like(lab.sight.value));
    return lab.sight.value!;
  }

  test('shows the points that the worker learns from', async () => {
    lab.open([
      ['data', 'spiral'],
      ['noise', '20'],
      ['train', '30'],
      ['points', '5'],
    ]);
    const { scene } = await sight();
    const rows = Int32Array.from({ length: scene.train.count }, (_, k) => k);
    const theirs = await lab.fit.ask((api) => api.examples('train', rows));
    expect(scene.train.count).toBe(150);
    expect(scene.train.places).toEqual(theirs!.inputs);
    expect(scene.train.targets).toEqual(theirs!.targets);
  });

  test('an epoch by hand lowers the losses, which are those of the worker', async () => {
    lab.open([['data', 'gauss']]);
    const before = await sight();
    for (let k = 0; k < 3; k++) await lab.step();
    const after = await sight(({ epoch }) => epoch === 3);
    expect(after.loss.train).toBeLessThan(before.loss.train);
    const scores = await lab.fit.evaluate('test');
    if (scores?.kind !== 'classes') throw new Error('expected classes');
    expect(after.loss.test).toBeCloseTo(scores.loss, 4);
    expect(after.accuracy?.test).toBe(scores.accuracy);
    expect(lab.history.value.map(({ epoch }) => epoch)).toContain(0);
    expect(after.neurons.map((outputs) => outputs.length / 40 ** 2)).toEqual([4, 2, 2]);
  });

  test.each([
    { layer: 0, unit: 3, input: 1 },
    { layer: 1, unit: 1 },
    { layer: 2, unit: 0, input: 1 },
    { layer: 2, unit: 0 },
  ])('a weight set by hand is in force: %o', async (id) => {
    lab.open([]);
    const before = await sight();
    await lab.setWeight(id, 4);
    const after = await sight((now) => valueAt(now.layers, id) === 4);
    expect(after.output).not.toEqual(before.output);
  });

  test('numbers are predicted as numbers', async () => {
    lab.open([
      ['data', 'plane'],
      ['hidden', ''],
    ]);
    await sight();
    for (let k = 0; k < 5; k++) await lab.step();
    const { accuracy, output, loss } = await sight(({ epoch }) => epoch > 0);
    expect(accuracy).toBeUndefined();
    expect(loss.test).toBeLessThan(0.02);
    expect(output[79]).toBeGreaterThan(0.8);
    expect(output[80 * 79]).toBeLessThan(-0.8);
  });

  test('of many changes the last is made; the learning rate changes a fit as it is', async () => {
    lab.open([]);
    await sight();
    lab.set({ hidden: [3] });
    lab.set({ features: ['x1', 'sinX2'] });
    lab.set({ hidden: [5, 2, 1] });
    const { layers, scene } = await sight(({ layers }) => layers.length === 4);
    expect(layers.map(({ units }) => units)).toEqual([5, 2, 1, 1]);
    expect(scene.settings.features).toEqual(['x1', 'sinX2']);
    const { run } = lab.fit.info.value!;
    lab.set({ learningRate: 0.3 });
    await until(() => lab.fit.info.value?.request.config['learningRate'] === 0.3);
    lab.set({ discretize: true });
    expect(lab.fit.info.value?.run).toBe(run);
    expect(lab.params.value).toEqual(
      expect.arrayContaining([
        ['hidden', '5,2,1'],
        ['learningRate', '0.3'],
      ]),
    );
  });

  test.each(['slow', 'full'] as const)(
    'plays at %s speed, pauses, and a reset begins anew',
    async (speed) => {
      lab.speed.value = speed;
      lab.open([]);
      await sight();
      lab.toggle();
      await sight(({ epoch }) => epoch >= 2);
      lab.toggle();
      expect(lab.playing.value).toBe(false);
      lab.reset();
      const { loss } = await sight(({ epoch }) => epoch === 0);
      expect(loss.train).toBeGreaterThan(0.3);
      expect(lab.history.value).toHaveLength(1);
    },
  );

  test('a formula that is none is refused at its field, and the fit before continues', async () => {
    lab.open([['data', 'formula']]);
    const before = await sight();
    lab.set({ formula: 'x +' });
    await until(() => lab.fit.problems.value.some(({ field }) => field === 'data.formula'));
    await lab.step();
    expect(lab.sight.value?.scene).toBe(before.scene);
    lab.set({ formula: 'x / 2' });
    await sight(({ scene }) => scene.settings.formula === 'x / 2');
    expect(lab.fit.problems.value).toEqual([]);
  });

  test('mistakes of a link are told beside a fit without them', async () => {
    lab.open([
      ['batch', '99'],
      ['data', 'xor'],
      ['nois', '5'],
    ]);
    await sight();
    expect(lab.settings.value).toEqual({ ...DEFAULTS, data: 'xor' });
    expect(lab.fit.notice.value?.lines).toEqual([
      'play.nois: expected a known name (near: noise), got an unknown name',
      'play.batch: expected a whole number from 1 to 30, got "99"',
    ]);
  });
});

describe('the room', () => {
  test("makes its own fit only when a tab needs it, and keeps the playground's settings in its address", async () => {
    using room = new Room(() => spawnClassifier());
    await room.open('#room=classifier&tab=playground&play.data=spiral&hide=noise&data=iris&model=linear');
    expect(room.fit.info.value).toBeUndefined();
    expect(room.settled.value).toBe(true);
    expect(room.link.value).toBe('room=classifier&tab=playground&play.data=spiral&hide=noise');
    room.tab.value = 'train';
    await until(() => room.fit.info.value !== undefined);
    expect(room.fit.info.value?.request).toMatchObject({ data: 'iris', model: 'linear' });
    expect(room.link.value).toBe('room=classifier&data=iris&model=linear&hide=noise');
  });
});

describe("the tour's bench", () => {
  const request = { data: 'iris', model: 'linear', config: { epochs: 3 } };

  test('runs a fit to its end, again and again', async () => {
    using bench = new Bench(() => spawnClassifier());
    for (let k = 0; k < 2; k++) {
      const seen: boolean[] = [];
      await bench.run(async (still) => {
        await bench.make(request, still);
        seen.push(bench.fit.progress.value.finished);
        await bench.toEnd(still);
        seen.push(bench.fit.progress.value.finished);
      });
      expect(seen).toEqual([false, true]);
    }
  });

  test('a newer experiment ends the one before', async () => {
    using bench = new Bench(() => spawnClassifier());
    const ended: string[] = [];
    const experiment = (name: string) => async (still: () => void) => {
      await bench.make(request, still);
      for (let k = 0; k < 3; k++) await bench.epoch(still);
      ended.push(name);
    };
    await Promise.all([bench.run(experiment('first')), bench.run(experiment('second'))]);
    expect(ended).toEqual(['second']);
  });

  test('what is refused ends an experiment and is told', async () => {
    using bench = new Bench(() => spawnClassifier());
    let after = false;
    await bench.run(async (still) => {
      await bench.make({ ...request, data: 'irs' }, still);
      after = true;
    });
    expect(after).toBe(false);
    expect(bench.fit.notice.value?.lines.join()).toMatch(/iris/);
  });
});
