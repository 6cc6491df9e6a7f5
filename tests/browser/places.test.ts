/** What lies where in both rooms: messages cover no control, tiles no other tile, and what belongs in one line is in one. */
import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

/** The controls of the page that a message lies over, by what they are called or say. */
function covered(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const boxes = [...document.querySelectorAll('.notice')].map((each) => each.getBoundingClientRect());
    const controls = [
      ...document.querySelectorAll<HTMLElement>('button, select, input, a, summary, [tabindex]'),
    ];
    const isCovered = (control: HTMLElement): boolean => {
      const { left, right, top, bottom } = control.getBoundingClientRect();
      return boxes.some(
        (box) => left < box.right && right > box.left && top < box.bottom && bottom > box.top,
      );
    };
    return controls
      .filter((control) => !control.closest('.notice') && control.offsetParent && isCovered(control))
      .map((control) => control.getAttribute('aria-label') ?? (control.innerText || control.outerHTML));
  });
}

/** Pairs of elements that overlap by more than a pixel. */
async function overlapping(tiles: Locator): Promise<readonly (readonly [number, number])[]> {
  const boxes = await tiles.evaluateAll((all) =>
    all.map((each) => {
      const { left, right, top, bottom } = each.getBoundingClientRect();
      return { left, right, top, bottom };
    }),
  );
  return boxes.flatMap((a, i) =>
    boxes.flatMap((b, j) =>
      i < j &&
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
        ? [[i, j] as const]
        : [],
    ),
  );
}

const FIT = 'room=classifier&data=iris&model=mlp&model.batchSize=16&paused=1';

test.each([
  ['Train', `${FIT}&seed=-3&hide=sead`],
  ['the playground', 'room=classifier&tab=playground&play.dta=xor&hide=sead'],
  ['the arena', 'world=cart-pole&seed=-3&hide=sead&speed=1'],
  ['two runs side by side', 'world=cart-pole&agent=dqn&b.agent=ppo&seed=-3&b.seed=4&speed=1'],
])('a message covers no control: %s', async (_, link) => {
  await using v = await visit(served, link);
  await v.page.locator('.notice').first().waitFor();
  for (const size of SIZES) {
    await v.page.setViewportSize(size);
    await eventually(() => covered(v.page)).toEqual([]);
  }
});

test('tiles of the playground and of Look inside do not overlap, whichever was opened first', async () => {
  const data = 'data=mnist&data.trainLimit=1000&model.epochs=1';
  await using v = await visit(served, `room=classifier&tab=playground&${data}`);
  const [tiles, looks] = [v.page.locator('.tile'), v.page.locator('.look-tile')];
  for (const tab of ['Playground', 'Look inside', 'Playground']) {
    await v.button(tab).click();
    const shown = tab === 'Playground' ? tiles : looks;
    await eventually(() => shown.count()).toBeGreaterThan(8);
    for (const size of [SIZES[0], SIZES[2]]) {
      await v.page.setViewportSize(size);
      await eventually(() => overlapping(shown)).toEqual([]);
    }
  }
  expect(v.complaints).toEqual([]);
});

test('the numbers of a run are in one line on a wide page, with the values of six actions beside them', async () => {
  await using v = await visit(served, 'world=taxi&speed=64');
  await v.page.setViewportSize(SIZES[0]);
  await v.run().above('Steps', 5);
  await v.page.getByRole('figure', { name: 'Action values' }).waitFor();
  const tops = await v.page
    .locator('.numbers > div')
    .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  expect([tops.length, new Set(tops).size]).toEqual([5, 1]);
});

test('Space opens the tab or the room that has the focus', async () => {
  await using v = await visit(served, FIT);
  const state = v.page.getByRole('status', { name: 'State' });
  await eventually(() => state.innerText()).toBe('Paused');
  await v.button('Draw').focus();
  await v.page.keyboard.press('Space');
  await eventually(() => state.innerText()).toBe('Paused, epoch 0');
  await v.page.getByRole('link', { name: 'Arena' }).focus();
  await v.page.keyboard.press('Space');
  await v.run().above('Steps', 1);
});

test('the bar tells how Train is while a tab with a fit of its own is open, and pauses it', async () => {
  await using v = await visit(served, `${FIT.replace('&paused=1', '')}&model.epochs=100000`);
  await eventually(() => v.page.getByRole('status', { name: 'State' }).innerText()).toBe('Learning');
  await v.button('Playground').click();
  await v.page.getByText(/^Train is learning, epoch [\d.]+$/).waitFor();
  await v.button('Pause training').click();
  await eventually(() => v.button('Pause training').count()).toBe(0);
  await v.button('Train').click();
  await eventually(() => v.page.getByRole('status', { name: 'State' }).innerText()).toBe('Paused');
});

test('what was measured once is a dot on the chart', async () => {
  await using v = await visit(served, `${FIT}&model.validation=0.2`);
  await v.button('One epoch').click();
  const plot = v.page.getByRole('figure', { name: 'Loss' }).getByRole('img');
  await eventually(() => plot.getAttribute('aria-label')).toMatch(/validation [\d.]+/);
  // Pixels in the full colour of what is validated; the mark of a point is nine pixels, and fainter.
  const full = (): Promise<number> =>
    plot.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const token = getComputedStyle(canvas).getPropertyValue('--run-b').trim();
      const colour = [1, 3, 5].map((at) => Number.parseInt(token.slice(at, at + 2), 16));
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let pixels = 0;
      for (let k = 0; k < data.length; k += 4)
        if (data[k + 3] > 200 && colour.every((value, c) => Math.abs(value - data[k + c]) < 16)) pixels++;
      return pixels;
    });
  await eventually(full).toBeGreaterThan(15);
});

test('a room is entered also where the page writes its own address between the click and what follows it', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-learning&seed=3');
  await v.run().above('Steps', 0);
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sarsa');
  await v.page.evaluate(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => document.querySelector<HTMLElement>('nav a[href="#room=classifier"]')?.click();
    port2.postMessage('');
    // The timer of the address is due next, before the page hears of the click's address.
    const end = performance.now() + 1500;
    while (performance.now() < end);
  });
  await v.button('Tour').waitFor();
});
