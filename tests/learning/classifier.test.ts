/** A convolutional network after one pass over MNIST: what it reads, what of it survives a drawing, and what fools it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import type { DataSet } from '#core/data-set.ts';
import { digitOf, DIGIT_SIDE } from '#data/draw.ts';
import { createCompute } from '#host/compute.ts';
import { shippedFiles } from '#host/shipped.ts';
import { fgsm } from '#train/insight/attack.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';

const PIXELS = DIGIT_SIDE ** 2;
/** Test pictures that are drawn and attacked. */
const SOME = 2000;

let compute: Compute & Disposable;
let data: DataSet;
let run: ModelRun;
beforeAll(async () => {
  compute = await createCompute('simd');
  const setup = resolveFit({
    data: 'mnist',
    model: 'lenet',
    preset: 'ten-seconds',
    seed: 1,
  });
  data = await setup.data.load(setup.dataConfig, { given: [], shipped: shippedFiles() });
  run = await ModelRun.create(setup, data, compute);
  await run.advance(() => run.finished);
}, 600_000);
afterAll(() => {
  run.dispose();
  compute[Symbol.dispose]();
});

/** The share of the first pictures of the test set that the network reads, given as it takes them [count × 784]. */
async function accuracy(pictures: Float32Array, count: number): Promise<number> {
  await run.model.sync();
  const logits = run.model.predict(pictures, count);
  let right = 0;
  for (let k = 0; k < count; k++) {
    const own = logits.subarray(k * 10, k * 10 + 10);
    if (own.indexOf(Math.max(...own)) === data.test.targets[k]) right++;
  }
  return right / count;
}

function tested(count: number): Float32Array {
  return run.scaled(data.test.inputs.subarray(0, count * PIXELS)).slice();
}

/** A picture ten times as large, dark on light, somewhere on a wide sheet. */
function drawn(picture: Uint8Array, k: number): Uint8Array<ArrayBuffer> {
  const [scale, width, height] = [10, 420, 360];
  const [left, top] = [(k * 37) % (width - 280), (k * 53) % (height - 280)];
  const values = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < DIGIT_SIDE * scale; y++)
    for (let x = 0; x < DIGIT_SIDE * scale; x++)
      values[(top + y) * width + left + x] =
        255 - picture[Math.floor(y / scale) * DIGIT_SIDE + Math.floor(x / scale)];
  const digit = digitOf({ width, height, values });
  if (!digit) throw new Error('nothing drawn');
  return digit;
}

describe('a convolutional network after one epoch of MNIST', () => {
  it('reads 97.5 % of the test set', async () => {
    const scores = await run.evaluate('test');
    expect(scores.kind === 'classes' && scores.accuracy).toBeGreaterThan(0.975);
  });

  it('reads a digit drawn ten times as large, dark on light and off centre, as well as the picture itself', async () => {
    const digits = new Uint8Array(SOME * PIXELS);
    for (let k = 0; k < SOME; k++)
      digits.set(
        drawn((data.test.inputs as Uint8Array).subarray(k * PIXELS, (k + 1) * PIXELS), k),
        k * PIXELS,
      );
    const plain = await accuracy(tested(SOME), SOME);
    const redrawn = await accuracy(run.scaled(digits).slice(), SOME);
    expect(plain - redrawn).toBeLessThan(0.003);
  });

  it('is fooled by FGSM at ε = 0.25 and hardly by noise of that size', async () => {
    const { insight } = run.model;
    if (!insight) throw new Error('no insight');
    const count = 500;
    const pictures = tested(count);
    await run.model.sync();
    const labels = Int32Array.from(data.test.targets.subarray(0, count));
    const attacked = fgsm(insight, pictures, labels, 0.25);
    expect(await accuracy(attacked, count)).toBeLessThan(0.5);
    // The same distance in every pixel, with signs that know nothing of the network.
    const noisy = pictures.map((value, i) =>
      Math.min(1, Math.max(0, value + (Math.imul(i + 1, 2654435761) & 0x10000 ? 0.25 : -0.25))),
    );
    expect(await accuracy(noisy, count)).toBeGreaterThan(0.8);
  });
});
