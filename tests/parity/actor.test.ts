/** How agents act: the compiled network gives what the reference forward pass gives, whatever the network and the batch. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Actor } from '#agents/nn/actor.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { activations, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { eagerCompute } from '#compile/eager.ts';
import { simdCompute } from '#compile/simd/simd.ts';
import type { Compute } from '#compile/step.ts';
import { expectClose, numbers, sizeOf } from './compile-close.ts';
import { Forward } from './forward.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

/** Compiles, and counts how often. */
function counting(): { readonly compute: Compute; compiled: number } {
  const simd = simdCompute(eagerCompute());
  const counter = {
    compiled: 0,
    compute: {
      ...simd,
      infer: (...step: Parameters<Compute['compile']>) => {
        counter.compiled++;
        return simd.infer(...step);
      },
    },
  };
  return counter;
}

const units = fc.integer({ min: 1, max: 19 });
const activation = fc.constantFrom(...activations);
const hidden: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units, activation }),
  fc.record({ kind: fc.constant('noisy' as const), units, activation }),
  fc.record({ kind: fc.constant('layerNorm' as const), activation }),
  fc.record({ kind: fc.constant('batchNorm' as const), activation }),
  fc.record({ kind: fc.constant('dropout' as const), rate: fc.constant(0.5) }),
  fc.record({ kind: fc.constant('activation' as const), activation }),
);
const head: fc.Arbitrary<Layer> = fc.oneof(
  fc.record({ kind: fc.constant('dense' as const), units }),
  fc.record({
    kind: fc.constant('dueling' as const),
    actions: fc.integer({ min: 1, max: 5 }),
    atoms: fc.integer({ min: 1, max: 7 }),
    hidden: fc.integer({ min: 0, max: 9 }),
    noisy: fc.boolean(),
  }),
);
const image: fc.Arbitrary<readonly Layer[]> = fc
  .record({
    kind: fc.constant('conv2d' as const),
    filters: fc.integer({ min: 1, max: 9 }),
    size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.constantFrom('valid' as const, 'same' as const),
    activation,
  })
  .chain((conv) =>
    fc.constantFrom<readonly Layer[]>(
      [conv, { kind: 'flatten' }],
      [{ kind: 'maxPool', size: 2 }, conv, { kind: 'flatten' }],
    ),
  );
const network: fc.Arbitrary<NetworkPlan> = fc
  .tuple(
    fc.oneof(
      fc.record({ input: fc.tuple(units), first: fc.constant<readonly Layer[]>([]) }),
      fc.record({ input: fc.constant([7, 6, 3]), first: image }),
    ),
    fc.array(hidden, { maxLength: 3 }),
    head,
  )
  .map(([{ input, first }, body, last]) => planNetwork([...first, ...body, last], input, 'network'));

describe('acting compiled', () => {
  it('agrees with the reference forward pass for random networks, weights, noise and batches', () => {
    const runs = fc.property(
      network,
      units,
      fc.array(units, { minLength: 1, maxLength: 4 }),
      fc.nat(),
      (plan, batch, sizes, seed) => {
        const weights = numbers(seed, plan.size).map((w) => w / 2);
        for (const { name, offset, size } of plan.params)
          if (name.endsWith('/variance')) weights.fill(0.7, offset, offset + size);
        const noise = numbers(seed + 1, plan.noise);
        const actor = new Actor(counting().compute, plan, { weights, batch, noise });
        const forward = new Forward(plan, batch, noise);
        for (const n of [batch, ...sizes]) {
          const x = numbers(seed + n, n * sizeOf(plan.input));
          const length = n * sizeOf(plan.output);
          const got = actor.run(x, n).subarray(0, length);
          expectClose(`${n} rows`, got, forward.run(weights, x, n).subarray(0, length));
        }
        actor.dispose();
      },
    );
    fc.assert(runs, { numRuns: Number(process.env['LUDUS_RUNS'] ?? 100), seed: 11 });
  });

  const plan = planNetwork(
    [
      { kind: 'noisy', units: 33, activation: 'relu' },
      { kind: 'dense', units: 3 },
    ],
    [5],
    'network',
  );

  it('gives a row the same bits alone and among others', () => {
    const weights = numbers(1, plan.size);
    const actor = new Actor(counting().compute, plan, { weights, batch: 10, noise: numbers(2, plan.noise) });
    const x = numbers(3, 10 * 5);
    const all = actor.run(x, 10).slice();
    for (let i = 0; i < 10; i++)
      expect(actor.run(x.slice(5 * i, 5 * i + 5), 1).slice(0, 3)).toEqual(all.slice(3 * i, 3 * i + 3));
    expect(actor.run(x, 7).slice(0, 21)).toEqual(all.slice(0, 21));
  });

  it('follows the weights at every batch size once they are said to have changed, and the noise at once', () => {
    const weights = numbers(1, plan.size);
    const noise = new Float32Array(plan.noise);
    const actor = new Actor(counting().compute, plan, { weights, batch: 2, noise });
    const x = numbers(4, 2 * 5);
    const both = (): readonly number[] => [...actor.run(x, 2).slice(0, 3), ...actor.run(x, 1).slice(0, 3)];
    const first = both();
    weights.set(numbers(9, plan.size));
    expect(both()).toEqual(first);
    actor.weightsChanged();
    const second = both();
    expect(second.slice(0, 3)).toEqual(second.slice(3));
    expect(second.slice(0, 3)).not.toEqual(first.slice(0, 3));
    noise.fill(1);
    expect(both()).not.toEqual(second);
  });

  it('compiles few sizes, whatever is asked for, and hands out the same array again', () => {
    const counter = counting();
    const actor = new Actor(counter.compute, plan, { weights: numbers(1, plan.size), batch: 10 });
    for (let n = 1; n <= 64; n++) actor.run(numbers(n, n * 5), n);
    // 10, and 1, 2, 4, … 64.
    expect(counter.compiled).toBe(8);
    const x = numbers(0, 50);
    expect(actor.run(x, 10)).toBe(actor.run(x, 10));
  });

  it('is the same where learning is eager', () => {
    const weights = numbers(1, plan.size);
    const x = numbers(2, 15);
    const [eager, compiled] = [eagerCompute(), simdCompute(eagerCompute())].map((compute) =>
      new Actor(compute, plan, { weights, batch: 3 }).run(x, 3).slice(),
    );
    expect(eager).toEqual(compiled);
  });

  it('is refused before the run where the engine has no SIMD', () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    try {
      const weights = numbers(1, plan.size);
      expect(() => new Actor(eagerCompute(), plan, { weights, batch: 3 })).toThrow(
        'acting: expected a network that can be compiled for acting, got an engine without WebAssembly SIMD',
      );
    } finally {
      validate.mockRestore();
    }
  });
});

/** One layer of every kind, on the input that it takes; the type has the compiler miss none. */
const everyKind: { readonly [K in Layer['kind']]: readonly [layer: Layer & { kind: K }, input: number[]] } = {
  dense: [{ kind: 'dense', units: 3 }, [4]],
  noisy: [{ kind: 'noisy', units: 3 }, [4]],
  conv2d: [{ kind: 'conv2d', filters: 3, size: 2 }, [4, 4, 2]],
  conv1d: [{ kind: 'conv1d', filters: 3, size: 3, stride: 2, padding: 'same' }, [7, 2]],
  maxPool: [{ kind: 'maxPool', size: 2 }, [4, 4, 2]],
  averagePool: [{ kind: 'averagePool', size: 3, stride: 2 }, [5, 5, 2]],
  globalAveragePool: [{ kind: 'globalAveragePool' }, [4, 4, 2]],
  flatten: [{ kind: 'flatten' }, [4, 4, 2]],
  layerNorm: [{ kind: 'layerNorm' }, [4]],
  batchNorm: [{ kind: 'batchNorm' }, [4]],
  dropout: [{ kind: 'dropout', rate: 0.5 }, [4]],
  activation: [{ kind: 'activation', activation: 'tanh' }, [4]],
  reshape: [{ kind: 'reshape', shape: [8, 2] }, [4, 2, 2]],
  gru: [{ kind: 'gru', units: 3 }, [4]],
  lstm: [{ kind: 'lstm', units: 3 }, [4]],
  dueling: [{ kind: 'dueling', actions: 2, atoms: 3, hidden: 4, noisy: true }, [4]],
};

describe('a layer of its own', () => {
  it.each(Object.values(everyKind))('compiles: %j', (layer, input) => {
    const plan = planNetwork([layer], input, 'network', { remembers: true });
    const weights = numbers(1, plan.size).map(Math.abs);
    const noise = numbers(2, plan.noise);
    const x = numbers(3, 2 * sizeOf(plan.input));
    const remembered = [0, 1].map(() => numbers(4, 2 * plan.memory));
    const actor = new Actor(eagerCompute(), plan, { weights, batch: 2, noise });
    const forward = new Forward(plan, 2, noise);
    expectClose('outputs', actor.run(x, 2, remembered[0]), forward.run(weights, x, 2, remembered[1]));
    expectClose('memory', remembered[0], remembered[1]);
  });
});
