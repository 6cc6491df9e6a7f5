/** The networks of a run: their layers, and their parameters read from a snapshot or written into one. */
import type { NetworkBlock } from '#core/agent.ts';
import { firstNotFinite } from '#core/divergence.ts';
import { InputError, show } from '#core/errors.ts';
import { child, savedArray, type Snapshot } from '#core/snapshot.ts';
import { checkFit, plannedNetwork, type SavedNetwork } from '#agents/nn/network-data.ts';
import type { LayerPlan, NetworkPlan } from '#agents/nn/spec.ts';
import type { Statistics } from '#core/moments.ts';
import { createKernel, createMoments, type RunSetup } from '../request/resolve.ts';
import type { Run } from '../runs/run.ts';
import { restoreMoments, saveMoments } from '../world/wrappers.ts';
import type { SavedWeights } from './weights.ts';

interface RunNetwork {
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
const OUR_NAMES = /^(q|policy|policy-value|value|critic-\d+)$/;

/** The layers of a run's networks. Throws an `InputError` if its agent has none. */
export function describeNetworks(setup: RunSetup): readonly NetworkEntry[] {
  return networksOf(setup).map(({ name, plan }) => ({
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
function networksOf(setup: RunSetup): readonly [RunNetwork, ...RunNetwork[]] {
  const { agent, config } = setup;
  const networks = agent.networks?.(createKernel(setup).spec, config) ?? [];
  const [first, ...rest] = networks.map(({ name, input, layers, blocks }) => ({
    name,
    plan: plannedNetwork({ input, layers }, name),
    blocks,
  }));
  if (!first)
    throw new InputError([{ field: 'agent', expected: 'an agent with a network', got: show(agent.id) }]);
  return [first, ...rest];
}

/** Copies of the networks in an agent's snapshot, as it acts greedily. */
export function extractNetworks(setup: RunSetup, agent: Snapshot): readonly SavedNetwork[] {
  return networksOf(setup).map(({ name, plan, blocks: [{ part = 'learner', name: array, offset }] }) => {
    const values = savedArray(child(agent, part), array) as Float32Array;
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
  const agent = implantNetworks(setup, child(state, 'agent'), networks);
  const moments = createMoments(setup);
  restoreMoments(moments, child(state, 'moments'));
  if (moments.observation && statistics) moments.observation.statistics = statistics;
  await run.restore({ ...state, agent, moments: saveMoments(moments) });
  run.recorder.recordMark({ step: run.progress, kind: 'agent', key: 'weights', value: source });
}

/** Whether the outputs of a network go through a softmax: those of a policy over discrete actions. */
function givesLogits(setup: RunSetup, { name }: RunNetwork): boolean {
  return name === 'policy' && createKernel(setup).spec.action.kind === 'discrete';
}

function softmaxRefusal({ name }: RunNetwork): InputError {
  const expected = `a network without a softmax at its end, since the outputs of ${name} are no logits`;
  return new InputError([{ field: `weights.${name}`, expected, got: 'one with a softmax' }]);
}

/**
 * An agent's snapshot with the parameters of saved networks, matched by name; a single network of a name that no agent uses, as
 * other programs give, replaces the first, which acts. Throws an `InputError` if one does not fit.
 */
function implantNetworks(setup: RunSetup, agent: Snapshot, saved: readonly SavedNetwork[]): Snapshot {
  const networks = networksOf(setup);
  const changed: Record<string, Snapshot[string]> = { ...agent };
  for (const one of saved) {
    const into =
      networks.find(({ name }) => name === one.name) ??
      (saved.length === 1 && !OUR_NAMES.test(one.name) ? networks[0] : undefined);
    if (!into) {
      const names = networks.map(({ name }) => name).join(', ');
      throw new InputError([
        { field: 'weights', expected: `networks of ${setup.agent.id}: ${names}`, got: show(one.name) },
      ]);
    }
    checkFit(into.plan, one.plan, `weights.${into.name}`);
    if (one.softmax && !givesLogits(setup, into)) throw softmaxRefusal(into);
    const value = firstNotFinite(one.block);
    if (value !== undefined)
      throw new InputError([
        { field: `weights.${into.name}`, expected: 'finite numbers', got: String(value) },
      ]);
    for (const { part = 'learner', name, offset } of into.blocks) {
      const block = savedArray(child(changed, part), name).slice();
      block.set(one.block, offset);
      changed[part] = { ...child(changed, part), [name]: block };
    }
  }
  return changed;
}
