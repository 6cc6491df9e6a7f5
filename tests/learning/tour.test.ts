/** The tour's experiments show what its lessons say, on the very requests that the page runs. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import type { DataSet } from '#core/data-set.ts';
import { eagerCompute } from '#compile/eager.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import { shippedFiles } from '#host/shipped.ts';
import { fgsm } from '#train/insight/attack.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';
import { gridOf, LARGE } from '#ui/classifier/playground/grid.ts';
import * as experiments from '#ui/classifier/tour/experiments.ts';
import type { FitRequest } from '#worker/classifier/protocol.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const compute = simdCompute(eagerCompute());

async function load(request: FitRequest): Promise<DataSet> {
  const { data, dataConfig } = resolveFit(request);
  const config = parseConfig(data.config, dataConfig, 'data');
  return data.kind === 'generated'
    ? data.load(config)
    : data.load(config, { given: [], shipped: shippedFiles(() => undefined) });
}

async function create(request: FitRequest): Promise<ModelRun> {
  return ModelRun.create(resolveFit(request), await load(request), compute);
}

async function epoch(run: ModelRun): Promise<void> {
  const { epoch } = run;
  await run.advance(() => run.epoch > epoch || run.finished);
}

async function toEnd(run: ModelRun): Promise<void> {
  await run.advance(() => run.finished);
}

async function accuracy(run: ModelRun): Promise<number> {
  const scores = await run.evaluate('test');
  return scores.kind === 'classes' ? scores.accuracy : NaN;
}

/** Mean losses of the training examples and of the test set. */
async function losses(run: ModelRun) {
  const { train } = run.data;
  await run.synced();
  const logits = run.model.predict(run.scaled(train.inputs), train.count);
  const { outputs } = run.model;
  let sum = 0;
  for (let k = 0; k < train.count; k++) {
    const row = logits.subarray(k * outputs, (k + 1) * outputs);
    const most = Math.max(...row);
    sum += Math.log(row.reduce((total, y) => total + Math.exp(y - most), 0)) + most - row[train.targets[k]];
  }
  return { train: sum / train.count, test: (await run.evaluate('test')).loss };
}

describe('the tour', () => {
  it('works AND out as by hand: (1, 1, 1), then (0, 0, 1)', async () => {
    const run = await create(experiments.AND);
    const seen: number[][] = [];
    for (let k = 0; k < 2; k++) {
      let steps = 0;
      await run.advance(() => ++steps > 0);
      const [kernel, bias] = run.model.tensors();
      seen.push([bias.values[1], kernel.values[1], kernel.values[3]]);
    }
    expect(seen).toEqual([
      [1, 1, 1],
      [0, 0, 1],
    ]);
    expect(experiments.perceptronVerdict(seen[0]).answer).toBe(1);
  });

  it('draws a straight border with one neuron', async () => {
    const run = await create(experiments.LOGISTIC);
    await toEnd(run);
    const y = run.model.predict(gridOf(LARGE, ['x1', 'x2']), LARGE * LARGE);
    const values = Float32Array.from({ length: LARGE * LARGE }, (_, k) => y[2 * k + 1] - y[2 * k]);
    expect(await accuracy(run)).toBeGreaterThan(0.9);
    expect(experiments.logisticVerdict(values, LARGE).answer).toBe(0);
  });

  it('gains nothing by linear layers, but by bent ones', async () => {
    const ends: number[] = [];
    for (const { request } of experiments.LINEAR_LAYERS) {
      const run = await create(request);
      await toEnd(run);
      ends.push(await accuracy(run));
    }
    expect(experiments.linearLayersVerdict(ends).answer).toBe(2);
    expect(ends[2]).toBeGreaterThan(0.95);
  });

  it('knows more new curves with convolutions', async () => {
    const ends: number[] = [];
    for (const { request } of experiments.CONVOLUTION) {
      const run = await create(request);
      await toEnd(run);
      ends.push(await accuracy(run));
    }
    expect(experiments.convolutionVerdict(ends)).toMatchObject({ answer: 2 });
  });

  it('overfits, and less with dropout', async () => {
    const ends: experiments.Reading[][] = [];
    for (const request of [experiments.OVERFITTING.without, experiments.OVERFITTING.with]) {
      const run = await create(request);
      const rows: experiments.Reading[] = [];
      while (!run.finished) {
        await epoch(run);
        rows.push({ x: run.epoch, ...(await losses(run)) });
      }
      ends.push(rows);
    }
    const [without, dropped] = ends;
    expect(experiments.overfittingVerdict(without, dropped).answer).toBe(1);
    expect(dropped.at(-1)?.test).toBeLessThan(without.at(-1)?.test ?? NaN);
  });

  it('descends twice', async () => {
    const rows: experiments.Reading[] = [];
    for (const units of experiments.WIDTHS) {
      const run = await create(experiments.descent(units));
      await toEnd(run);
      rows.push({ x: units, ...(await losses(run)) });
      run.dispose();
    }
    expect(experiments.descentVerdict(rows).answer).toBe(2);
  });

  it('fools a network that reads digits', async () => {
    const run = await create(experiments.ADVERSARIAL);
    await toEnd(run);
    const { insight } = run.model;
    if (!insight) throw new Error('expected a network to look into');
    await run.model.sync();
    const n = 100;
    const { test } = run.data;
    const x = run.scaled(test.inputs.subarray(0, n * 784)).slice();
    const labels = Int32Array.from(test.targets.subarray(0, n));
    const shares = experiments.EPSILONS.map((epsilon) => {
      const y = run.model.predict(fgsm(insight, x, labels, epsilon), n);
      const right = [...labels].filter((label, k) => {
        const row = y.subarray(10 * k, 10 * k + 10);
        return row.indexOf(Math.max(...row)) === label;
      });
      return right.length / n;
    });
    expect(shares[0]).toBeGreaterThan(0.85);
    expect(experiments.adversarialVerdict(shares).answer).toBe(2);
  });
});
