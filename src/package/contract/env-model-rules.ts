/** Worlds that publish their transition model play by it, and those that place their states on the picture give each a cell. */
import { DrawList } from '#core/draw-list.ts';
import type { EnvKernel, Place, TransitionModel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { oneHot } from '#core/wrappers.ts';
import { kernelFor, type Setting } from './env-play.ts';
import { demand, demandSame, type Rule } from './rule.ts';

function modelOf(kernel: EnvKernel): TransitionModel {
  const model = kernel.model?.();
  if (!model) throw new Error(`${kernel.spec.id}: expected a transition model`);
  return model;
}

export const envModelRules: readonly Rule<Setting>[] = [
  {
    name: 'has a model that is a Markov decision process',
    applies: (setting) => kernelFor(setting).model !== undefined,
    check(setting) {
      const kernel = kernelFor(setting);
      const { states, actions, initial, ...rest } = spread(modelOf(kernel));
      const { observation } = kernel.spec;
      demand(
        observation.kind === 'discrete' && observation.states === states,
        `model: expected the states that are observed, got ${states}`,
      );
      demandSame(initial.length, states, 'the first states');
      const total = initial.reduce((sum, p) => sum + p, 0);
      demand(
        Math.abs(total - 1) < 1e-9,
        `first states: expected probabilities with a sum of 1, got ${total}`,
      );
      for (let s = 0; s < states; s++)
        for (let a = 0; a < actions; a++) {
          const outcomes = rest.transitions(s, a);
          const sum = outcomes.reduce((all, outcome) => all + outcome.probability, 0);
          if (Math.abs(sum - 1) > 1e-9) throw new Error(`P[${s}][${a}]: expected a sum of 1, got ${sum}`);
          for (const { next, reward } of outcomes)
            if (!(Number.isInteger(next) && next >= 0 && next < states && Number.isFinite(reward)))
              throw new Error(
                `P[${s}][${a}]: expected a state and a number, got next ${next}, reward ${reward}`,
              );
        }
    },
  },
  {
    name: 'has a model that allows everything that happens in play',
    applies: (setting) => kernelFor(setting).model !== undefined,
    check: playByModel,
  },
  {
    name: 'places states in disjoint cells of the picture, one for every state that is met',
    applies: (setting) => kernelFor(setting).place !== undefined,
    check: meetPlaces,
  },
  {
    name: 'places states alike below wrappers',
    applies: (setting) => kernelFor(setting).place !== undefined,
    check(setting) {
      const kernel = kernelFor(setting);
      const there = { x: 0, y: 0, width: 0, height: 0 };
      const wrapped = { ...there };
      const { observation } = kernel.spec;
      for (let state = 0; observation.kind === 'discrete' && state < observation.states; state += 7) {
        const has = kernel.place?.(state, state, there);
        demandSame(
          oneHot(kernel).place?.(state, state, wrapped),
          has,
          `state ${state} one-hot: whether it has a cell`,
        );
        demandSame(wrapped, there, `state ${state} one-hot: its cell`);
      }
    },
  },
];

/** A model with its method bound. */
function spread(model: TransitionModel): TransitionModel {
  const { states, actions, initial } = model;
  return { states, actions, initial, transitions: (s, a) => model.transitions(s, a) };
}

function playByModel(setting: Setting): void {
  const kernel = kernelFor(setting);
  const model = modelOf(kernel);
  const rng = rngStreams(31)('world');
  const actions = rngStreams(31)('actions');
  const state = kernel.allocate(1);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  const seen = new Float32Array(1);
  const look = (): number => {
    kernel.observe(state, 0, seen, 0);
    return seen[0];
  };
  const start = (): number => {
    kernel.reset(state, 0, rng);
    const s = look();
    demand(model.initial[s] > 0, `state ${s}: expected a first state that the model knows`);
    return s;
  };
  let s = start();
  for (let t = 0; t < 3000; t++) {
    const a = actions.integer(model.actions);
    out.events.fill(0);
    out.terminated = false;
    kernel.step(state, 0, a, rng, out);
    const next = look();
    const reward = kernel.spec.rewards.reduce((sum, term, k) => sum + term.weight * out.events[k], 0);
    const isAllowed = model
      .transitions(s, a)
      .some(
        (o) =>
          o.probability > 0 &&
          o.next === next &&
          o.terminated === out.terminated &&
          Math.abs(o.reward - reward) < 1e-9,
      );
    if (!isAllowed)
      throw new Error(
        `state ${s}, action ${a}: the model knows no outcome (${next}, ${reward}, ${out.terminated})`,
      );
    s = out.terminated || t % 100 === 99 ? start() : next;
  }
}

/** The cells of all states on the picture of one of them. */
function cellsOf(kernel: EnvKernel, current: number): Map<number, Place> {
  const { observation } = kernel.spec;
  if (observation.kind !== 'discrete') throw new Error(`${kernel.spec.id}: expected discrete observations`);
  const cells = new Map<number, Place>();
  for (let state = 0; state < observation.states; state++) {
    const out = { x: NaN, y: NaN, width: NaN, height: NaN };
    if (kernel.place?.(state, current, out)) cells.set(state, out);
  }
  return cells;
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function meetPlaces(setting: Setting): void {
  const kernel = kernelFor(setting);
  const rng = rngStreams(5)('world');
  const state = kernel.allocate(1);
  const seen = new Float32Array(1);
  const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
  const list = new DrawList();
  kernel.reset(state, 0, rng);
  const met = new Set<number>();
  for (let t = 0; t < 300; t++) {
    kernel.observe(state, 0, seen, 0);
    const current = seen[0];
    met.add(current);
    kernel.draw(state, 0, list);
    const cells = cellsOf(kernel, current);
    demand(cells.has(current), `state ${current}: expected a cell`);
    const all = [...cells.values()];
    for (const { x, y, width, height } of all)
      demand(
        x >= 0 && y >= 0 && x + width <= list.width && y + height <= list.height,
        `cell at ${x}, ${y}: expected inside the picture`,
      );
    const clash = all.findIndex((a, i) => all.some((b, k) => k < i && overlap(a, b)));
    demand(clash < 0, `state ${current}: expected cells that do not overlap`);
    out.events.fill(0);
    out.terminated = false;
    kernel.step(state, 0, rng.integer(kernel.spec.action.kind === 'discrete' ? 2 : 1), rng, out);
    if (out.terminated || t % 60 === 59) kernel.reset(state, 0, rng);
  }
  demand(met.size > 1, 'play: expected more than one state to be met');
}
