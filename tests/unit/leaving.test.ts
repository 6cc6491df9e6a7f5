/** What is saved on the way to another room: all of it, but nobody waits for ever. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Leaving } from '#ui/state/leaving.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether the wait has ended, asked at any time. */
async function leave(save?: () => Promise<boolean>): Promise<() => boolean> {
  const leaving = new Leaving();
  if (save) leaving.begin(save);
  let ended = false;
  void leaving.savedWithin(5000).then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(0);
  return () => ended;
}

test('a page without a session is left at once', async () => {
  const ended = await leave();
  expect(ended()).toBe(true);
});

test('a save is waited for, and no longer', async () => {
  const answers: ((saved: boolean) => void)[] = [];
  const ended = await leave(
    () =>
      new Promise((answer) => {
        answers.push(answer);
      }),
  );
  expect(ended()).toBe(false);
  answers[0](true);
  await vi.advanceTimersByTimeAsync(0);
  expect(ended()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a save that is never done is waited for five seconds', async () => {
  const ended = await leave(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(4999);
  expect(ended()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended()).toBe(true);
});

test('a save that fails holds nobody', async () => {
  const ended = await leave(() => Promise.reject(new Error('no room')));
  expect(ended()).toBe(true);
});
