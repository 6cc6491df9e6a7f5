/** The parameters of a model by name, for looking at them and for changing one by hand. */
import { refusal, show } from '#core/errors.ts';
import type { KeptWeights, Parameter } from '#core/fit.ts';
import { known } from '#core/near.ts';
import type { NetworkPlan } from '#agents/nn/spec.ts';

/** Views of a flat block. */
export function parametersOf({ params }: NetworkPlan, block: Float32Array): readonly Parameter[] {
  return params.map(({ name, shape, offset, size }) => ({
    name,
    shape,
    values: block.subarray(offset, offset + size),
  }));
}

/** Where a number lies in the flat block; an `InputError` if there is no such number or the value is none. */
export function placeOf({ params }: NetworkPlan, name: string, index: number, value: number): number {
  const param = params.find((entry) => entry.name === name);
  if (!param) {
    const expected = known(
      name,
      params.map((entry) => entry.name),
    );
    throw refusal('parameter', expected, show(name));
  }
  if (!Number.isInteger(index) || index < 0 || index >= param.size)
    throw refusal(name, `an index from 0 to ${param.size - 1}`, show(index));
  if (!Number.isFinite(value)) throw refusal(name, 'a number', show(value));
  return param.offset + index;
}

interface Exchange {
  /** Whether the block still has the contents that were kept. */
  readonly isCurrent?: () => boolean;
  readonly onExchange?: () => void;
}

/** Keeps the contents of a flat block, which change places with the new ones for the time of a task. */
export function keepBlock(
  block: Float32Array,
  { isCurrent = () => false, onExchange = () => undefined }: Exchange = {},
): KeptWeights {
  const kept = block.slice();
  const exchange = (): void => {
    for (let k = 0; k < block.length; k++) {
      const current = block[k];
      block[k] = kept[k];
      kept[k] = current;
    }
    onExchange();
  };
  return {
    during(task) {
      if (isCurrent()) return task();
      exchange();
      try {
        return task();
      } finally {
        exchange();
      }
    },
  };
}
