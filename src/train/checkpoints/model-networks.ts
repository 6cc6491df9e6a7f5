/** The network of a fit: read from its checkpoint, which needs no data, or loaded from a file into a run. */
import { z } from 'zod';
import type { DataSpec } from '#core/fit.ts';
import { InputError, refusal } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { child, savedArray, savedText, type Snapshot } from '#core/snapshot.ts';
import { readScale } from '#agents/nn/files/input-scale.ts';
import { plannedNetwork, type SavedNetwork } from '#agents/nn/network-data.ts';
import { sizeOf, type NetworkPlan, type Shape } from '#agents/nn/spec.ts';
import { dataSpec, type FitSetup } from '../request/resolve-fit.ts';
import type { ModelRun } from '../runs/model.ts';
import { copyNetworks, implantNetworks, plannedNetworks, type Owner } from './networks.ts';
import type { SavedWeights } from './weights.ts';

/** The network in a fit's checkpoint, and how its inputs are standardised. */
export function extractModel(setup: FitSetup, state: Snapshot): SavedWeights & { readonly spec: DataSpec } {
  const { model, config, data } = setup;
  const spec = readSpec(parseJson(savedText(state, 'spec'), SPEC));
  const networks = copyNetworks(plannedNetworks(model.networks(spec, config)), child(state, 'model'));
  const scale = 'scale' in state ? child(state, 'scale') : undefined;
  return {
    spec,
    networks,
    fitted: { data: data.id, model: model.id },
    ...(scale && {
      scale: readScale(
        { gain: [...savedArray(scale, 'gain')], bias: [...savedArray(scale, 'bias')] },
        spec.shape,
        'checkpoint.scale',
      ),
    }),
  };
}

const SPEC = 'checkpoint.spec';
const specSchema = z.object({
  shape: z.array(z.int().min(1).max(65_536)).min(1).max(3),
  task: z.object({
    kind: z.enum(['classes', 'regression']),
    names: z.array(z.string()).min(1).max(65_536),
  }),
});

function readSpec(given: unknown): DataSpec {
  const read = specSchema.safeParse(given);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues;
  throw refusal([SPEC, ...path.map(String)].join('.'), 'shape and task of data', message);
}

/** Loads a network into a run's model, with the scale of its inputs if it has one, and records its source. */
export async function plantModel(
  run: ModelRun,
  { networks, scale }: SavedWeights,
  source: string,
): Promise<void> {
  const { setup, data } = run;
  const spec = dataSpec(data);
  const owner: Owner = {
    id: setup.model.id,
    networks: plannedNetworks(setup.model.networks(spec, setup.config)),
    givesLogits: () => data.task.kind === 'classes' && !setup.model.reconstructs,
  };
  const state = await run.snapshot();
  const fitting = networks.map((network) => forInput(network, spec.shape));
  await run.restore({ ...state, model: implantNetworks(owner, child(state, 'model'), fitting) });
  if (run.scale && scale) run.scale = scale;
  run.recorder.recordMark({ step: run.progress, kind: 'agent', key: 'weights', value: source });
}

/**
 * The network for inputs of a shape that it takes number by number: a vector for a picture, a picture without its axis of
 * channels. Another one is given back as it is.
 */
function forInput(network: SavedNetwork, input: Shape): SavedNetwork {
  const { plan } = network;
  if (sizeOf(plan.input) !== sizeOf(input)) return network;
  const layers = plan.layers.map(({ layer }) => layer);
  const [{ kind }] = layers;
  const isAlike = longAxes(plan.input) === longAxes(input) || kind === 'flatten' || kind === 'reshape';
  const changed =
    kind === 'dense' && plan.input.length === 1
      ? planned(input, [{ kind: 'flatten' }, ...layers])
      : isAlike
        ? planned(input, layers)
        : undefined;
  return changed?.size === plan.size ? { ...network, plan: changed } : network;
}

function planned(input: Shape, layers: unknown): NetworkPlan | undefined {
  try {
    return plannedNetwork({ input, layers }, 'network');
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The axes of a shape that are longer than 1. */
function longAxes(shape: Shape): string {
  return shape.filter((length) => length !== 1).join('×');
}
