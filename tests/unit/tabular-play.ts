/**
 * What the tests of tabular agents share: worlds made of a transition table, training without a trainer, and the exact
 * value of a greedy policy. Worlds made of tables keep these tests apart from the worlds of the registry.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Agent, AgentDefinition, StepBuffers } from '#core/agent.ts';
import { parseConfig } from '#core/config.ts';
import type { EnvKernel, EnvSpec, Transition, TransitionModel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import type { Compute } from '#compile/step.ts';
import { backup, flatten, startValue } from '#agents/tabular/flat-model.ts';

type Definition = AgentDefinition<Compute>;

function refuse(): never {
  throw new Error('a tabular agent compiles nothing');
}

/** Tabular agents compute in plain arrays; one that compiled anything here would be wrong. */
export const noCompute: Compute = {
  label: 'none',
  compile: refuse,
  infer: refuse,
};

/** `[probability, next state, reward, terminated]`, as Gymnasium writes it. */
export type Outcome = readonly [probability: number, next: number, reward: number, terminated: boolean];

/** A model from `P[state][action]`; episodes start in `start`. */
export function modelOf(
  table: readonly (readonly (readonly Outcome[])[])[],
  initial: readonly number[] = table.map((_, s) => (s === 0 ? 1 : 0)),
): TransitionModel {
  const rows: readonly (readonly (readonly Transition[])[])[] = table.map((row) =>
    row.map((outcomes) =>
      outcomes.map(([probability, next, reward, terminated]) => ({ probability, next, reward, terminated })),
    ),
  );
  return {
    states: rows.length,
    actions: rows[0].length,
    initial,
    transitions: (state, action) => rows[state][action],
  };
}

/** The specification of a world of numbered states. */
export function specOf(states: number, actions: number, maxSteps = 0): EnvSpec {
  return {
    id: 'table',
    version: 1,
    title: 'Table',
    observation: { kind: 'discrete', shape: [1], states },
    action: { kind: 'discrete', names: Array.from({ length: actions }, (_, a) => `action ${a}`) },
    rewards: [{ id: 'reward', label: 'Reward', weight: 1, help: 'The reward of the table.' }],
    maxSteps,
    fps: 4,
    keys: {},
  };
}

/** One of the items, by their probabilities and a uniform number. */
function draw<T extends { readonly probability: number }>(items: readonly T[], u: number): T {
  let left = u;
  return items.find((item) => (left -= item.probability) < 0) ?? items[items.length - 1];
}

/** The world that a model describes, played by drawing from it. */
export function worldOf(model: TransitionModel, maxSteps = 0): EnvKernel<{ state: Int32Array }, number> {
  const states = model.initial.map((probability, state) => ({ probability, state }));
  return {
    spec: specOf(model.states, model.actions, maxSteps),
    allocate: (n) => ({ state: new Int32Array(n) }),
    reset(s, i, rng) {
      s.state[i] = draw(states, rng.uniform()).state;
    },
    step(s, i, action, rng, out) {
      const outcomes = model.transitions(s.state[i], action);
      const outcome = draw(outcomes, rng.uniform());
      s.state[i] = outcome.next;
      out.events[0] = outcome.reward;
      out.terminated = outcome.terminated;
    },
    observe(s, i, into, offset) {
      into[offset] = s.state[i];
    },
    draw() {},
    model: () => model,
  };
}

/** An agent for a world; `config` holds what differs from the defaults. */
export function makeAgent(
  definition: Definition,
  world: Pick<EnvKernel<never, never>, 'spec' | 'model'>,
  config: Readonly<Record<string, unknown>> = {},
  seed = 1,
): Agent {
  const settings = parseConfig(definition.config, config, 'agent');
  const agent = definition.create(world.spec, settings, rngStreams(seed), noCompute, {
    model: world.model?.(),
  });
  if (agent instanceof Promise) throw new Error(`${definition.id}: expected an agent at once`);
  return agent;
}

/** The agent and its worlds, in the trainer's order: act → step → observe → update. */
export class Play {
  readonly agent: Agent;
  readonly env: VectorEnv;
  /** Undiscounted returns of the finished episodes. */
  readonly returns: number[] = [];
  readonly lengths: number[] = [];
  readonly actions: ActionBuffer;
  private readonly obs: Float32Array;

  constructor(definition: Definition, world: EnvKernel, config: Readonly<Record<string, unknown>>, seed = 1) {
    const settings = parseConfig(definition.config, config, 'agent');
    this.agent = makeAgent(definition, world, config, seed);
    this.env = new VectorEnv(world, definition.slots(settings), rngStreams(seed));
    this.actions = actionBuffer(world.spec, this.env.n);
    this.obs = new Float32Array(this.env.n);
  }

  /** Plays until `done()`, asked after every step of all slots. */
  until(done: () => boolean): this {
    const { agent, env, actions, obs } = this;
    const { n, reward, terminated, truncated, obs: nextObs, finalObs } = env;
    const step: StepBuffers = { n, obs, actions, reward, terminated, truncated, nextObs, finalObs };
    do {
      agent.act(env.obs, n, actions, 'explore');
      obs.set(env.obs);
      env.step(actions);
      agent.observe(step);
      if (agent.update() instanceof Promise) throw new Error('expected a synchronous update');
      for (let i = 0; i < n; i++) {
        if (!(terminated[i] | truncated[i])) continue;
        this.returns.push(env.episodeReturn[i]);
        this.lengths.push(env.episodeLength[i]);
      }
    } while (!done());
    return this;
  }

  /** Plays so many env steps, over all slots. */
  steps(count: number): this {
    let left = count;
    return this.until(() => (left -= this.env.n) <= 0);
  }

  episodes(count: number): this {
    const end = this.returns.length + count;
    return this.until(() => this.returns.length >= end);
  }
}

/** [states] the actions an agent takes when it does not explore. */
export function greedyPolicy(agent: Agent, spec: EnvSpec, states: number): Int32Array {
  const out = actionBuffer(spec, states);
  agent.act(
    Float32Array.from({ length: states }, (_, s) => s),
    states,
    out,
    'greedy',
  );
  return out.discrete;
}

/** The states that a policy [states] can come through from the start; their own values alone decide what it is worth. */
function reachable(model: TransitionModel, policy: Int32Array): readonly number[] {
  const found = new Set([...model.initial.keys()].filter((state) => model.initial[state] > 0));
  for (const state of found)
    for (const outcome of model.transitions(state, policy[state]))
      if (!outcome.terminated && outcome.probability > 0) found.add(outcome.next);
  return [...found];
}

/**
 * What a greedy policy is worth at the start, v_π(S_0), by sweeps until nothing moves. With γ = 1 a policy that never
 * arrives has no finite value: −Infinity.
 */
export function policyValue(model: TransitionModel, policy: Int32Array, gamma: number): number {
  const flat = flatten(model);
  const states = reachable(model, policy);
  const values = new Float64Array(model.states);
  for (let sweep = 0; sweep < 20_000; sweep++) {
    let delta = 0;
    for (const s of states) {
      const value = backup(flat, s * flat.actions + policy[s], values, gamma);
      delta = Math.max(delta, Math.abs(value - values[s]));
      values[s] = value;
    }
    if (delta < 1e-12) return startValue(flat, values);
  }
  return -Infinity;
}

/** Two states, two actions; halves make every number exact. Exploration is off unless a test turns it on. */
export const small = { spec: specOf(2, 2) };
export const halves = {
  gamma: 0.5,
  stepSize: 0.5,
  epsilonStart: 0,
  epsilonSchedule: 'constant',
} as const;

/** Feeds an agent hand-written steps of one slot: `[state, action, reward, next, 'terminated' | 'truncated'?]`. */
export type Scripted = readonly [
  state: number,
  action: number,
  reward: number,
  next: number,
  end?: 'terminated' | 'truncated' | 'both',
];

/** After an end, the next episode's first state is `restart`, which no target may use. */
export function feed(agent: Agent, steps: readonly Scripted[], restart = 0): void {
  for (const step of steps) feedSlots(agent, [step], restart);
}

/** One step of several slots at once. */
export function feedSlots(agent: Agent, slots: readonly Scripted[], restart = 0): void {
  const column = (pick: (slot: Scripted) => number) => Float32Array.from(slots, pick);
  agent.observe({
    n: slots.length,
    obs: column(([state]) => state),
    actions: { discrete: Int32Array.from(slots, ([, action]) => action), box: new Float32Array(0) },
    reward: column(([, , reward]) => reward),
    terminated: Uint8Array.from(slots, ([, , , , end]) => (end === 'terminated' || end === 'both' ? 1 : 0)),
    truncated: Uint8Array.from(slots, ([, , , , end]) => (end === 'truncated' || end === 'both' ? 1 : 0)),
    nextObs: column(([, , , next, end]) => (end ? restart : next)),
    finalObs: column(([, , , next, end]) => (end ? next : -1)),
  });
  if (agent.update() instanceof Promise) throw new Error('expected a synchronous update');
}

/** Q(state, ·) as the agent shows it. */
export function valuesOf(agent: Agent, state: number): readonly number[] {
  return [...(agent.inspect(Float32Array.of(state)).actionValues ?? [])];
}

/** A recorded toy-text world of the golden folder. */
export interface Recorded {
  readonly model: TransitionModel;
  readonly maxSteps: number;
  /** Discount as text → V* [states]. */
  readonly optimalValues: Readonly<Record<string, readonly number[]>>;
}

export const goldenFolder = resolve(process.env['LUDUS_GOLDEN'] ?? '../shared/golden');

/** Reads a recorded transition model; undefined where the golden folder is absent. */
export function recorded(name: string): Recorded | undefined {
  const path = join(goldenFolder, 'gymnasium', `${name}.json.gz`);
  if (!existsSync(path)) return undefined;
  const file = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    P: readonly (readonly (readonly Outcome[])[])[];
    initial: readonly number[];
    maxSteps: number | null;
    optimalValues: Record<string, readonly number[]>;
  };
  return {
    model: modelOf(file.P, file.initial),
    maxSteps: file.maxSteps ?? 0,
    optimalValues: file.optimalValues,
  };
}
