/** Networks independent of any agent: as data that the catalogue lists, and with parameters as in files. */
import type { AgentNetwork } from '#core/agent.ts';
import { refusal, show } from '#core/errors.ts';
import { planNetwork } from './plan.ts';
import { LEAKY_SLOPE, layersSchema, NORM_EPSILON, type Layer, type NetworkPlan } from './spec.ts';

/** A network as `AgentDefinition.networks` lists it; `blocks` are the places of its parameters, the one that acts first. */
export function networkData(
  name: string,
  plan: NetworkPlan,
  ...blocks: AgentNetwork['blocks']
): AgentNetwork {
  return { name, input: plan.input, layers: plan.layers.map(({ layer }) => layer), blocks };
}

/** The plan of a network that is data. Throws an `InputError` at `where` if that is none. */
export function plannedNetwork(
  { input, layers }: { readonly input: readonly number[]; readonly layers: unknown },
  where: string,
): NetworkPlan {
  const read = layersSchema.safeParse(layers);
  if (read.success) return planNetwork(read.data, input, where, { remembers: true });
  const { path, message } = read.error.issues[0];
  const field = [where, ...path.map(String)].join('.');
  throw refusal(field, message, show(layers));
}

/** A network with its parameters. */
export interface SavedNetwork {
  readonly name: string;
  readonly plan: NetworkPlan;
  /** The flat block of `plan`. */
  readonly block: Float32Array;
  /** The file's network ends with a softmax, which `plan` leaves out: its outputs are logits. */
  readonly softmax?: true;
}

/**
 * Throws an `InputError` that names the first layer in which `got` computes something else than `wanted`, or has other
 * parameters. What only matters before or while training (initial values, dropout, momentum) may differ.
 */
export function checkFit(wanted: NetworkPlan, got: NetworkPlan, where: string): void {
  if (show(wanted.input) !== show(got.input))
    throw refusal(where, `a network for inputs ${show(wanted.input)}`, show(got.input));
  const [parts, others] = [computations(wanted), computations(got)];
  for (let k = 0; k < Math.max(parts.length, others.length); k++) {
    const [part, other] = [parts.at(k), others.at(k)];
    if (part?.text === other?.text) continue;
    const at = part?.index ?? wanted.layers.length;
    const kind = part ? ` (${part.kind})` : '';
    throw refusal(
      `${where}.${at}${kind}`,
      part?.text ?? 'no further layer',
      other?.text ?? 'no further layer',
    );
  }
}

interface Computation {
  readonly index: number;
  readonly kind: string;
  /** Everything that its outputs depend on, parameters' values aside. */
  readonly text: string;
}

/** What a network computes, step by step: activations stand alone, and what changes nothing is left out. */
function computations({ layers }: NetworkPlan): readonly Computation[] {
  return layers.flatMap(({ layer, input, output }, index) => {
    const { kind } = layer;
    const own = kind === 'activation' || (kind === 'flatten' && input.length === 1) || kind === 'dropout';
    const steps = own ? [] : [{ index, kind, text: `${kind} ${show(output)}${detail(layer)}` }];
    const activation = 'activation' in layer ? (layer.activation ?? 'linear') : 'linear';
    if (activation === 'linear') return steps;
    const slope = activation === 'leakyRelu' && 'slope' in layer ? (layer.slope ?? LEAKY_SLOPE) : LEAKY_SLOPE;
    const text = slope === LEAKY_SLOPE ? activation : `${activation} ${slope}`;
    return [...steps, { index, kind, text }];
  });
}

/** Settings that change what a layer computes, those of its size aside. */
function detail(layer: Layer): string {
  switch (layer.kind) {
    case 'conv1d':
      return `, ${layer.size}, stride ${layer.stride ?? 1}, ${layer.padding ?? 'valid'}`;
    case 'conv2d':
      return `, ${layer.size}×${layer.size}, stride ${layer.stride ?? 1}, ${layer.padding ?? 'valid'}`;
    case 'maxPool':
    case 'averagePool':
      return `, ${layer.size}×${layer.size}, stride ${layer.stride ?? layer.size}`;
    case 'layerNorm':
    case 'batchNorm':
      return `, epsilon ${layer.epsilon ?? NORM_EPSILON}`;
    case 'dueling': {
      const { actions, atoms = 1, hidden = 0, noisy = false } = layer;
      return `, ${actions} actions of ${atoms}, hidden ${hidden}${noisy ? ', noisy' : ''}`;
    }
    case 'dense':
    case 'gru':
    case 'lstm': // Whether it gives all states is in its output.
    case 'noisy':
    case 'globalAveragePool':
    case 'flatten':
    case 'reshape':
    case 'dropout':
    case 'activation':
      return '';
  }
}
