/** The network of the DQN family: which layers and which head the switches ask for. */
import { actionSize, type EnvSpec } from '#core/env.ts';
import { needsRows } from '#agents/nn/batch-norm.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import { bodyFor, type Layer, type NetworkPlan } from '#agents/nn/spec.ts';
import { categoricalHead, quantileHead, scalarHead, type ValueHead } from '../heads.ts';
import type { DqnConfig } from './config.ts';

/**
 * The network: the body, then Q-values (or their distributions) for every action. Noisy makes every dense layer noisy. A head
 * that is a dense layer starts as the last dense layer of the body is told to.
 */
export function planQNetwork(spec: EnvSpec, config: DqnConfig): NetworkPlan {
  const { noisy, noisySigma: sigma } = config;
  const input = spec.observation.shape;
  const actions = actionSize(spec);
  const { atoms } = headOf(config);
  const body = bodyFor(config.network, input).map((layer): Layer =>
    noisy && layer.kind === 'dense'
      ? { kind: 'noisy', units: layer.units, activation: layer.activation, sigma }
      : layer,
  );
  const units = actions * atoms;
  const head = (): Layer => {
    if (config.dueling) return { kind: 'dueling', actions, atoms, noisy, sigma };
    return noisy
      ? { kind: 'noisy', units, sigma }
      : { kind: 'dense', units, init: body.findLast(isDense)?.init };
  };
  return needsRows(planNetwork([...body, head()], input, 'network'), config.batchSize);
}

function isDense(layer: Layer): layer is Layer & { kind: 'dense' } {
  return layer.kind === 'dense';
}

export function headOf(config: DqnConfig): ValueHead {
  switch (config.distribution) {
    case 'mean':
      return scalarHead(config.loss);
    case 'categorical':
      return categoricalHead(config.atoms, config.lowestReturn, config.highestReturn);
    case 'quantile':
      return quantileHead(config.atoms);
  }
}
