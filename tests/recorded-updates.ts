/**
 * The gradient steps of an agent while it learns, with what each was given and the state before and after it; and a slow second
 * way to their gradients: losses on plain numbers, as the papers write them, and central differences.
 */
import { expect } from 'vitest';
import type { Compute, NamedValues, Runner } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

export interface Update {
  readonly before: NamedValues;
  readonly inputs: NamedValues;
  readonly outputs: NamedValues;
  readonly after: NamedValues;
}

function copied(values: NamedValues): NamedValues {
  return Object.fromEntries(Object.entries(values).map(([name, array]) => [name, array.slice()]));
}

/** A device on which every gradient step is noted. */
export function recording(device: Compute, updates: Update[]): Compute {
  return {
    label: device.label,
    infer: (...step) => device.infer(...step),
    compile: async (...given) => {
      const runner = await device.compile(...given);
      const recorder: Runner = {
        run: async (inputs, read) => {
          const before = await runner.getState();
          const outputs = copied(await runner.run(inputs, read));
          updates.push({ before, inputs: copied(inputs), outputs, after: await runner.getState() });
          return outputs;
        },
        readState: (...input) => runner.readState(...input),
        getState: () => runner.getState(),
        setState: (values) => runner.setState(values),
        dispose: () => runner.dispose(),
      };
      return recorder;
    },
  };
}

/** Lets a run play step by step until `enough` updates were made; `stepped` looks at it after every step. */
export async function recordUpdates(
  request: RunRequest,
  enough: number,
  stepped: (run: ReinforcementRun, updates: readonly Update[]) => void | Promise<void> = () => {},
): Promise<readonly Update[]> {
  const updates: Update[] = [];
  using device = await createCompute('simd', { threads: 1 });
  const run = await ReinforcementRun.create(resolveRun(request), recording(device, updates));
  try {
    while (updates.length < enough) {
      await run.advance(() => true);
      await stepped(run, updates);
    }
  } finally {
    run.dispose();
  }
  return updates;
}

/** Row `k` of an array of rows. */
export function row(values: ArrayLike<number>, k: number, width: number): readonly number[] {
  return Array.from({ length: width }, (_, j) => values[k * width + j]);
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => k);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Numbers in a stack of dense layers. */
export function stackSize(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, outputs, k) => sum + (sizes[k] + 1) * outputs, 0);
}

/** Dense layers with tanh between them, from `from` of a block on: kernels [inputs, outputs], each before its offsets. */
export function stack(
  block: ArrayLike<number>,
  from: number,
  sizes: readonly number[],
  x: readonly number[],
): readonly number[] {
  let at = from;
  let y = x;
  for (let k = 1; k < sizes.length; k++) {
    const [inputs, outputs, offset] = [sizes[k - 1], sizes[k], at];
    const sums = range(outputs).map((j) =>
      y.reduce(
        (sum, value, i) => sum + value * block[offset + i * outputs + j],
        block[offset + inputs * outputs + j],
      ),
    );
    y = k < sizes.length - 1 ? sums.map(Math.tanh) : sums;
    at += (inputs + 1) * outputs;
  }
  return y;
}

/** log softmax. */
export function logSoftmax(logits: readonly number[]): readonly number[] {
  const normaliser = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - normaliser);
}

/** The gradient that a step of Adam or RAdam has seen, from its first moment: m ← 0.9 m + 0.1 g. */
export function gradientSeen({ before, after }: Update, name = 'optimizer/m'): Float64Array {
  return Float64Array.from(after[name], (m, k) => (m - 0.9 * before[name][k]) / 0.1);
}

/** Compares with central differences of a loss of a whole block of parameters. */
export function expectGradient(
  got: ArrayLike<number>,
  block: ArrayLike<number>,
  loss: (block: Float64Array) => number,
): void {
  const at = Float64Array.from(block);
  const expected = at.map((value, k) => {
    const difference = [1, -1].reduce((sum, sign) => {
      at[k] = value + sign * 1e-4;
      return sum + sign * loss(at);
    }, 0);
    at[k] = value;
    return difference / 2e-4;
  });
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(1e-4);
  expect(got.length).toBe(expected.length);
  expected.forEach((value, k) => {
    if (!(Math.abs(got[k] - value) <= 2e-3 * largest + 1e-5))
      expect.fail(`gradient[${k}]: expected ${value}, got ${got[k]} (largest ${largest})`);
  });
}
