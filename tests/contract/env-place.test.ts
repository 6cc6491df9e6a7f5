/**
 * What worlds say of themselves for overlays. Those that place their states on the picture: every state that is met in play has
 * a cell of its own, inside the picture. Those that name their numbers: all of them.
 */
import { describe, expect, it } from 'vitest';
import { DrawList } from '#core/draw-list.ts';
import type { EnvKernel, Place } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { oneHot } from '#core/wrappers.ts';
import { defaults, kernelFor, variants } from './env-play.ts';

const placed = [...defaults, ...variants].filter((setting) => kernelFor(setting).place !== undefined);

/** The cells of all states on the picture of one of them. */
function cellsOf(kernel: EnvKernel, current: number): Map<number, Place> {
  const { observation } = kernel.spec;
  if (observation.kind !== 'discrete') throw new Error(`${kernel.spec.id}: expected discrete observations`);
  const cells = new Map<number, Place>();
  for (let state = 0; state < observation.states; state++) {
    const out = { x: NaN, y: NaN, width: NaN, height: NaN };
    if (kernel.place!(state, current, out)) cells.set(state, out);
  }
  return cells;
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

it.each([...defaults, ...variants])('$name names all of its numbers or none', (setting) => {
  const { observation } = kernelFor(setting).spec;
  if (observation.kind === 'discrete' || !observation.names) return;
  expect(observation.names).toHaveLength(observation.shape.at(-1) ?? 0);
  expect(new Set(observation.names).size).toBe(observation.names.length);
});

it('holds for the tabular grids', () => {
  const ids = new Set(placed.map(({ definition }) => definition.id));
  expect([...ids].toSorted()).toEqual(['cliff-walking', 'corridor', 'frozen-lake', 'grid-world', 'taxi']);
});

describe.each(placed)('places of $name', (setting) => {
  const kernel = kernelFor(setting);

  it('are disjoint cells of the picture, one for every state that is met', () => {
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
      expect(cells.has(current), `state ${current}`).toBe(true);
      const all = [...cells.values()];
      for (const { x, y, width, height } of all)
        expect(x >= 0 && y >= 0 && x + width <= list.width && y + height <= list.height).toBe(true);
      const clash = all.findIndex((a, i) => all.some((b, k) => k < i && overlap(a, b)));
      expect(clash, `state ${current}: two states of one cell`).toBe(-1);
      out.events.fill(0);
      out.terminated = false;
      kernel.step(state, 0, rng.integer(kernel.spec.action.kind === 'discrete' ? 2 : 1), rng, out);
      if (out.terminated || t % 60 === 59) kernel.reset(state, 0, rng);
    }
    expect(met.size).toBeGreaterThan(1);
  });

  it('survive wrappers', () => {
    const there = { x: 0, y: 0, width: 0, height: 0 };
    const wrapped = { ...there };
    const { observation } = kernel.spec;
    for (let state = 0; observation.kind === 'discrete' && state < observation.states; state += 7) {
      expect(oneHot(kernel).place!(state, state, wrapped)).toBe(kernel.place!(state, state, there));
      expect(wrapped).toEqual(there);
    }
  });
});
