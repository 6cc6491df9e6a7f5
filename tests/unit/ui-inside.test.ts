/** What "Look inside" shows goes with the fit that it is about, tells how far it is, and can be stopped. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnClassifier } from '#tests/classifier-spawn.ts';
import { until } from '#tests/worker-harness.ts';
import { lookOf, type Look } from '#ui/classifier/inside/look.ts';
import { Room } from '#ui/classifier/state/room.ts';

let room: Room;
let look: Look;

beforeEach(async () => {
  room = new Room(spawnClassifier);
  look = lookOf(room);
  await room.open('#room=classifier&data=iris&model=mlp&model.batchSize=16&model.epochs=5&paused=1');
});
afterEach(() => room[Symbol.dispose]());

test('a landscape goes with its model; one that was kept stays beside another fit of the same model and data', async () => {
  const { landscape } = look;
  landscape.side.value = 5;
  await landscape.look();
  expect(landscape.left.value).toMatchObject({ name: 'This model', epoch: 0, side: 5 });
  landscape.keep();
  await room.fit.step('epoch');
  await until(() => room.fit.epoch.value === 1);
  await landscape.look();
  expect(landscape.left.value).toMatchObject({ name: 'This model', epoch: 1 });
  room.fit.edit('model', 'learningRate', 0.01);
  await room.fit.reset();
  expect(landscape.left.value).toBeUndefined();
  expect(landscape.right.value).toMatchObject({ name: 'Kept', epoch: 0 });
  await room.fit.pickModel('linear');
  expect(landscape.right.value).toBeUndefined();
  await landscape.compare('untrained');
  expect([landscape.left.value?.name, landscape.right.value?.name]).toEqual(['This model', 'Untrained']);
  await room.fit.pickData('circle');
  expect([landscape.left.value, landscape.right.value]).toEqual([undefined, undefined]);
});

test('a landscape tells its row, and stops at once, with its twin', async () => {
  const { landscape } = look;
  landscape.side.value = 101;
  const looking = landscape.look();
  await until(() => (landscape.rowOf(room.fit) ?? 0) > 1);
  expect(landscape.busy.value).toBe('left');
  landscape.stop();
  expect(landscape.busy.value).toBeUndefined();
  await looking;
  expect([landscape.left.value, landscape.rowOf(room.fit)]).toEqual([undefined, undefined]);
  void landscape.compare('untrained');
  await until(() => landscape.twin.value);
  landscape.stop();
  expect([landscape.busy.value, landscape.twin.value]).toEqual([undefined, undefined]);
  // The next one is made all the same.
  landscape.side.value = 3;
  await landscape.look();
  expect(landscape.left.value?.losses).toHaveLength(9);
  expect(room.fit.notice.value).toBeUndefined();
});

test('curves go with the fit that they are of, and features with their data', async () => {
  const { adversarial, dropout } = look;
  const show = (): void => {
    const curve = { epsilons: [0], accuracies: [1], epoch: 1, trained: 0 };
    adversarial.curve.value = adversarial.twinCurve.value = curve;
    dropout.without.value = { values: new Float32Array(4), reach: 1, epoch: 1 };
  };
  show();
  await room.fit.pickModel('linear');
  expect([adversarial.curve.value, adversarial.twinCurve.value]).toEqual([undefined, undefined]);
  expect(dropout.without.value).toBeDefined();
  await room.fit.pickData('circle');
  expect(dropout.without.value).toBeUndefined();
});
