/** The networks of a run: their layers, and their parameters read from a snapshot or written into one. */
import type { AgentNetwork, NetworkBlock } from '#core/agent.ts';
import { firstNotFinite } from '#core/divergence.ts';
import { refusal, show, type InputError } from '#core/errors.ts';
import { child, savedArray, type Snapshot } from '#core/snapshot.ts';
import { checkFit, plannedNetwork, type SavedNetwork } from '#agents/nn/network-data.ts';
import type { LayerPlan, NetworkPlan } from '#agents/nn/spec.ts';
import type { Statistics } from '#core/moments.ts';
import { createKernel, createMoments, type RunSetup } from '../request/resolve.ts';
import type { Run } from '../runs/run.ts';
import { restoreMoments, saveMoments } from '../world/wrappers.ts';
import type { SavedWeights } from './weights.ts';

/** Who has networks: an agent or a model. */
export interface Owner {
  readonly id: string;
  readonly networks: readonly RunNetwork[];
  /** Whether the outputs of a network are to go through a softmax, which a file may hold. */
  readonly givesLogits: (network: RunNetwork) => boolean;
}

export interface RunNetwork {
  readonly name: string;
  readonly plan: NetworkPlan;
  readonly blocks: readonly NetworkBlock[];
}

/** A network layer by layer, as plain data. */
export interface NetworkEntry {
  readonly name: string;
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly parameters: number;
  readonly layers: readonly LayerEntry[];
}

export interface LayerEntry {
  readonly kind: string;
  /** The fields of its spec other than its kind. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly output: readonly number[];
  /** Number of parameters, and how many of them are running statistics, which no gradient changes. */
  readonly parameters: number;
  readonly statistics: number;
}

/** The names of agents' networks, by which one is told from another: action values are no policy. */
const OUR_NAMES = /^(q|policy|policy-value|value|critic-\d+|model)$/;

/** The layers of a run's networks. Throws an `InputError` if its agent has none. */
export function describeNetworks(setup: RunSetup): readonly NetworkEntry[] {
  return describePlans(networksOf(setup));
}

export function describePlans(networks: readonly RunNetwork[]): readonly NetworkEntry[] {
  return networks.map(({ name, plan }) => ({
    name,
    input: plan.input,
    output: plan.output,
    parameters: plan.size,
    layers: plan.layers.map((layer) => describeLayer(plan, layer)),
  }));
}

function describeLayer({ params }: NetworkPlan, plan: LayerPlan): LayerEntry {
  const { layer, output, parameters, firstParam, paramCount } = plan;
  const { kind, ...settings } = layer;
  const statistics = params
    .slice(firstParam, firstParam + paramCount)
    .reduce((sum, { statistic, size }) => sum + (statistic ? size : 0), 0);
  return { kind, settings, output, parameters, statistics };
}

/** The networks of a run's agent, the one that acts first. Throws an `InputError` if it has none. */
export function networksOf(setup: RunSetup): readonly RunNetwork[] {
  const { agent, config } = setup;
  const networks = plannedNetworks(agent.networks?.(createKernel(setup).spec, config) ?? []);
  if (networks.length === 0) throw refusal('agent', 'an agent with a network', show(agent.id));
  return networks;
}

/** Networks as the catalogue lists them, with their plans. */
export function plannedNetworks(listed: readonly AgentNetwork[]): readonly RunNetwork[] {
  return listed.map(({ name, input, layers, blocks }) => ({
    name,
    plan: plannedNetwork({ input, layers }, name),
    blocks,
  }));
}

/** Copies of the networks in an agent's snapshot, as it acts greedily. */
export function extractNetworks(setup: RunSetup, agent: Snapshot): readonly SavedNetwork[] {
  return copyNetworks(networksOf(setup), agent);
}

/** Copies of networks in the snapshot of whoever learns them. */
export function copyNetworks(networks: readonly RunNetwork[], learner: Snapshot): readonly SavedNetwork[] {
  return networks.map(({ name, plan, blocks: [{ part = 'learner', name: array, offset }] }) => {
    const values = savedArray(child(learner, part), array) as Float32Array;
    if (values.length < offset + plan.size) {
      const expected = `${offset + plan.size} numbers`;
      throw refusal(`checkpoint.${name}`, expected, String(values.length));
    }
    return { name, plan, block: values.slice(offset, offset + plan.size) };
  });
}

/** The statistics by which a saved run normalises observations, if it does. */
export function extractStatistics(setup: RunSetup, state: Snapshot): Statistics | undefined {
  const moments = createMoments(setup);
  restoreMoments(moments, child(state, 'moments'));
  return moments.observation?.statistics;
}

/**
 * Loads saved networks into a run's agent, with the statistics of their observations if they have any, and records their source.
 * The rest of the agent's state stays.
 */
export async function plantNetworks(
  run: Run,
  { networks, statistics }: SavedWeights,
  source: string,
): Promise<void> {
  const { setup } = run;
  const state = await run.snapshot();
  const owner: Owner = {
    id: setup.agent.id,
    networks: networksOf(setup),
    givesLogits: ({ name }) => givesLogits(setup, name),
  };
  const agent = implantNetworks(owner, child(state, 'agent'), networks);
  const moments = createMoments(setup);
  restoreMoments(moments, child(state, 'moments'));
  if (moments.observation && statistics) moments.observation.statistics = statistics;
  await run.restore({ ...state, agent, moments: saveMoments(moments) });
  run.recorder.recordMark({ step: run.progress, kind: 'agent', key: 'weights', value: source });
}

/** Whether the outputs of a network go through a softmax: those of a policy over discrete actions. */
function givesLogits(setup: RunSetup, name: string): boolean {
  return name === 'policy' && createKernel(setup).spec.action.kind === 'discrete';
}

function softmaxRefusal({ name }: RunNetwork): InputError {
  const expected = `a network without a softmax at its end, since the outputs of ${name} are no logits`;
  return refusal(`weights.${name}`, expected, 'one with a softmax');
}

/**
 * An owner's snapshot with the parameters of saved networks, matched by name; a single network of a name that we never use, as
 * other programs give, replaces the first, which acts. Throws an `InputError` if one does not fit.
 */
export function implantNetworks(owner: Owner, learner: Snapshot, saved: readonly SavedNetwork[]): Snapshot {
  const { id, networks } = owner;
  const changed: Record<string, Snapshot[string]> = { ...learner };
  for (const one of saved) {
    const into =
      networks.find(({ name }) => name === one.name) ??
      (saved.length === 1 && !OUR_NAMES.test(one.name) ? networks[0] : undefined);
    if (!into) {
      const names = networks.map(({ name }) => name).join(', ');
      throw refusal('weights', `networks of ${id}: ${names}`, show(one.name));
    }
    checkFit(into.plan, one.plan, `weights.${into.name}`);
    if (one.softmax && !owner.givesLogits(into)) throw softmaxRefusal(into);
    const value = firstNotFinite(one.block);
    if (value !== undefined) throw refusal(`weights.${into.name}`, 'finite numbers', String(value));
    for (const { part = 'learner', name, offset } of into.blocks) {
      const block = savedArray(child(changed, part), name).slice();
      block.set(one.block, offset);
      changed[part] = { ...child(changed, part), [name]: block };
    }
  }
  return changed;
}
