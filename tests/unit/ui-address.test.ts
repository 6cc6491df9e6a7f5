/** The address follows the page at rest, and a browser that refuses a change is asked again later. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Address } from '#ui/state/address.ts';
import { AddressBar } from '#ui/state/address-bar.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('only the last of many links is written, and none after the user chose another address', () => {
  const written: string[] = [];
  const address = new Address((link) => written.push(link));
  for (let time = 0; time < 200; time++) {
    address.follow(`step=${time}`);
    vi.advanceTimersByTime(50);
  }
  expect(written).toEqual([]);
  vi.runAllTimers();
  expect(written).toEqual(['step=199']);
  address.follow('gone');
  address.rest();
  vi.runAllTimers();
  expect(written).toEqual(['step=199']);
});

test('a slider that is let go twice a second stays below 100 changes in 30 seconds', () => {
  let count = 0;
  const address = new Address(() => count++);
  for (let time = 0; time < 60; time++) {
    address.follow(`step=${time}`);
    vi.advanceTimersByTime(500);
  }
  expect(count).toBeGreaterThan(10);
  expect(count).toBeLessThan(100);
});

test('a browser that throws is asked again, with the newest link', () => {
  const written: string[] = [];
  let allowed = false;
  const address = new Address((link) => {
    if (!allowed) throw new DOMException('too many calls', 'SecurityError');
    written.push(link);
  });
  address.follow('first');
  vi.advanceTimersByTime(1000);
  address.follow('second');
  vi.advanceTimersByTime(1000);
  allowed = true;
  vi.advanceTimersByTime(60_000);
  expect(written).toEqual(['second']);
});

/** A browser's bar that holds this address. */
function barAt(
  hash: string,
  state: unknown = null,
): {
  readonly location: { hash: string };
  readonly history: { readonly state: unknown };
  readonly bar: AddressBar;
} {
  const location = { hash };
  const history = {
    state,
    replaceState: (next: unknown, _title: string, address?: string | URL | null) => {
      history.state = next;
      if (address !== undefined) location.hash = String(address);
    },
  };
  return { location, history, bar: new AddressBar({ location, history }) };
}

test('an address that the user has chosen is not written over before the page has read it', () => {
  const { location, bar } = barAt('#world=taxi');
  bar.write('world=taxi&seed=1');
  expect(location.hash).toBe('#world=taxi&seed=1');
  location.hash = '#room=classifier';
  bar.write('world=taxi&seed=2');
  expect(location.hash).toBe('#room=classifier');
  expect(bar.read()).toBe('#room=classifier');
  bar.write('room=classifier&model=mlp');
  expect(location.hash).toBe('#room=classifier&model=mlp');
});

test('the last eight addresses are remembered, the newest first', () => {
  const { bar } = barAt('');
  expect(bar.recent).toEqual(['']);
  bar.write('seed=1');
  bar.write('seed=1');
  expect(bar.recent).toEqual(['#seed=1', '']);
  for (let seed = 2; seed < 20; seed++) bar.write(`seed=${seed}`);
  expect(bar.recent).toEqual([19, 18, 17, 16, 15, 14, 13, 12].map((seed) => `#seed=${seed}`));
});

test('the way in from another room is known once', () => {
  const { bar, history } = barAt('#room=classifier', 'entered');
  expect([bar.entered, history.state]).toEqual([true, null]);
  expect(barAt('#room=classifier').bar.entered).toBe(false);
});
