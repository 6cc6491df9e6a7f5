/** Overlays on the page's side: what links hold, what the worker is told and when, where the pointer is, and V step by step. */
import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { frameStack } from '#core/wrappers.ts';
import { createKernel, resolveRun } from '#train/request/resolve.ts';
import { harness, SETUP, until } from '#tests/worker-harness.ts';
import type { Overlay } from '#core/overlay.ts';
import { fromShow, SHOWN_FIRST, toggled, toShow } from '#ui/state/overlays.ts';
import { turnedCell } from '#ui/parts/overlays/paint-plane.ts';
import { fromLink, toLink } from '#ui/state/permalink.ts';
import { stateAt } from '#ui/state/pointing.ts';
import { ValueTrace } from '#ui/state/value-trace.ts';
import { watchOverlays } from '#ui/state/watch.ts';
import type { RunInfo } from '#worker/protocol.ts';

const setup = { ...SETUP, request: { world: 'frozen-lake', agent: 'q-learning' } };

test('a link holds what is shown, unless it is the usual', () => {
  expect(toLink({ setup, shown: SHOWN_FIRST })).not.toContain('show');
  for (const shown of [
    new Set<Overlay>(),
    new Set<Overlay>(['values', 'policy']),
    toggled(SHOWN_FIRST, 'eye'),
  ]) {
    const link = toLink({ setup, shown });
    expect(fromLink(link)).toMatchObject({ shown, problems: [] });
  }
  expect(fromLink('').shown).toBeUndefined();
  expect(toShow(new Set())).toBe('none');
  const { shown, problems } = fromShow('policy,heat');
  expect([...shown]).toEqual(['policy']);
  expect(problems).toMatchObject([{ field: 'show', got: '"heat"' }]);
});

test('a toggle turns on and off, in the order of the toolbar', () => {
  const both = toggled(toggled(new Set(), 'eye'), 'values');
  expect([...both]).toEqual(['values', 'eye']);
  expect([...toggled(both, 'values')]).toEqual(['eye']);
});

test('the worker is told of overlays that its run has, and nothing while there are none', () => {
  const info = signal<RunInfo | undefined>(undefined);
  const shown = signal<ReadonlySet<Overlay>>(SHOWN_FIRST);
  const told: (readonly Overlay[])[] = [];
  const stop = watchOverlays({ info, shown, tell: (overlays) => told.push(overlays) });
  info.value = { overlays: ['values', 'eye', 'bars'] } as unknown as RunInfo;
  expect(told).toEqual([]);
  shown.value = new Set<Overlay>(['values', 'traces']);
  expect(told).toEqual([['values']]);
  // Another run, perhaps in another worker.
  info.value = { overlays: ['values', 'eye', 'bars'] } as unknown as RunInfo;
  expect(told).toHaveLength(2);
  shown.value = SHOWN_FIRST;
  expect(told.at(-1)).toEqual(['bars']);
  shown.value = new Set<Overlay>();
  expect(told).toHaveLength(3);
  stop();
  shown.value = new Set<Overlay>(['eye']);
  expect(told).toHaveLength(3);
});

test('the pointer is over the state whose cell it is in, wherever the picture is', () => {
  const look = {
    states: Int32Array.of(7, 9),
    cells: Float32Array.of(0, 0, 1, 1, 1, 0, 1, 1),
    estimates: {},
    current: 7,
    ranges: {},
  };
  // A picture of 2 × 1 in 202 × 201: 200 wide and 100 high, its top edge at 50.
  const at = (x: number, y: number): number | undefined =>
    stateAt(look, { width: 2, height: 1 }, { x, y, width: 202, height: 201 });
  expect([at(50, 100), at(150, 100), at(150, 20), at(201.5, 100)]).toEqual([7, 9, undefined, undefined]);
});

test('a view that comes column by column is shown as the agent sees it, its numbers by their names', () => {
  const kernel = createKernel(resolveRun({ world: 'minigrid-empty', agent: 'ppo' }));
  const { observation } = kernel.spec;
  if (observation.kind !== 'planes') throw new Error('expected planes');
  const [columns, rows, channels] = observation.shape;
  const { names = [], values = [], columnsFirst } = observation;
  expect([columnsFirst, names, values.length]).toEqual([true, ['object', 'colour', 'state', 'direction'], 4]);
  const state = kernel.allocate(1);
  kernel.reset(state, 0, rngStreams(1)('world'));
  const seen = new Float32Array(columns * rows * channels);
  kernel.observe(state, 0, seen, 0);
  const at = (row: number, column: number, channel = 0): string | undefined =>
    values[channel]?.[seen[turnedCell(row * columns + column, columns, rows) * channels + channel]];
  // In the upper left corner it looks right: the wall is on its left, the room on its right and ahead.
  expect([at(6, 2), at(6, 3), at(6, 4), at(5, 3)]).toEqual(['wall', 'empty', 'empty', 'empty']);
  expect([at(6, 2, 1), at(6, 3, 3)]).toEqual(['grey', 'right']);
  expect(frameStack(kernel, 2).spec.observation).toMatchObject({
    names: ['object −1', 'colour −1', 'state −1', 'direction −1', ...names],
    values: [...values, ...values],
  });
  const mission = createKernel(resolveRun({ world: 'minigrid-put-near', agent: 'ppo' })).spec.observation;
  expect(mission).toMatchObject({
    names: [...names, 'mission 1: object', 'mission 1: colour', 'mission 2: object', 'mission 2: colour'],
  });
});

test('the trace keeps the last 200 steps shown, and a step shown twice once', () => {
  const trace = new ValueTrace();
  for (let step = 1; step <= 250; step++) trace.push(step / 10, step);
  trace.push(99, 250);
  trace.push(NaN, 251);
  trace.push(1, 0);
  expect(trace.points).toHaveLength(200);
  expect(trace.points.slice(-2)).toEqual([
    { value: 99, step: 250 },
    { value: 1, step: 0 },
  ]);
});

test('frames bring a look as soon as it is asked for, with its marks in the picture, and none after', async () => {
  const h = harness();
  const info = await h.create();
  expect(info.overlays).toEqual([
    'values',
    'actions',
    'policy',
    'visits',
    'eye',
    'history',
    'update',
    'bars',
  ]);
  const plain = await until(() => h.frames().at(-1));
  expect(plain.look).toBeUndefined();
  await h.client.call((api) => api.watch(['values', 'eye']));
  const watched = await until(() => h.frames().find(({ look }) => look !== undefined));
  expect(Object.keys(watched.look!)).toEqual(['states', 'observation', 'progress']);
  expect(watched.count).toBeGreaterThan(plain.count + 10);
  await h.client.call((api) => api.watch([]));
  const after = await until(() =>
    h.frames().find((frame) => h.frames().indexOf(frame) > h.frames().indexOf(watched)),
  );
  expect(after.count).toBe(plain.count);
  expect(after.look).toBeUndefined();
});
