/** The networks of a run: what they are made of, their parameters taken out of a snapshot and put into one. */
import type { NetworkBlock } from '#core/agent.ts';
import { InputError, show } from '#core/errors.ts';
import { child, savedArray, type Snapshot } from '#core/snapshot.ts';
import { checkFit, plannedNetwork, type SavedNetwork } from '#agents/nn/network-data.ts';
import type { LayerPlan, NetworkPlan } from '#agents/nn/spec.ts';
import { createKernel, type RunSetup } from '../request/resolve.ts';
import type { Run } from '../runs/run.ts';

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
  /** What the spec says about it beside its kind. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly output: readonly number[];
  /** Numbers in its parameters, and how many of them are running statistics, which no gradient moves. */
  readonly parameters: number;
  readonly statistics: number;
}

/** What the networks of a run are made of. An `InputError` if its agent has none. */
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

/** The networks of a run's agent, the one that plays first. An `InputError` if it has none. */
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

/** Copies of the networks in an agent's snapshot, as it plays greedily. */
export function extractNetworks(setup: RunSetup, agent: Snapshot): readonly SavedNetwork[] {
  return networksOf(setup).map(({ name, plan, blocks: [{ part = 'learner', name: array, offset }] }) => {
    const values = savedArray(child(agent, part), array) as Float32Array;
    return { name, plan, block: values.slice(offset, offset + plan.size) };
  });
}

/** Gives a run's agent the parameters of saved networks, and notes where they are from. Everything else it has learned stays. */
export async function plantNetworks(run: Run, saved: readonly SavedNetwork[], source: string): Promise<void> {
  const state = await run.snapshot();
  await run.restore({ ...state, agent: implantNetworks(run.setup, child(state, 'agent'), saved) });
  run.recorder.recordMark({ step: run.progress, kind: 'agent', key: 'weights', value: source });
}

/**
 * An agent's snapshot with the parameters of saved networks in place of its own, each in the network of its name; a single
 * one of another name goes into the first, which plays. Throws an `InputError` where one does not fit.
 */
function implantNetworks(setup: RunSetup, agent: Snapshot, saved: readonly SavedNetwork[]): Snapshot {
  const networks = networksOf(setup);
  const changed: Record<string, Snapshot[string]> = { ...agent };
  for (const one of saved) {
    const into =
      networks.find(({ name }) => name === one.name) ?? (saved.length === 1 ? networks[0] : undefined);
    if (!into) {
      const names = networks.map(({ name }) => name).join(', ');
      throw new InputError([{ field: 'weights', expected: `networks named ${names}`, got: show(one.name) }]);
    }
    checkFit(into.plan, one.plan, `weights.${into.name}`);
    for (const { part = 'learner', name, offset } of into.blocks) {
      const block = savedArray(child(changed, part), name).slice();
      block.set(one.block, offset);
      changed[part] = { ...child(changed, part), [name]: block };
    }
  }
  return changed;
}
