/** What a soak concludes from what it wrote down: the one number that can be wrong without anybody noticing. */
import { expect, test } from 'vitest';
import { summarise } from '../soak/summary.ts';
import type { LegLine, Line } from '../soak/note.ts';

const leg: LegLine = {
  kind: 'leg',
  half: 'node',
  leg: 0,
  name: '',
  seconds: 3600,
  trained: 10,
  injected: { 'disk: tears': 2 },
  recovered: { 'disk: tears': 2 },
  bytes: { confirmed: 1000, lost: 0 },
};

/** An hour of samples, one a minute. */
function hour(values: (minute: number) => Record<string, number>): readonly Line[] {
  return Array.from({ length: 60 }, (_, minute) => ({
    kind: 'sample',
    half: 'node',
    at: 60 * minute,
    values: values(minute),
  }));
}

function scatter(minute: number): number {
  return (minute % 3) + (minute === 40 ? 100 : 0);
}

test('what rises from the middle on is told, whatever it did before and however it scatters', () => {
  const flat = summarise([leg, ...hour((minute) => ({ heap: Math.min(minute, 20) + scatter(minute) }))]);
  expect(flat.isWell).toBe(true);
  expect(flat.text).toMatch(/\| node \| heap \| 30 .* yes +\|/);
  const rising = summarise([leg, ...hour((minute) => ({ heap: 50 + minute / 2 + scatter(minute) }))]);
  expect(rising.isWell).toBe(false);
  expect(rising.text).toMatch(/\| node \| heap \| 30 .* 14\.5 MB .* no +\|/);
  // A tensor in half an hour is one too many.
  expect(summarise([leg, ...hour((minute) => ({ tensors: 5 + minute / 30 }))]).isWell).toBe(false);
});

test('a lost byte and a leg that failed are told, with what repeats it', () => {
  expect(summarise([{ ...leg, bytes: { confirmed: 1000, lost: 1 } }]).isWell).toBe(false);
  const failed = summarise([leg, { kind: 'failure', half: 'node', leg: 7, message: 'it broke' }]);
  expect(failed.isWell).toBe(false);
  expect(failed.text).toContain('failed: --only node --leg 7: it broke');
});
