/** The gallery of worlds by hand: opened, searched, narrowed down, walked through by keys, picked from by mouse and finger. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const dialog = (v: Visit): Locator => v.page.getByRole('dialog', { name: 'Worlds' });
const card = (v: Visit, name: string): Locator => dialog(v).getByRole('button', { name, exact: true });

async function open(v: Visit): Promise<Locator> {
  await v.run().above('Steps', 5);
  await v.button('Browse worlds').click();
  await card(v, 'CartPole').waitFor();
  return dialog(v);
}

/** The picture on a card as text: equal where nothing has moved. */
const pictureOf = (of: Locator): Promise<string> =>
  of.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());

test('cards move; search and filters narrow them down; keys walk and pick, with seed and speed kept', async () => {
  await using v = await visit(served, 'seed=7&speed=64');
  const gallery = await open(v);
  const before = await pictureOf(card(v, 'Pendulum'));
  await eventually(() => pictureOf(card(v, 'Pendulum'))).not.toBe(before);
  const count = gallery.getByRole('status');
  expect(await count.innerText()).toBe('50 worlds');
  // A letter goes to the search, and no key reaches the run behind.
  await v.page.keyboard.type('rest');
  await eventually(() => count.innerText()).toMatch(/^\d of 50$/);
  await gallery.getByRole('searchbox').fill('');
  await gallery.getByRole('button', { name: 'Continuous', exact: true }).click();
  await eventually(() => gallery.locator('.gallery-card').count()).toBeLessThan(10);
  await gallery.getByRole('button', { name: 'Continuous', exact: true }).click();
  await gallery.getByRole('combobox', { name: 'Group' }).selectOption('sanity');
  await eventually(() => gallery.locator('.gallery-card').count()).toBe(4);
  await gallery.getByRole('searchbox').press('ArrowDown');
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => gallery.getByRole('region', { name: 'About the world' }).innerText()).toMatch(
    /^Corridor/,
  );
  expect(await gallery.getByRole('region', { name: 'About the world' }).innerText()).toMatch(
    /Is paid\n.*\n(.*\n)*Scores\nrandom play/,
  );
  await v.page.keyboard.press('Enter');
  await eventually(() => v.run().title()).toMatch(/on Corridor/);
  expect(await gallery.count()).toBe(0);
  await eventually(() => v.hash()).toMatch(/world=corridor.*seed=7.*speed=64/);
  expect(v.complaints).toEqual([]);
});

test('Escape closes it and the run has gone on; the worker of the pictures ends with it', async () => {
  await using v = await visit(served);
  await open(v);
  const workers = (): number => v.page.workers().filter((worker) => worker.url().includes('gallery')).length;
  await eventually(workers).toBe(1);
  const steps = await v.run().number('Steps');
  await v.page.keyboard.press('Escape');
  await eventually(() => dialog(v).count()).toBe(0);
  await eventually(workers).toBe(0);
  await v.run().above('Steps', steps);
  expect(v.complaints).toEqual([]);
});

test('pictures stand still where motion is not wanted', async () => {
  await using v = await visit(served, '', { calm: true });
  await open(v);
  const picture = (): Promise<string> => pictureOf(card(v, 'Pendulum'));
  // A blank canvas of one colour, before and after it has its size, is far smaller as a file than a drawn one.
  await eventually(async () => (await picture()).length).toBeGreaterThan(2500);
  const still = await picture();
  for (let look = 0; look < 10; look++) {
    await v.page.waitForTimeout(100);
    expect(await picture()).toBe(still);
  }
});

test('on a phone, a tap tells about a world and a second starts it; nothing is wider than the screen', async () => {
  await using v = await visit(served, '', { phone: true });
  await v.run().above('Steps', 5);
  await v.button('World').tap();
  await v.button('Browse worlds').tap();
  await card(v, 'Acrobot').tap();
  await eventually(() => dialog(v).getByRole('region', { name: 'About the world' }).innerText()).toMatch(
    /^Acrobot/,
  );
  expect(await dialog(v).evaluate((one) => one.scrollWidth)).toBe(390);
  await card(v, 'Acrobot').tap();
  await eventually(() => v.run().title()).toMatch(/on Acrobot/);
  expect(v.complaints).toEqual([]);
});
