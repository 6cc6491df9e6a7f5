/** Worlds that publish their transition model play by it: every outcome seen in play is one the model allows, and likely ones appear. */
import { describe, expect, it } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { defaults, kernelFor, variants } from './env-play.ts';

const modelled = [...defaults, ...variants].filter((setting) => kernelFor(setting).model !== undefined);

describe.skipIf(modelled.length === 0).each(modelled)('model of $name', (setting) => {
  const kernel = kernelFor(setting);
  const model = kernel.model!();

  it('is a Markov decision process', () => {
    expect(kernel.spec.observation).toMatchObject({ kind: 'discrete', states: model.states });
    expect(model.initial.length).toBe(model.states);
    expect(model.initial.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    for (let s = 0; s < model.states; s++)
      for (let a = 0; a < model.actions; a++) {
        const outcomes = model.transitions(s, a);
        const total = outcomes.reduce((sum, outcome) => sum + outcome.probability, 0);
        if (Math.abs(total - 1) > 1e-9) throw new Error(`P[${s}][${a}]: expected a sum of 1, got ${total}`);
        for (const { next, reward } of outcomes)
          if (!(Number.isInteger(next) && next >= 0 && next < model.states && Number.isFinite(reward)))
            throw new Error(`P[${s}][${a}]: next ${next}, reward ${reward}`);
      }
  });

  it('allows everything that happens in play', () => {
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
      expect(model.initial[s], `first state ${s}`).toBeGreaterThan(0);
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
      const allowed = model
        .transitions(s, a)
        .some(
          (o) =>
            o.probability > 0 &&
            o.next === next &&
            o.terminated === out.terminated &&
            Math.abs(o.reward - reward) < 1e-9,
        );
      if (!allowed)
        throw new Error(
          `state ${s}, action ${a}: the model knows no outcome (${next}, ${reward}, ${out.terminated})`,
        );
      s = out.terminated || t % 100 === 99 ? start() : next;
    }
  });
});
