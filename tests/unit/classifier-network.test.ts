/** The builder's questions to the classifier's worker: what a network would be, what is wrong with it, and how it is while it learns. */
import { expect, it } from 'vitest';
import { api, create, IRIS, PICTURES, refusal, useClassifier, valueOf } from './classifier-harness.ts';

useClassifier();

const wrong = (network: unknown) => refusal(api.planNetworks({ ...PICTURES, config: { network } }));

it('plans a network for the data at hand, and names the layer that is wrong', async () => {
  expect(await refusal(api.planNetworks(PICTURES))).toEqual(['data']);
  await create(PICTURES);
  const [plan] = valueOf(await api.planNetworks({ ...PICTURES, config: { network: 'auto' } }));
  expect(plan).toMatchObject({ input: [8, 8, 1], output: [4], parameters: 64 * 256 + 256 + 256 * 4 + 4 });
  expect(plan.layers.map(({ kind, output }) => [kind, ...output])).toEqual([
    ['flatten', 64],
    ['dense', 256],
    ['dense', 4],
  ]);
  // What a list leaves out, the model adds.
  const conv = { kind: 'conv2d', filters: 2, size: 3 };
  const [own] = valueOf(await api.planNetworks({ ...PICTURES, config: { network: [conv] } }));
  expect(own.layers.map(({ kind }) => kind)).toEqual(['conv2d', 'flatten', 'dense']);
  expect(await wrong([conv, { ...conv, size: 9 }])).toEqual([expect.stringMatching(/^network\.1 /)]);
  expect(await wrong([conv, { ...conv, size: 0 }])).toEqual(['model.network.1.size']);
  expect(await refusal(api.planNetworks(IRIS))).toEqual(['data']);
});

it('looks at weights, outputs and dead units of the running network, which learns on as if nobody looked', async () => {
  await create(PICTURES);
  for (let step = 0; step < 4; step++) await api.step();
  const unseen = valueOf(await api.tensors());
  await create(PICTURES);
  for (let step = 0; step < 4; step++) {
    valueOf(await api.lookAtNetworks());
    await api.step();
  }
  expect(valueOf(await api.tensors())).toEqual(unseen);
  const [{ name, layers }] = valueOf(await api.lookAtNetworks());
  expect([name, ...layers.map(({ shape }) => shape.join('×'))]).toEqual([
    'model',
    '6×6×3',
    '6×6×3',
    '108',
    '5',
    '4',
  ]);
  const [conv, , , dense, head] = layers;
  expect(conv.filters).toMatchObject({ size: 3 });
  expect(conv.weights?.counts.reduce((sum, count) => sum + count, 0)).toBe(3 * 3 * 3);
  // The first test example, as it is read.
  const { inputs } = valueOf(await api.examples('test', Int32Array.of(0)));
  const read = valueOf(await api.activations(inputs));
  expect(head.output).toEqual(read[4]);
  expect(dense.output).toEqual(read[3]);
  expect(dense.dead?.of).toBe(5);
  for (const [index] of Array.from({ length: 5 }).entries())
    valueOf(await api.setParameter('3/bias', index, -1000));
  for (let look = 0; look < 20; look++) valueOf(await api.lookAtNetworks());
  expect(valueOf(await api.lookAtNetworks())[0].layers[3].dead).toEqual({ units: 5, of: 5 });
  await api.lookAway();
  expect(valueOf(await api.lookAtNetworks())[0].layers[3].dead?.units).toBe(0);
});

it('has nothing to show of a perceptron', async () => {
  await create({ data: 'iris', model: 'perceptron' });
  expect(valueOf(await api.lookAtNetworks())).toEqual([]);
});
