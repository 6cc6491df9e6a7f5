/** `ludus fit` and `ludus models` as a user runs them: what is learned, kept, resumed, and refused. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { median } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import { loadData } from '#node/fit-options.ts';
import { scoresRow } from '#node/fit-evaluation.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';
import { decodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { ludus, start, temporaryFolder } from './ludus.ts';

type Scores = Record<string, unknown> & { readonly accuracy: number };

const hidden = JSON.stringify([
  { kind: 'dense', units: 32, activation: 'relu' },
  { kind: 'dense', units: 32, activation: 'relu' },
]);
const spiral = ['spiral', '--model', 'mlp', '--set', `network=${hidden}`, '--set', 'batchSize=16'];
const quick = [...spiral, '--set', 'learningRate=0.01', '--set', 'validation=0.2'];

function folder(): string {
  return join(temporaryFolder(), 'fit');
}

function text(...path: string[]): string {
  return readFileSync(join(...path), 'utf8');
}

async function checkpointIn(path: string): Promise<Checkpoint> {
  return decodeCheckpoint(new Uint8Array(readFileSync(join(path, 'checkpoint.ludus'))));
}

function scoresOf(lines: readonly Record<string, unknown>[]): Scores {
  return lines.find(({ kind }) => kind === 'evaluation') as Scores;
}

describe('ludus fit', () => {
  it.each<[string, FitRequest]>([
    ['Iris', { data: 'iris', model: 'mlp', config: { standardise: true, batchSize: 16, epochs: 50 } }],
    [
      'the spiral',
      {
        data: 'spiral',
        model: 'mlp',
        config: { network: hidden, batchSize: 16, learningRate: 0.01, epochs: 100 },
      },
    ],
  ])('classifies at least 95 %% of unseen examples, median of five seeds: %s', async (_, request) => {
    using compute = await createCompute('simd', { threads: 1 });
    const accuracies: number[] = [];
    for (let seed = 1; seed <= 5; seed++) {
      const setup = resolveFit({ ...request, seed });
      const run = await ModelRun.create(setup, await loadData(setup, undefined), compute);
      await run.advance(() => run.finished);
      accuracies.push((scoresRow('test', await run.evaluate('test'), run.data.task) as Scores).accuracy);
      run.dispose();
    }
    expect(median(accuracies)).toBeGreaterThanOrEqual(0.95);
  });

  it('keeps config, record, checkpoint and test scores', async () => {
    const out = folder();
    const { code, lines, stderr } = await ludus('fit', ...quick, '--epochs', '6', '--out', out, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.map(({ kind }) => kind)).toEqual(['start', 'progress', 'evaluation', 'done']);
    expect(lines[0]).toMatchObject({
      data: 'spiral',
      model: 'mlp',
      seed: 1,
      unit: 'examples',
      batchSize: 16,
    });
    const { target, counts } = lines[0] as { target: number; counts: Record<string, number> };
    expect(lines[1]).toMatchObject({ step: target, epoch: 6, validationAccuracy: expect.any(Number) });
    expect(JSON.parse(text(out, 'config.json'))).toMatchObject({ config: { epochs: 6, validation: 0.2 } });
    const rows = text(out, 'metrics.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    expect(rows.filter((row) => 'validation/accuracy' in row)).toHaveLength(6);
    expect(text(out, 'metrics.csv').trimEnd().split('\n')).toHaveLength(rows.length + 1);
    expect(text(out, 'metrics.csv')).toMatch(/^step,train\//);
    expect(existsSync(join(out, 'episodes.csv'))).toBe(false);
    const kept = JSON.parse(text(out, 'evaluation.json')) as Scores & { confusion: number[][] };
    expect(scoresOf(lines)).toEqual({ kind: 'evaluation', ...kept });
    const { accuracy } = kept;
    expect(kept['standardError']).toBeCloseTo(Math.sqrt((accuracy * (1 - accuracy)) / counts['test']), 12);
    expect(kept.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(counts['test']);
    expect((await checkpointIn(out)).steps).toBe(target);
    const again = await ludus('evaluate', out);
    expect(again.lines).toEqual([
      { ...kept, kind: 'evaluation', data: 'spiral', model: 'mlp', step: target },
    ]);
    const fewer = await ludus('fit', '--resume', out, '--epochs', '5');
    expect(fewer).toMatchObject({
      code: 2,
      stderr: '--epochs: expected at least 6, which the checkpoint has already, got 5\n',
    });
    expect((await ludus('evaluate', out)).lines[0]).toMatchObject({ step: target });
    const held = await ludus('evaluate', out, '--part', 'validation');
    expect(held.lines[0]).toMatchObject({ count: counts['validation'] });
  });

  it('teaches AND to a perceptron, a line of the record per example', async () => {
    const out = folder();
    const { lines } = await ludus('fit', 'logic', '--model', 'perceptron', '--epochs', '8', '--out', out);
    expect(scoresOf(lines)).toMatchObject({
      accuracy: 1,
      confusion: [
        [3, 0],
        [0, 1],
      ],
    });
    const rows = text(out, 'metrics.jsonl').trimEnd().split('\n');
    expect(rows).toHaveLength(8 * 4);
    // A whole epoch without a mistake.
    for (const row of rows.slice(-4)) expect(JSON.parse(row)).toMatchObject({ 'train/accuracy': 1 });
  });

  it('has the same bits whether it was resumed with more epochs, interrupted, or neither', async () => {
    const [whole, parts, cut] = [folder(), folder(), folder()];
    const args = [...quick, '--set', 'schedule=constant'];
    await ludus('fit', ...args, '--epochs', '300', '--out', whole);
    await ludus('fit', ...args, '--epochs', '3', '--out', parts);
    const more = await ludus('fit', '--resume', parts, '--epochs', '300');
    expect(more).toMatchObject({ code: 0, stderr: '' });
    const running = start(['fit', ...args, '--epochs', '300', '--out', cut]);
    await running.saw('start');
    running.child.kill('SIGINT');
    const { code, lines } = await running.finished;
    expect(code).toBe(130);
    expect(lines.at(-1)).toMatchObject({ kind: 'stopped', resume: `npm run ludus -- fit --resume ${cut}` });
    const saved = await checkpointIn(cut);
    expect(saved.kind).toBe('fit');
    expect((await ludus('fit', '--resume', cut)).code).toBe(0);
    for (const path of [parts, cut])
      for (const name of ['metrics.jsonl', 'metrics.csv', 'evaluation.json', 'config.json'])
        expect(text(path, name), name).toBe(text(whole, name));
    expect(await checkpointIn(cut)).toEqual(await checkpointIn(whole));
    const done = await ludus('fit', '--resume', cut);
    expect(done.stderr).toContain('the fit is complete at');
  });

  it('says that it has diverged, and keeps what it was', async () => {
    const out = folder();
    const args = ['line', '--model', 'linear', '--set', 'optimizer=sgd', '--set', 'learningRate=10'];
    const { code, lines, stderr } = await ludus('fit', ...args, '--epochs', '1000', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^linear on line, example \d+: training has diverged, .*Try a lower learningRate/m,
    );
    expect(lines.at(-1)).toMatchObject({ kind: 'diverged', saved: null });
    expect(existsSync(join(out, 'checkpoint.ludus'))).toBe(false);
    expect(existsSync(join(out, 'evaluation.json'))).toBe(false);
  });

  it('remarks on early stopping', async () => {
    const early = [...quick, '--set', 'patience=2', '--epochs', '2000'];
    const { stderr } = await ludus('fit', ...early, '--out', folder());
    expect(stderr).toMatch(/^note: stopped early, after 2 epochs .* the weights are those of epoch \d+\n$/);
    const idle = await ludus('fit', 'iris', '--set', 'patience=2', '--epochs', '1', '--out', folder());
    expect(idle.stderr).toMatch(/^note: early stopping \(patience=2\) measures held-out examples/);
  });
});

describe('data from files', () => {
  const home = temporaryFolder();
  const table = join(home, 'table.csv');
  const out = join(home, 'run');

  beforeAll(async () => {
    writeFileSync(table, 'a,b,class\n');
    for (let k = 0; k < 60; k++) appendFileSync(table, `${k % 7},${k % 5},${k % 2 === 0 ? 'even' : 'odd'}\n`);
    const { code, stderr } = await ludus('fit', 'csv', '--from', table, '--epochs', '3', '--out', out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('are needed again where the data are, and only there', async () => {
    const [without, resumed, exported] = await Promise.all([
      ludus('evaluate', out),
      ludus('fit', '--resume', out, '--from', table, '--epochs', '4'),
      ludus('export', out, '--out', join(home, 'weights')),
    ]);
    expect(without).toMatchObject({ code: 2, stderr: '--from: expected a CSV file, got nothing\n' });
    expect(resumed).toMatchObject({ code: 0, stderr: '' });
    expect(exported).toMatchObject({ code: 0, stderr: '' });
  });

  it('may be others of the same form', async () => {
    const other = join(home, 'other.csv');
    writeFileSync(other, 'a,b,class\n');
    for (let k = 0; k < 30; k++) appendFileSync(other, `${k % 3},${k % 5},${k % 2 === 0 ? 'even' : 'odd'}\n`);
    const { lines, stderr } = await ludus('evaluate', out, '--from', other, '--data', 'testShare=0.5');
    expect(stderr).toBe('');
    const { steps } = await checkpointIn(out);
    expect(lines[0]).toMatchObject({ kind: 'evaluation', step: steps, count: 14, classes: ['even', 'odd'] });
    writeFileSync(other, text(other).replaceAll('odd', 'strange'));
    expect((await ludus('evaluate', out, '--from', other)).stderr).toBe(
      '--from: expected data with the classes even, odd, got even, strange\n',
    );
  });
});

describe('what is wrong with a fit', () => {
  it.each([
    [['fit', 'irsi'], /^data: expected a known name \(near: iris\), got "irsi"\n$/],
    [['fit'], /^data: expected a data set id/],
    [['fit', 'iris', '--model', 'lnear'], /^model: expected a known name \(near: linear\)/],
    [['fit', 'iris', '--set', 'epoch=3'], /^model\.epoch: expected a known name \(near: epochs\)/],
    [['fit', 'iris', '--set', 'epochs=3', '--epochs', '4'], /^--epochs: expected nothing with --set epochs/],
    [['fit', 'iris', '--epochs', '0'], /^--epochs: expected a whole number from 1 to 100000, got "0"/],
    [['fit', 'iris', '--augment', 'shift=2'], /^augment: expected grey pictures to change/],
    [['fit', 'iris', '--from', 'package.json'], /^--from: expected nothing for iris/],
    [['fit', 'idx', '--from', 'nowhere'], /^--from: expected an existing file or folder, got nowhere/],
    [['fit', 'csv', '--from', 'package.json'], /package\.json/],
    [['models', 'lnet'], /^model: expected a known name \(near: lenet\)/],
    [['evaluate', 'iris'], /^--weights: expected the weights of a model for iris/],
  ])('is named by its field: %j', async (args, message) => {
    const { code, stderr } = await ludus(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('is that it is a run, or the other way round', async () => {
    const [fit, run] = [folder(), folder()];
    await ludus('fit', 'iris', '--epochs', '1', '--out', fit);
    await ludus(
      'train',
      'frozen-lake',
      '--agent',
      'q-learning',
      '--steps',
      '100',
      '--episodes',
      '0',
      '--out',
      run,
    );
    expect((await ludus('train', '--resume', fit)).stderr).toBe(
      'checkpoint: expected a run of an agent on a world (fits are for `ludus fit --resume`), got the fit of mlp on iris\n',
    );
    expect((await ludus('fit', '--resume', run)).stderr).toMatch(
      /^checkpoint: expected a fit of a model to a data set \(runs are for `ludus train --resume`\), got the run of \S+ on frozen-lake\n$/,
    );
    expect((await ludus('evaluate', fit, '--episodes', '2')).stderr).toContain(
      '--episodes: expected nothing for a model',
    );
    expect((await ludus('evaluate', run, '--part', 'test')).stderr).toContain(
      '--part: expected nothing for an agent',
    );
  });
});

describe('ludus models', () => {
  it('prints a JSON line per model when piped, with settings and presets', async () => {
    const { lines } = await ludus('models');
    expect(lines.map(({ id }) => id)).toEqual(expect.arrayContaining(['perceptron', 'linear', 'cnn']));
    const one = await ludus('models', 'lenet');
    expect(one.lines).toHaveLength(1);
    expect(one.lines[0]).toMatchObject({
      id: 'lenet',
      fields: expect.any(Array),
      presets: expect.any(Array),
    });
  });
});
