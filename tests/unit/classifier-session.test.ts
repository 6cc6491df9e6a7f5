/** The classifier's worker: fits, predictions, and what is refused. */
import { describe, expect, it } from 'vitest';
import {
  api,
  CLASSES,
  create,
  events,
  IRIS,
  PICTURES,
  progress,
  refusal,
  trained,
  useClassifier,
  valueOf,
} from './classifier-harness.ts';

useClassifier();

describe('a fit', () => {
  it('is created, learns, pauses, and says what it is', async () => {
    const info = await create(IRIS);
    expect(info).toMatchObject({ shape: [4], counts: { train: 120, validation: 0, test: 30 }, perEpoch: 7 });
    expect(info.layers.map(({ kind, shape }) => [kind, ...shape])).toEqual([
      ['dense', 8],
      ['dense', 3],
    ]);
    expect(info.parameters).toBe(4 * 8 + 8 + 8 * 3 + 3);
    const before = valueOf(await api.evaluate('test'));
    await api.start();
    await expect
      .poll(() => events.some((event) => event.kind === 'batch' && event.progress > 2000))
      .toBe(true);
    await api.pause();
    const after = valueOf(await api.evaluate('test'));
    expect(after.loss).toBeLessThan(before.loss);
    expect(valueOf(await api.evaluate('test'))).toEqual(after);
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([]);
  });

  it('goes on by a step or to the end of the epoch', async () => {
    const { perEpoch, batchSize } = await create(IRIS);
    await api.step();
    await expect.poll(progress).toBe(batchSize);
    await api.step('epoch');
    await expect.poll(progress).toBe(perEpoch * batchSize);
  });

  it('is the same after a snapshot was restored, whatever happened since', async () => {
    await create(IRIS);
    await api.step('epoch');
    const saved = await api.snapshot();
    if (!saved) throw new Error('expected a snapshot');
    const then = valueOf(await api.tensors());
    await api.step('epoch');
    expect(valueOf(await api.tensors())).not.toEqual(then);
    valueOf(await api.restore(saved));
    expect(valueOf(await api.tensors())).toEqual(then);
  });

  it('is replaced while it learns; a refused one leaves it as it is', async () => {
    const first = await create({ ...IRIS, config: { ...IRIS.config, epochs: 100_000 } });
    await api.start();
    expect(
      await refusal(
        api.create({ request: { ...IRIS, model: 'lenet', config: {} }, backend: 'simd', files: [] }),
      ),
    ).toEqual(['data']);
    expect(
      await refusal(api.create({ request: { data: 'irsi', model: 'mpl' }, backend: 'simd', files: [] })),
    ).toEqual(['data', 'model']);
    const learned = (): number =>
      events.filter((event) => event.kind === 'batch' && event.run === first.run).length;
    const seen = learned();
    await expect.poll(learned).toBeGreaterThan(seen);
    const second = await create({ ...IRIS, model: 'linear', config: {} });
    expect(second.run).toBe(first.run + 1);
    expect(second.layers).toHaveLength(1);
    const { length } = valueOf(await api.predict(Float32Array.of(5, 3, 1, 0.2)));
    expect(length).toBe(3);
  });

  it('answers without a fit that there is none', async () => {
    expect(await refusal(api.evaluate('test'))).toEqual(['run']);
    expect(await refusal(api.stimulus(0, 0))).toEqual(['run']);
    expect(await api.snapshot()).toBeUndefined();
  });
});

describe('predictions', () => {
  it('are probabilities, and follow a weight that is set by hand', async () => {
    await create(IRIS);
    const inputs = Float32Array.of(5.1, 3.5, 1.4, 0.2, 6.3, 3.3, 6, 2.5);
    const before = valueOf(await api.predict(inputs));
    for (const row of [0, 1])
      expect(before.slice(3 * row, 3 * row + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    valueOf(await api.setParameter('1/bias', 2, 20));
    expect(valueOf(await api.predict(inputs))[2]).toBeGreaterThan(0.99);
    expect(await refusal(api.setParameter('1/bias', 3, 0))).toEqual(['1/bias']);
    expect(await refusal(api.setParameter('1/bais', 0, 0))).toEqual(['parameter']);
    expect(await refusal(api.predict(inputs.subarray(0, 3)))).toEqual(['inputs']);
  });

  it('of many inputs are those of each', async () => {
    await trained();
    const { inputs } = valueOf(
      await api.examples(
        'train',
        Int32Array.from({ length: 160 }, (_, k) => k),
      ),
    );
    const many = new Uint8Array(300 * 64);
    for (let k = 0; k < 300; k++) many.set(inputs.subarray((k % 160) * 64, ((k % 160) + 1) * 64), k * 64);
    const together = valueOf(await api.predict(many));
    const alone = valueOf(await api.predict(inputs.subarray(120 * 64, 121 * 64) as Uint8Array));
    expect(together).toHaveLength(300 * CLASSES);
    for (let k = 0; k < CLASSES; k++) expect(together[280 * CLASSES + k]).toBeCloseTo(alone[k], 5);
  });
});

describe('refusals name their field', () => {
  it('of layers, features, counts and strengths', async () => {
    await create(PICTURES);
    const picture = new Uint8Array(64);
    expect(await refusal(api.stimulus(9, 0))).toEqual(['layer']);
    expect(await refusal(api.stimulus(0, 3))).toEqual(['feature']);
    expect(await refusal(api.stimulus(0, 0.5))).toEqual(['feature']);
    expect(await refusal(api.topExamples(-1, 4, 10))).toEqual(['layer']);
    expect(await refusal(api.topExamples(0, 0, 10))).toEqual(['kept']);
    expect(await refusal(api.topExamples(0, 4, 0))).toEqual(['count']);
    expect(await refusal(api.attack(picture, CLASSES, 0.1, 'fgsm'))).toEqual(['label']);
    expect(await refusal(api.attack(picture, 0, 1.5, 'fgsm'))).toEqual(['epsilon']);
    expect(await refusal(api.attack(picture, 0, NaN, 'fgsm'))).toEqual(['epsilon']);
    expect(await refusal(api.attack(new Uint8Array(63), 0, 0.1, 'fgsm'))).toEqual(['input']);
    expect(await refusal(api.robustness([], 10))).toEqual(['epsilons']);
    expect(await refusal(api.robustness([0, -0.1], 10))).toEqual(['epsilons']);
    expect(await refusal(api.landscape(0, 10, 1))).toEqual(['side']);
    expect(await refusal(api.landscape(3, 10, -1))).toEqual(['seed']);
  });

  it('of data without pixels', async () => {
    await create(IRIS);
    expect(await refusal(api.attack(new Uint8Array(4), 0, 0.1, 'fgsm'))).toEqual(['data']);
    expect(await refusal(api.robustness([0.1], 10))).toEqual(['data']);
    expect(await refusal(api.stimulus(0, 0))).toEqual(['data']);
    expect(await refusal(api.saliency(new Float32Array(4), 0, 'occlusion'))).toEqual(['data']);
  });

  it('of a perceptron, which has no layers', async () => {
    await create({ ...PICTURES, model: 'perceptron', config: {} });
    expect(await refusal(api.activations(new Uint8Array(64)))).toEqual(['model']);
    expect(await refusal(api.stimulus(0, 0))).toEqual(['model']);
    expect(await refusal(api.topExamples(0, 4, 10))).toEqual(['model']);
    expect(await refusal(api.robustness([0.1], 10))).toEqual(['model']);
    expect(await refusal(api.landscape(3, 10, 1))).toEqual(['model']);
    expect(await refusal(api.predict(new Uint8Array(64)))).toEqual(['accepted']);
  });

  it('of a model of numbers, which cannot be fooled about a class', async () => {
    await create({ ...PICTURES, model: 'autoencoder' });
    expect(await refusal(api.attack(new Uint8Array(64), 0, 0.1, 'fgsm'))).toEqual(['model']);
    expect(await refusal(api.topExamples(0, 4, 10))).toEqual(['accepted']);
  });
});
