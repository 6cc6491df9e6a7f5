/** Whether a network read from a file fits into an agent. */
import { describe, expect, it } from 'vitest';
import { checkFit } from '#agents/nn/network-data.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { Layer, NetworkPlan } from '#agents/nn/spec.ts';

function plan(...layers: readonly Layer[]): NetworkPlan {
  return planNetwork(layers, [4], 'network');
}

describe('fitting a network into an agent', () => {
  const wanted = plan({ kind: 'dense', units: 3, activation: 'relu' }, { kind: 'dense', units: 2 });

  it('overlooks how it is written and what only matters in training', () => {
    const same = plan(
      { kind: 'flatten' },
      { kind: 'dense', units: 3, init: 'orthogonal' },
      { kind: 'activation', activation: 'relu' },
      { kind: 'dropout', rate: 0.5 },
      { kind: 'dense', units: 2 },
    );
    expect(() => checkFit(wanted, same, 'weights.q')).not.toThrow();
  });

  it.each<[NetworkPlan, string]>([
    [
      plan({ kind: 'dense', units: 4, activation: 'relu' }, { kind: 'dense', units: 2 }),
      'weights.q.0 (dense): expected dense [3], got dense [4]',
    ],
    [
      plan({ kind: 'dense', units: 3, activation: 'tanh' }, { kind: 'dense', units: 2 }),
      'weights.q.0 (dense): expected relu, got tanh',
    ],
    [
      plan({ kind: 'dense', units: 3, activation: 'relu' }),
      'weights.q.1 (dense): expected dense [2], got no further layer',
    ],
    [
      planNetwork(
        [
          { kind: 'dense', units: 3, activation: 'relu' },
          { kind: 'dense', units: 2 },
        ],
        [5],
        'network',
      ),
      'weights.q: expected a network for inputs [4], got [5]',
    ],
  ])('names the first layer that does something else', (other, message) => {
    expect(() => checkFit(wanted, other, 'weights.q')).toThrow(message);
  });
});
