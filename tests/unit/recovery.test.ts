/** How often a run goes on after faults. */
import { expect, test } from 'vitest';
import { Recovery, type Fault } from '#ui/state/recovery.ts';

const FAULT: Fault = { what: 'It crashed', why: 'out of memory' };

test('three times within a minute, and again later if the run gets further', () => {
  let now = 0;
  const recovery = new Recovery(() => now);
  const allowed = (progress: number): boolean => recovery.allows(FAULT, progress);
  expect([10, 20, 30, 40].map(allowed)).toEqual([true, true, true, false]);
  now = 61_000;
  expect([50, 60, 70].map(allowed)).toEqual([true, true, true]);
});

test('a fault that comes back at the same place ends the run, however long it takes to get there', () => {
  let now = 0;
  const recovery = new Recovery(() => now);
  const allowed = [1, 2, 3, 4].map(() => {
    now += 3_600_000;
    return recovery.allows(FAULT, 500);
  });
  expect(allowed).toEqual([true, true, true, false]);
  expect(recovery.fault).toBeUndefined();
});

test('after somebody has asked for it, it counts anew, but keeps off what has failed', () => {
  const recovery = new Recovery(() => 0);
  const lost: Fault = { ...FAULT, executor: 'webgpu' };
  expect([1, 2, 3, 4].map(() => recovery.allows(lost, 0)).at(-1)).toBe(false);
  recovery.forget();
  expect(recovery.allows({ ...FAULT, executor: 'simd' }, 0)).toBe(true);
  expect(recovery.avoid).toEqual(['webgpu', 'simd']);
});
