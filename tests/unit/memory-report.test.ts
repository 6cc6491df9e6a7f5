/** What a run will take is said before it is taken, from a size on, and more loudly where it is more than is free. */
import { expect, it, vi } from 'vitest';
import { reportMemory } from '#node/training-report.ts';
import type { Need } from '#train/request/memory.ts';

function said(need: Pick<Need, 'field' | 'bytes'>, free: number, json = false): readonly string[] {
  const lines: string[] = [];
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      lines.push(`${stream}: ${String(text).trimEnd()}`);
      return true;
    });
  reportMemory({ rows: 1, ...need }, free, json);
  return lines;
}

it('names what takes it, from a quarter of a gigabyte on', () => {
  expect(said({ field: 'replaySize', bytes: 1.4e9 }, 8e9)).toEqual([
    'stdout: its replay buffer will take 1.4 GB',
  ]);
  expect(said({ field: 'steps', bytes: 0.3e9 }, 8e9)).toEqual(['stdout: its rollout will take 0.3 GB']);
  expect(said({ field: 'steps', bytes: 0.2e9 }, 8e9)).toEqual([]);
});

it('is a note where it is more than is free, and none among JSON lines', () => {
  expect(said({ field: 'replaySize', bytes: 1.4e9 }, 0.5e9, true)).toEqual([
    'stderr: note: its replay buffer will take 1.4 GB, of which 0.5 GB are free at the moment',
  ]);
  expect(said({ field: 'replaySize', bytes: 1.4e9 }, 8e9, true)).toEqual([]);
});
