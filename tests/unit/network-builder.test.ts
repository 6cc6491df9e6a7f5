/** The builder's list of layers, against what the agents' own schema and planner say, and looks at real networks. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { InputError } from '#core/errors.ts';
import { activations, layersSchema } from '#agents/nn/spec.ts';
import { createCompute } from '#host/compute.ts';
import { describeNetworks } from '#train/checkpoints/networks.ts';
import { histogram, NetworkLooker } from '#train/insight/network-look.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { NetworkEye } from '#worker/network-eye.ts';
import { same } from '#ui/state/values.ts';
import {
  edited,
  layerAt,
  layersOf,
  LAYER_KINDS,
  newLayer,
  type DraftLayer,
  type LayerEdit,
} from '#ui/network/layers.ts';

const kinds = Object.keys(LAYER_KINDS);

test('every activation of the agents is offered', () => {
  for (const settings of Object.values(LAYER_KINDS))
    for (const setting of settings)
      if (setting.key === 'activation' && setting.control === 'choice')
        expect(setting.options).toEqual(activations);
});

test('every kind of layer begins as one that the schema takes, with every choice that it offers', () => {
  for (const kind of kinds) {
    expect(layersSchema.safeParse([newLayer(kind)]).success, kind).toBe(true);
    for (const setting of LAYER_KINDS[kind])
      for (const value of setting.control === 'choice' ? setting.options : [])
        expect(
          layersSchema.safeParse([{ ...newLayer(kind), [setting.key]: value }]).success,
          `${kind} ${value}`,
        ).toBe(true);
  }
});

const somewhere = fc.integer({ min: -1, max: 8 });
const someEdit: fc.Arbitrary<LayerEdit> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), layer: fc.constantFrom(...kinds) }),
  fc.record({ kind: fc.constant('remove' as const), at: somewhere }),
  fc.record({ kind: fc.constant('move' as const), at: somewhere, to: somewhere }),
  fc.record({ kind: fc.constant('become' as const), at: somewhere, layer: fc.constantFrom(...kinds) }),
  fc.record({
    kind: fc.constant('set' as const),
    at: somewhere,
    key: fc.constantFrom('units', 'filters', 'size', 'stride', 'activation', 'rate', 'shape', 'padding'),
    value: fc.oneof(fc.integer({ min: -2, max: 40 }), fc.constantFrom(undefined, 'relu', 'x', 0.5, [4, 4])),
  }),
);

describe.each([
  ['cart-pole', 'dqn'],
  ['breakout', 'dqn'],
  ['cart-pole', 'ppo'],
])('any edits on %s with %s', (world, agent) => {
  it('give a plan, or an error at a layer that is there', () => {
    fc.assert(
      fc.property(fc.array(someEdit, { maxLength: 12 }), (edits) => {
        const layers = edits.reduce<readonly DraftLayer[]>(edited, []);
        expect(layersOf(JSON.stringify(layers))).toEqual(JSON.parse(JSON.stringify(layers)));
        try {
          const [network] = describeNetworks(resolveRun({ world, agent, config: { network: layers } }));
          expect(network.layers.length).toBeGreaterThan(layers.length);
          layers.forEach((layer, k) => expect(network.layers[k].kind).toBe(layer.kind));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          for (const { field } of error.problems) {
            // The output layer needs a vector, and comes after the last of the user's.
            expect(layerAt(field), `${field} of ${JSON.stringify(layers)}`).toBeLessThanOrEqual(
              layers.length,
            );
          }
        }
      }),
      {
        numRuns: 60,
        // A wrong value and a field that is not its kind's, in one layer.
        examples: [
          [
            [
              { kind: 'add', layer: 'dense' },
              { kind: 'set', at: 0, key: 'activation', value: 0 },
              { kind: 'set', at: 0, key: 'size', value: [4, 4] },
            ],
          ],
        ],
      },
    );
  });
});

test('an edit without effect gives the same list, so that it is not undone', () => {
  const layers = [newLayer('dense')];
  expect(edited(layers, { kind: 'remove', at: 1 })).toBe(layers);
  expect(edited(layers, { kind: 'move', at: 0, to: 1 })).toBe(layers);
});

test('a layer of another kind keeps what both have', () => {
  const [layer] = edited([{ kind: 'dense', units: 7, activation: 'tanh' }], {
    kind: 'become',
    at: 0,
    layer: 'gru',
  });
  expect(layer).toEqual({ kind: 'gru', units: 7 });
});

test('looks tell weights, outputs and dead units of the running network, and change nothing', async () => {
  using compute = await createCompute('simd', { threads: 1 });
  const make = () =>
    createRun(
      resolveRun({
        world: 'breakout',
        agent: 'ppo',
        config: {
          network: [{ kind: 'conv2d', filters: 4, size: 3, activation: 'relu' }, { kind: 'flatten' }],
        },
      }),
      compute,
    );
  const run = await make();
  const other = await make();
  try {
    const looker = new NetworkLooker(compute, run);
    const [policy, value] = looker.look();
    expect([policy.name, value.name]).toEqual(['policy', 'value']);
    const [conv, flat, head] = policy.layers;
    expect(conv.shape).toEqual([8, 8, 4]);
    expect(conv.filters).toMatchObject({ size: 3 });
    expect(conv.filters!.values).toHaveLength(36);
    expect(conv.weights!.counts.reduce((sum, n) => sum + n, 0)).toBe(
      9 * 4 * run.scene.env.spec.observation.shape.at(-1)!,
    );
    expect(flat.weights).toBeUndefined();
    expect([...flat.output!]).toEqual([...conv.output!]);
    const { probabilities } = run.scene.inspection();
    const exps = [...head.output!].map(Math.exp);
    const total = exps.reduce((sum, each) => sum + each, 0);
    exps.forEach((each, k) => expect(each / total).toBeCloseTo(probabilities![k], 5));
    expect(conv.dead).toEqual({ units: 0, of: 4 });
    // With weights and biases like this, no filter is ever above 0.
    run.parameters!.fill(-10);
    for (let look = 0; look < 30; look++) looker.look();
    expect(looker.look()[0].layers[0].dead).toEqual({ units: 4, of: 4 });
    expect(looker.dead()).toEqual({ units: 8, of: 8 });
    run.parameters!.set(other.parameters!);
    await run.advance(() => run.progress >= 3000);
    await other.advance(() => other.progress >= 3000);
    expect(run.parameters).toEqual(other.parameters);
    looker.dispose();
    const eye = new NetworkEye();
    for (let look = 0; look < 2; look++) {
      expect(eye.look(run, compute)).toHaveLength(2);
      expect(eye.dead()).toMatchObject({ of: 8 });
      eye.close(compute);
      expect(eye.dead()).toBeUndefined();
    }
  } finally {
    run.dispose();
    other.dispose();
  }
});

test('a list is the same, however its text is spaced and its keys are ordered', () => {
  const layers = [{ kind: 'dense', units: 8, activation: 'relu' }];
  expect(same(layers, '[ {"units": 8, "activation": "relu", "kind": "dense"} ]')).toBe(true);
  expect(same(layers, '[{"kind":"dense","units":9,"activation":"relu"}]')).toBe(false);
  expect(same('[1', '[1 ')).toBe(true);
  expect(same('[1', '[2')).toBe(false);
});

test('a histogram counts all values, and takes one that is everywhere', () => {
  expect(histogram(Float32Array.of(1, 1, 1)).counts.reduce((sum, n) => sum + n, 0)).toBe(3);
  const { low, high, counts } = histogram(Float32Array.of(-1, 0, 1));
  expect({ low, high, first: counts[0], last: counts.at(-1) }).toEqual({
    low: -1,
    high: 1,
    first: 1,
    last: 1,
  });
});
