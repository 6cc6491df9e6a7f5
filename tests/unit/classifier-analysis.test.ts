/** What the classifier's worker finds inside a fit, and that long looks give way. */
import { describe, expect, it } from 'vitest';
import { breath } from '#worker/breath.ts';
import {
  api,
  CLASSES,
  create,
  events,
  IRIS,
  PICTURES,
  refusal,
  TESTED,
  trained,
  useClassifier,
  valueOf,
} from './classifier-harness.ts';

useClassifier();

describe('inside', () => {
  it('activations are of all layers', async () => {
    await trained();
    const { inputs } = valueOf(await api.examples('test', Int32Array.of(0, 99)));
    const seen = valueOf(await api.activations(inputs as Uint8Array));
    expect(seen.map(({ length }) => length / 2)).toEqual([108, 108, 108, 5, CLASSES]);
    expect(await refusal(api.examples('test', Int32Array.of(0, TESTED)))).toEqual(['rows']);
    expect(await refusal(api.examples('train', Int32Array.of(-1)))).toEqual(['rows']);
  });

  it('the strongest examples are those of all test examples, to the last', async () => {
    await trained();
    const all = Int32Array.from({ length: TESTED }, (_, k) => k);
    const { inputs } = valueOf(await api.examples('test', all));
    const seen = valueOf(await api.activations(inputs as Uint8Array))[3];
    const { rows, values } = valueOf(await api.topExamples(3, TESTED, 10_000));
    for (let feature = 0; feature < 5; feature++) {
      const own = rows.slice(feature * TESTED, (feature + 1) * TESTED);
      expect(own.toSorted()).toEqual(all);
      own.forEach((row, k) => expect(values[feature * TESTED + k]).toBeCloseTo(seen[row * 5 + feature], 5));
      expect(values.slice(feature * TESTED, (feature + 1) * TESTED)).toEqual(
        values.slice(feature * TESTED, (feature + 1) * TESTED).toSorted((a, b) => b - a),
      );
    }
    // Fewer than the model is usually given at a time.
    expect(valueOf(await api.topExamples(3, 2, 7)).rows.every((row) => row >= 0 && row < 7)).toBe(true);
  });

  it('a stimulus is a picture at which its feature is as strong as it says: about as at the best test example, or more', async () => {
    await trained();
    const { values } = valueOf(await api.topExamples(0, 1, TESTED));
    for (const feature of [0, 1, 2]) {
      const { picture, value } = valueOf(await api.stimulus(0, feature));
      expect([picture.length, Math.min(...picture) >= 0, Math.max(...picture) <= 1]).toEqual([
        64,
        true,
        true,
      ]);
      const bytes = Uint8Array.from(picture, (x) => Math.round(255 * x));
      const [first] = valueOf(await api.activations(bytes));
      expect(first[(3 * 6 + 3) * 3 + feature]).toBeCloseTo(value, 1);
      expect(value).toBeGreaterThan(0.9 * values[feature]);
    }
  });

  it('saliency covers the picture; both kinds are told apart', async () => {
    await trained();
    const { inputs } = valueOf(await api.examples('test', Int32Array.of(1)));
    const gradient = valueOf(await api.saliency(inputs as Uint8Array, 1, 'gradient'));
    const occlusion = valueOf(await api.saliency(inputs as Uint8Array, 1, 'occlusion'));
    expect([gradient.length, occlusion.length]).toEqual([64, 64]);
    expect(occlusion).not.toEqual(gradient);
    expect(await refusal(api.saliency(inputs as Uint8Array, CLASSES, 'gradient'))).toEqual(['output']);
  });

  it('the landscape has the test loss at its centre, and follows its seed', async () => {
    await trained();
    const { loss } = valueOf(await api.evaluate('test'));
    const losses = valueOf(await api.landscape(3, TESTED, 1));
    expect(losses).toHaveLength(9);
    expect(losses[4]).toBeCloseTo(loss, 5);
    expect(valueOf(await api.landscape(3, TESTED, 1))).toEqual(losses);
    expect(valueOf(await api.landscape(3, TESTED, 2))).not.toEqual(losses);
    expect(valueOf(await api.evaluate('test')).loss).toBeCloseTo(loss, 6);
  });
});

describe('attacks', () => {
  it.each([false, true])(
    'stay within ε and make the label less likely; standardised: %s',
    async (standardise) => {
      await trained({ ...PICTURES, config: { ...PICTURES.config, standardise } });
      const { inputs } = valueOf(await api.examples('test', Int32Array.of(2)));
      const original = inputs as Uint8Array;
      const chances = [];
      for (const by of ['fgsm', 'pgd'] as const) {
        const { picture, before, after } = valueOf(await api.attack(original, 2, 0.1, by));
        picture.forEach((value, k) => {
          expect(Math.abs(value - original[k] / 255)).toBeLessThan(0.1 + 1e-5);
          expect(value).toBeGreaterThan(-1e-6);
          expect(value).toBeLessThan(1 + 1e-6);
        });
        expect(before).toEqual(valueOf(await api.predict(original)));
        const bytes = Float32Array.from(picture, (value) => 255 * value);
        valueOf(await api.predict(bytes)).forEach((chance, k) => expect(chance).toBeCloseTo(after[k], 4));
        expect(after[2]).toBeLessThan(before[2]);
        chances.push(after[2]);
      }
      expect(chances[1]).toBeLessThanOrEqual(chances[0] + 1e-3);
    },
  );

  it('leave an accuracy that falls from that without an attack', async () => {
    await trained();
    const scores = valueOf(await api.evaluate('test'));
    if (scores.kind !== 'classes') throw new Error('expected classes');
    const { epsilons, accuracies } = valueOf(await api.robustness([0, 0.05, 0.5], 1000));
    expect(epsilons).toEqual([0, 0.05, 0.5]);
    expect(accuracies[0]).toBeCloseTo(scores.accuracy, 9);
    expect(accuracies[2]).toBeLessThan(accuracies[0] - 0.3);
    // By hand, on the last of the test examples.
    const seven = valueOf(await api.robustness([0.05], 7)).accuracies[0];
    let right = 0;
    for (let row = 0; row < 7; row++) {
      const { inputs, targets } = valueOf(await api.examples('test', Int32Array.of(row)));
      const { after } = valueOf(await api.attack(inputs as Uint8Array, targets[0], 0.05, 'fgsm'));
      if (after.indexOf(Math.max(...after)) === targets[0]) right++;
    }
    expect(seven).toBeCloseTo(right / 7, 9);
  });
});

/** How far the landscape was, as the page has heard. */
function shares(): number[] {
  return events.flatMap((event) =>
    event.kind === 'analysing' && event.analysis === 'landscape' ? [event.share] : [],
  );
}

describe('a long analysis', () => {
  it('is given up for a newer one of its kind, but not for others; short commands pass it', async () => {
    await trained();
    const order: string[] = [];
    const note = <T>(name: string, asked: Promise<T>): Promise<T> =>
      asked.then((value) => {
        order.push(name);
        return value;
      });
    const first = note('landscape 1', api.landscape(31, TESTED, 1));
    // Of more points than there is time for before the worker looks at its messages again.
    const second = note('landscape 2', api.landscape(21, TESTED, 2));
    const other = note('robustness', api.robustness([0, 0.1], TESTED));
    const short = note('predict', api.predict(new Uint8Array(64)));
    expect(await refusal(first)).toEqual(['superseded']);
    valueOf(await second);
    valueOf(await other);
    valueOf(await short);
    expect(order.indexOf('predict')).toBeLessThan(order.indexOf('landscape 2'));
  });

  it('takes turns with training, and is about the weights that it began with', async () => {
    // What is held out is measured after every epoch, for which the weights are fetched.
    const config = { ...PICTURES.config, epochs: 10_000, validation: 0.2 };
    await create({ ...PICTURES, config });
    const untrained = valueOf(await api.tensors());
    const { loss } = valueOf(await api.evaluate('test'));
    const strengths = Array.from({ length: 101 }, () => 0);
    const [robustness, landscape] = [api.robustness(strengths, TESTED), api.landscape(9, TESTED, 1)];
    await api.start();
    // All of them are of the same weights.
    expect(new Set(valueOf(await robustness).accuracies).size).toBe(1);
    expect(valueOf(await landscape)[40]).toBeCloseTo(loss, 5);
    const seen = valueOf(await api.tensors());
    expect(seen).not.toEqual(untrained);
    let isAnswered = false;
    const long = refusal(api.landscape(101, TESTED, 1)).finally(() => (isAnswered = true));
    await expect.poll(async () => valueOf(await api.tensors())).not.toEqual(seen);
    expect(isAnswered).toBe(false);
    await api.stopAnalysis('landscape');
    expect(await long).toEqual(['superseded']);
    await api.pause();
  });

  it('tells how far it is, and can be stopped', async () => {
    await trained();
    const asked = refusal(api.landscape(101, TESTED, 1));
    await expect.poll(() => shares().length).toBeGreaterThan(1);
    expect(shares()).toEqual(shares().toSorted((a, b) => a - b));
    expect(shares().every((share) => share > 0 && share <= 1)).toBe(true);
    await api.stopAnalysis('landscape');
    expect(await asked).toEqual(['superseded']);
    // One that is not being made.
    await api.stopAnalysis('attack');
  });

  it.each([
    ['a step', () => api.step()],
    ['a weight set by hand', () => api.setParameter('3/bias', 0, 1)],
    ['another fit', () => create(IRIS)],
    ['the end', () => api.dispose()],
  ])('is given up for %s', async (_, change) => {
    await trained();
    const asked = refusal(api.landscape(51, TESTED, 1));
    await api.predict(new Uint8Array(64));
    await change();
    expect(await asked).toEqual(['superseded']);
  });
});

it('two that give way at once both go on', async () => {
  const giveWay = breath();
  const order: number[] = [];
  await Promise.all([1, 2].map((k) => giveWay().then(() => order.push(k))));
  expect(order).toEqual([1, 2]);
});
