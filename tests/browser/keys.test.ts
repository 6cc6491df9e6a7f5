/** The page's keys on other keyboards and beside lists and fields, and an address that the browser refuses to change. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

/** Presses a key of another layout: what it types, and where it is. */
async function press(page: Page, key: string, code: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: key });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code });
  await session.detach();
}

test('letters go by what they type: on Dvorak the key that types p does not reset, the one that types r does', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  const before = await run.above('Steps', 100);
  await press(v.page, 'p', 'KeyR');
  await run.above('Steps', before + 20);
  const values = run.card.getByRole('figure', { name: 'Action values' });
  await press(v.page, 'v', 'Period');
  await eventually(() => values.count()).toBe(0);
  await v.button('Pause').click();
  await eventually(() => run.state()).toBe('Paused');
  await press(v.page, 'r', 'KeyO');
  await eventually(() => run.number('Steps')).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('H takes over while the list of worlds has the focus, and the arrows then play instead of choosing', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn');
  const run = v.run();
  await run.above('Steps', 20);
  const world = v.page.getByRole('combobox', { name: 'World' });
  await world.focus();
  await v.page.keyboard.press('h');
  await eventually(() => run.state()).toBe('You are playing');
  expect(await world.inputValue()).toBe('cart-pole');
  await v.page.keyboard.press('ArrowRight');
  await v.page.keyboard.press('Escape');
  await eventually(() => run.state()).toBe('Learning');
  // A letter that is no shortcut does not choose a world either.
  await world.focus();
  await v.page.keyboard.press('b');
  expect(await world.inputValue()).toBe('cart-pole');
  expect(await run.title()).toBe('DQN on CartPole');
  // The list's own keys stay.
  await v.page.keyboard.press('ArrowDown');
  await eventually(() => world.inputValue()).not.toBe('cart-pole');
  expect(v.complaints).toEqual([]);
});

test('letters typed in a field are no shortcuts', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  const before = await run.above('Steps', 100);
  const seed = v.panel('World').getByRole('textbox', { name: 'Seed', exact: true });
  await seed.focus();
  await v.page.keyboard.type('rhv1');
  expect(await seed.inputValue()).toContain('rhv1');
  expect(await run.state()).toBe('Learning');
  await run.above('Steps', before);
  expect(await run.card.getByRole('figure', { name: 'Action values' }).count()).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('a browser that refuses to change the address does not keep a change from the agent', async () => {
  await using v = await visit(served, 'speed=64');
  const run = v.run();
  await run.above('Steps', 100);
  await v.page.evaluate(() => {
    history.replaceState = () => {
      throw new DOMException('too many calls', 'SecurityError');
    };
  });
  const changes = v.page.getByRole('list', { name: 'Changes during training' }).getByRole('listitem');
  await v.panel('Agent').getByRole('slider', { name: 'Learning rate', exact: true }).focus();
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => changes.count()).toBe(1);
  await v.page.waitForTimeout(1000);
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => changes.count()).toBe(2);
  await run.above('Steps', await run.number('Steps'));
  expect(v.complaints).toEqual([]);
});
