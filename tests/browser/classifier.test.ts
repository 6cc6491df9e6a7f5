/** What a user does in the classifier's room, done on the built page in a real Chromium: train, look at mistakes, draw. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { colours, eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** The latest number of a curve, as its text alternative says. */
async function latest({ page }: Visit, title: string, part = 'train'): Promise<number> {
  const plot = page.getByRole('figure', { name: title }).getByRole('img');
  const said = (await plot.getAttribute('aria-label')) ?? '';
  return Number(new RegExp(`${part} ([\\d.]+)`).exec(said)?.[1] ?? NaN);
}

/** The number beside a name at the head of the tab. */
async function number({ page }: Visit, name: string): Promise<number> {
  const value = page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .getByRole('definition');
  return Number((await value.innerText()).replace(/ of .*/, '').replaceAll(/[^\d.]/g, ''));
}

const state = ({ page }: Visit): Promise<string> => page.getByRole('status', { name: 'State' }).innerText();

/** Draws on the pad through these places, given as shares of its side. */
async function draw(page: Page, places: readonly (readonly [number, number])[]): Promise<void> {
  const box = await page.getByRole('img', { name: 'Pad: draw a digit' }).boundingBox();
  if (!box) throw new Error('pad: not on the page');
  const move = ([x, y]: readonly [number, number]) =>
    page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 8 });
  await move(places[0]);
  await page.mouse.down();
  for (const place of places.slice(1)) await move(place);
  await page.mouse.up();
}

/** Probabilities in per cent, as the page says them. */
async function probabilities({ page }: Visit): Promise<number[]> {
  const said = await page.getByRole('list', { name: 'Probabilities' }).getByRole('button').allInnerTexts();
  return said.map((text) => Number(/([\d.]+) %/.exec(text)?.[1] ?? NaN));
}

test('MNIST comes from our own server, and a perceptron with a hidden layer learns it', async () => {
  await using v = await visit(served, 'world=cart-pole');
  const requests: string[] = [];
  v.page.context().on('request', (request) => requests.push(request.url()));
  await v.run().above('Steps', 10);
  expect(v.page.workers().map((worker) => worker.url())).toEqual([expect.stringContaining('trainer')]);
  const ofRoom = (): Promise<number> =>
    v.page.evaluate(() => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      return loaded.filter((name) => /\/(room|train)-[^/]*\.(js|css)$/.test(name)).length;
    });
  expect(await ofRoom()).toBe(0);
  await v.page.getByRole('link', { name: 'Classifier' }).click();
  await v.page.getByRole('heading', { name: 'Multilayer perceptron on MNIST' }).waitFor();
  await eventually(() => latest(v, 'Accuracy')).toBeGreaterThan(0.9);
  const pictures = requests.filter((url) => url.includes('train-images'));
  expect(pictures.length).toBeGreaterThan(0);
  expect(requests.filter((url) => !url.startsWith(served.site.url) && !url.startsWith('blob:'))).toEqual([]);
  // The arena came without the room's code, and its worker is gone.
  expect(await ofRoom()).toBeGreaterThan(1);
  expect(v.page.workers().filter((worker) => worker.url().includes('trainer'))).toEqual([]);
  await v.page.getByText('CC BY-SA 3.0').waitFor();

  await v.button('Pause').click();
  await eventually(() => state(v)).toBe('Paused');
  // At rest everything is measured.
  await eventually(() => number(v, 'Test accuracy')).toBeGreaterThan(85);
  const before = await number(v, 'Examples');
  await v.button('Single step').click();
  await eventually(() => number(v, 'Examples')).toBe(before + 128);
  await v.page.keyboard.press('ArrowRight');
  await eventually(() => number(v, 'Examples')).toBe(before + 256);
  expect(await colours(v.page.getByRole('img', { name: /^Weights of 48 of 256 units/ }))).toBeGreaterThan(2);
  const mistakes = v.page.getByRole('list', { name: 'Worst mistakes' }).getByRole('listitem');
  await eventually(() => mistakes.count()).toBe(24);
  await v.page.getByRole('img', { name: /^Expected calibration error/ }).waitFor();
  const cell = v.page.getByRole('table').getByRole('button', { name: /^9 taken for 4: \d+$/ });
  const [, counted] = /: (\d+)$/.exec((await cell.getAttribute('aria-label')) ?? '') ?? [];
  await cell.click();
  const opened = v.page.getByRole('region', { name: '9 taken for 4' }).getByRole('listitem');
  await eventually(() => opened.count()).toBe(Math.min(48, Number(counted)));
  if (Number(counted) > 0) expect(await colours(opened.first().getByRole('img'))).toBeGreaterThan(1);
  await v.page.getByRole('link', { name: 'Arena' }).click();
  await v.run().above('Steps', 10);
  // Leaving a room may cut short the download of the page's icon.
  expect(v.complaints.filter((each) => !each.includes('favicon'))).toEqual([]);
});

test('a digit drawn with the mouse is read, layer by layer, and a link brings back the tab', async () => {
  const link = 'room=classifier&data=mnist&model=lenet&data.trainLimit=2000&model.epochs=1&seed=3';
  await using v = await visit(served, link);
  await eventually(() => state(v)).toBe('Finished');
  await v.button('Draw').click();
  await eventually(() => v.hash()).toContain('tab=draw');
  for (const part of link.split('&')) expect(await v.hash()).toContain(part);
  await draw(v.page, [
    [0.5, 0.15],
    [0.5, 0.85],
  ]);
  await eventually(async () => (await probabilities(v)).reduce((sum, each) => sum + each, 0)).toBeCloseTo(
    100,
    0,
  );
  // A stroke from top to bottom.
  await eventually(async () => (await probabilities(v))[1]).toBeGreaterThan(50);
  const layers = v.page.getByRole('list', { name: 'Layers' });
  expect(await layers.getByRole('heading').allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^1\. conv2d 5×5, relu 24 × 24 × 20$/)]),
  );
  await layers.getByRole('button', { name: 'Feature 1: how a cell is made' }).first().hover();
  const made = v.page.getByRole('region', { name: 'How this cell is made' });
  const sum = await made.locator('.convolution-sum').innerText();
  const [, before, after] = /= ([-\d.e]+) → relu → output ([-\d.e]+)$/.exec(sum) ?? [];
  expect(Math.max(0, Number(before))).toBeCloseTo(Number(after), 2);
  await eventually(() => colours(v.page.getByRole('img', { name: 'Occlusion for 1' }))).toBeGreaterThan(1);

  await v.button('Clear').click();
  await eventually(() => probabilities(v)).toEqual(Array.from({ length: 10 }, () => NaN));
  await v.button('Test picture').click();
  await v.page.getByText(/^Test picture \d+: \d$/).waitFor();
  await eventually(async () => (await probabilities(v)).every((each) => each >= 0)).toBe(true);

  const address = v.page.url();
  await using again = await visit(served, address.split('#')[1]);
  await again.page.getByRole('img', { name: 'Pad: draw a digit' }).waitFor();
  await eventually(() => again.hash()).toBe(await v.hash());
  expect([...v.complaints, ...again.complaints]).toEqual([]);
});

test('training keeps the page free: no task takes over 50 ms of processor time', async () => {
  await using v = await visit(served, 'room=classifier&model=mlp&model.validation=0.1', { smooth: true });
  await eventually(() => latest(v, 'Accuracy')).toBeGreaterThan(0.5);
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('the forms say what is wrong, data of the user wait for their files, and nothing is wider than a phone', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&model.batchSize=16&paused=1');
  await eventually(() => state(v)).toBe('Paused');
  const input = v.panel('Model').getByRole('textbox', { name: 'Learning rate', exact: true });
  await input.fill('seven');
  await input.press('Enter');
  await v.panel('Model').getByRole('alert').filter({ hasText: 'got "seven"' }).waitFor();
  await input.fill('0.02');
  await input.press('Enter');
  await eventually(() => v.page.getByRole('alert').count()).toBe(0);
  await v.page.getByRole('combobox', { name: 'Data set' }).selectOption('csv');
  const rows = Array.from({ length: 60 }, (_, k) => `${k % 7},${k % 5},${k % 7 > 3 ? 'high' : 'low'}`);
  const table = `a,b,kind\n${rows.join('\n')}\n`;
  await v.page
    .getByLabel('Files: a CSV file')
    .setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await v.page.getByRole('heading', { name: /on Table from a file$/ }).waitFor();
  const dataTransfer = await v.page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'dropped.csv'));
    return transfer;
  }, table);
  await v.page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer });
  await v.page.locator('.drop-zone').filter({ hasText: 'dropped.csv' }).waitFor();
  await eventually(() => state(v)).toBe('Paused');
  await v.button('One epoch').click();
  await eventually(() => number(v, 'Epoch')).toBeGreaterThanOrEqual(1);
  await v.page.setViewportSize({ width: 390, height: 800 });
  for (const tab of ['Train', 'Draw', 'Look inside', 'Playground', 'Tour']) {
    await v.button(tab).click();
    await eventually(() =>
      v.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
  }
  expect(v.complaints).toEqual([]);
});
