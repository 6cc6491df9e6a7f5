/** The state of the classifier's room over the worker's own code: its commands, and what it says when they are wrong. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnClassifier } from '#tests/classifier-spawn.ts';
import { until } from '#tests/worker-harness.ts';
import { fromFitLink } from '#ui/classifier/state/fit-link.ts';
import { takeApart } from '#ui/classifier/state/convolution.ts';
import { Challenge } from '#ui/classifier/state/challenge.ts';
import { Room } from '#ui/classifier/state/room.ts';
import { Results } from '#ui/classifier/state/results.ts';
import { FitStore } from '#ui/classifier/state/fit-store.ts';
import { epochOf, epochsOf, stateOf } from '#ui/classifier/state/fit-words.ts';
import type { WorkerLike } from '#worker/client.ts';
import { idx } from './idx-files.ts';

let die: (message: string) => void;
let fit: FitStore;

const spawn = (): WorkerLike => spawnClassifier((kill) => (die = kill));

beforeEach(() => {
  fit = new FitStore(spawn);
  fit.playing.value = false;
});
afterEach(() => fit[Symbol.dispose]());

const IRIS = {
  data: 'iris',
  model: 'mlp',
  config: { batchSize: 16, validation: 0.2, standardise: true, epochs: 5 },
};

test('a link with mistakes opens without them, and says which', async () => {
  await fit.open({ ...IRIS, config: { ...IRIS.config, learningRate: 'seven' }, seed: -1 });
  expect(fit.phase.value).toBe('paused');
  expect(fit.info.value?.request).toMatchObject({ data: 'iris', model: 'mlp', seed: 1 });
  expect(fit.draft.value.config).toEqual(IRIS.config);
  expect(fit.notice.value?.lines.join('\n')).toMatch(
    /model\.learningRate[^]*seed|seed[^]*model\.learningRate/,
  );
});

test('a link to another tab leaves the fit alone; one to another fit starts that', async () => {
  using room = new Room(spawn);
  const link = 'room=classifier&data=iris&model=mlp&paused=1&model.epochs=3';
  await room.open(`#${link}`);
  await room.fit.step();
  const run = room.fit.info.value?.run;
  await room.open(`#${link}&tab=draw&hide=seed,preset`);
  expect([room.tab.value, room.hides('seed'), room.hides('model')]).toEqual(['draw', true, false]);
  expect(room.fit.info.value?.run).toBe(run);
  expect(fromFitLink(room.link.value)).toMatchObject({ tab: 'draw', hide: ['seed', 'preset'], paused: true });
  await room.fit.pickModel('linear');
  await room.open(`#${link}`);
  expect(room.fit.info.value?.request).toMatchObject({ model: 'mlp', config: { epochs: 3 } });
});

test('what is wrong with a link is said on every tab, and the rest of it applies', async () => {
  for (const tab of ['train', 'tour', 'playground']) {
    using room = new Room(spawn);
    await room.open(`#room=classifier&tab=${tab}&data=iris&paused=1&hide=seed,sede`);
    expect(room.fit.notice.value?.lines, tab).toEqual([
      'hide: expected a known name (near: seed), got "sede"',
    ]);
    expect([room.tab.value, room.hides('seed'), room.link.value.includes('sede')]).toEqual([
      tab,
      true,
      false,
    ]);
    // Another link to the same fit.
    await room.open(`#room=classifier&tab=${tab}&data=iris&paused=1&hide=seed&teb=1`);
    expect(room.fit.notice.value?.lines.join(), tab).toMatch(
      /^teb: expected one of .*, got an unknown name$/,
    );
  }
});

test('an epoch by hand ends with the epoch, measured; a step is one batch', async () => {
  await fit.open(IRIS);
  const { perEpoch, batchSize } = fit.info.value!;
  await fit.step();
  await until(() => fit.progress.value.done === batchSize);
  await fit.step('epoch');
  await until(() => fit.progress.value.done === perEpoch * batchSize);
  expect(fit.record.curve('validation/loss')?.points).toBe(1);
  expect(fit.epoch.value).toBe(1);
  expect([stateOf(fit), epochOf(fit), epochsOf(fit)]).toEqual(['Paused', '1', '1 epoch']);
  await fit.step();
  await until(() => fit.epoch.value > 1);
  expect(epochsOf(fit)).toMatch(/^1\.\d\d epochs$/);
});

test('a pause ends an epoch that is being finished, and questions are answered meanwhile', async () => {
  await fit.open({ data: 'mnist-1d', model: 'mlp', config: { batchSize: 1 } });
  const { perEpoch } = fit.info.value!;
  const epoch = fit.step('epoch');
  expect(fit.running.value).toBe(true);
  const answer = await fit.ask((api) => api.predict(new Float32Array(40)));
  expect(answer).toHaveLength(10);
  await fit.toggle();
  await epoch;
  expect(fit.running.value).toBe(false);
  expect(fit.progress.value.done).toBeLessThan(perEpoch);
});

test('a live setting changes the running fit and leaves a mark; others wait for a reset', async () => {
  await fit.open(IRIS);
  fit.edit('model', 'learningRate', 0.02, true);
  await until(() => fit.info.value?.request.config['learningRate'] === 0.02);
  await until(() => fit.record.marks.value.length === 1);
  expect(fit.form.pending.value).toBe(false);
  fit.edit('model', 'batchSize', 8);
  expect(fit.form.waits('model', 'batchSize')).toBe(true);
  expect(fit.form.pending.value).toBe(true);
  fit.edit('model', 'batchSize', 'many');
  await until(() => fit.problems.value.some(({ field }) => field === 'model.batchSize'));
  fit.edit('model', 'batchSize', 8);
  await fit.reset();
  expect(fit.info.value?.batchSize).toBe(8);
});

test('a preset brings its augmentation, is offered for its data, and does not follow to others', async () => {
  await fit.open(IRIS);
  const offered = (): string[] => fit.form.presets.value.map(({ id }) => id);
  expect(offered()).toContain('iris');
  expect(offered()).not.toContain('points');
  await fit.pickPreset('iris');
  expect(fit.info.value?.request.config).toMatchObject({ epochs: 100, validation: 0.2 });
  await fit.pickData('spiral');
  expect(fit.draft.value.preset).toBeUndefined();
  expect(offered()).toContain('points');
  fit.draft.value = { data: 'mnist', model: 'cnn', preset: 'mnist' };
  expect(fit.form.shown('augment', 'rotation')).toBe(10);
  fit.edit('augment', 'rotation', 0);
  expect(fit.form.shown('augment', 'rotation')).toBe(0);
  fit.edit('augment', 'rotation', 10);
  expect(fit.draft.value.augment).toEqual({});
});

test('what is changed while a fit starts is not lost with it', async () => {
  const opened = fit.open({ ...IRIS, config: {} });
  // Polling would be too late.
  await new Promise<void>((resolve) => {
    fit.draft.subscribe(({ data }) => data === 'iris' && resolve());
  });
  fit.edit('model', 'optimizer', 'sgd');
  fit.edit('model', 'learningRate', '0.02', true);
  expect(fit.info.value).toBeUndefined();
  await opened;
  expect(fit.form.shown('model', 'optimizer')).toBe('sgd');
  expect(fit.form.waits('model', 'optimizer')).toBe(true);
  await until(() => fit.info.value?.request.config['learningRate'] === 0.02);
});

test('scores tell every example by its true and its predicted class', async () => {
  await fit.open(IRIS);
  for (let k = 0; k < 5; k++) await fit.step('epoch');
  const scores = await fit.evaluate('test');
  if (scores?.kind !== 'classes') throw new Error('expected classes');
  const counted = new Int32Array(9);
  scores.labels.forEach((label, row) => counted[3 * label + scores.predicted[row]]++);
  expect(counted).toEqual(scores.confusion);
  expect(scores.count).toBe(fit.info.value?.counts.test);
});

test('what the worker refuses becomes a notice, and data without their files wait', async () => {
  await fit.open(IRIS);
  expect(await fit.ask((api) => api.attack(new Uint8Array(4), 0, 0.1, 'fgsm'))).toBeUndefined();
  expect(fit.notice.value?.lines.join()).toMatch(/pictures/);
  await fit.pickData('csv');
  expect(fit.draft.value.data).toBe('csv');
  expect(fit.info.value?.request.data).toBe('iris');
  await fit.giveFiles([new File(['a,b,kind\n1,2,x\n2,1,y\n3,2,x\n1,3,y\n5,4,x\n2,2,y\n'], 'table.csv')]);
  expect(fit.info.value?.request.data).toBe('csv');
});

test('a link to data of the user waits for the files', async () => {
  await fit.open({ data: 'csv', model: 'mlp' });
  expect([fit.waitsForFiles.value, fit.info.value, fit.notice.value]).toEqual([true, undefined, undefined]);
  await fit.giveFiles([new File(['a,b,kind\n1,2,x\n2,1,y\n3,2,x\n1,3,y\n5,4,x\n2,2,y\n'], 'table.csv')]);
  expect(fit.info.value?.request.data).toBe('csv');
});

test('after the worker has died, the same fit is made in another', async () => {
  await fit.open(IRIS);
  die('out of memory');
  await until(() => fit.notice.value?.kind === 'note');
  expect(fit.notice.value?.lines).toEqual(['out of memory']);
  expect(fit.phase.value).toBe('paused');
  expect(await fit.evaluate('test')).toMatchObject({ kind: 'classes' });
});

test('at rest every step is measured, and the weights of the first layer follow it', async () => {
  await fit.open(IRIS);
  using results = new Results(fit);
  const untrained = await until(() => results.scores.value);
  const weights = await until(() => results.weights.value);
  expect(weights.shape).toEqual([4, 256]);
  await fit.step('epoch');
  await until(() => results.scores.value && results.scores.value.loss < untrained.loss);
  await until(() => results.weights.value?.values[0] !== weights.values[0]);
  results.part.value = 'validation';
  await until(() => results.scores.value?.count === fit.info.value?.counts.validation);
});

test('a challenge starts over, ends with the last epoch if that is sooner, and keeps the best', async () => {
  await fit.open(IRIS);
  await fit.step();
  const quiet: boolean[] = [];
  using challenge = new Challenge(fit, (isQuiet) => quiet.push(isQuiet));
  challenge.turnTo('iris');
  await challenge.start();
  expect(challenge.left.value).toBeGreaterThan(0);
  const last = await until(() => challenge.last.value);
  const scores = await fit.evaluate('test');
  if (scores?.kind !== 'classes') throw new Error('expected classes');
  expect(last).toMatchObject({
    accuracy: scores.accuracy,
    model: 'mlp',
    parameters: fit.info.value?.parameters,
  });
  expect(challenge.best.value).toBe(last);
  expect([quiet.includes(true), quiet.at(-1), challenge.left.value]).toEqual([true, false, undefined]);
  expect(fit.epoch.value).toBe(5);
  // A single epoch knows less.
  fit.edit('model', 'epochs', 1);
  fit.edit('model', 'learningRate', 1e-5);
  await challenge.start();
  const worse = await until(() => challenge.last.value !== last && challenge.last.value);
  expect(worse.accuracy).toBeLessThan(last.accuracy);
  expect(challenge.best.value).toBe(last);
});

/** Pictures of 7 × 6 with some ink, labelled 0 and 1. */
function pictureFiles(): File[] {
  const values = Array.from({ length: 12 * 42 }, (_, k) => (k * 89) % 256);
  const labels = Array.from({ length: 12 }, (_, k) => k % 2);
  return [new File([idx([12, 7, 6], values)], 'pictures'), new File([idx([12], labels)], 'labels')];
}

test.each([
  { padding: 'same', stride: 2 },
  { padding: 'valid', stride: 1 },
])('a cell taken apart adds up to what the network puts out: $padding, stride $stride', async (how) => {
  const network = [
    { kind: 'conv2d', filters: 3, size: 3, activation: 'tanh' },
    { kind: 'conv2d', filters: 2, size: 3, ...how },
    { kind: 'flatten' },
  ];
  await fit.open(IRIS);
  await fit.pickData('idx');
  fit.edit('model', 'network', network);
  fit.edit('model', 'standardise', false);
  fit.edit('model', 'batchSize', 4);
  await fit.giveFiles(pictureFiles());
  const { layers, shape } = fit.info.value!;
  expect(shape).toEqual([7, 6, 1]);
  const rows = await fit.ask((api) => api.examples('train', Int32Array.of(0)));
  const outputs = await fit.ask((api) => api.activations(rows!.inputs));
  const tensors = await fit.ask((api) => api.tensors());
  const weightsOf = (layer: number) => ({
    kernel: tensors!.find(({ name }) => name === `${layer}/kernel`)!,
    bias: tensors!.find(({ name }) => name === `${layer}/bias`)!,
  });
  const pixels = { shape, values: Float32Array.from(rows!.inputs, (byte) => byte / 255) };
  const input = { shape: layers[0].shape, values: outputs![0] };
  const [height, width, filters] = layers[1].shape;
  for (const [row, column] of [
    [0, 0],
    [height - 1, width - 1],
    [0, width - 1],
  ]) {
    const first = takeApart(layers[0], pixels, weightsOf(0), { row, column, filter: 2 });
    const [, across, features] = layers[0].shape;
    expect(Math.tanh(first.sum)).toBeCloseTo(outputs![0][(row * across + column) * features + 2], 4);
    const cell = takeApart(layers[1], input, weightsOf(1), { row, column, filter: 1 });
    expect(cell.sum).toBeCloseTo(outputs![1][(row * width + column) * filters + 1], 4);
    expect(cell.contributions).toHaveLength(3);
  }
});
