/** Light and dark: the system's, or the user's choice, in both rooms and in what is drawn on canvases. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const ground = (v: Visit): Promise<string> =>
  v.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const [LIGHT, DARK] = ['rgb(246, 248, 251)', 'rgb(11, 14, 20)'];

/** The colour of most pixels of a chart that belong to its line and labels, by their sum of channels: bright or dark. */
const inkOf = (plot: Locator): Promise<number> =>
  plot
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data = [] } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
      let [sum, count] = [0, 0];
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] > 200) {
          sum += (data[at] + data[at + 1] + data[at + 2]) / 3;
          count++;
        }
      return count === 0 ? NaN : sum / count;
    });

// Iris, since a reload cuts a download off.
test.each(['', 'room=classifier&data=iris&model=mlp'])(
  'the switch goes from auto to light to dark, and is remembered: %s',
  async (link) => {
    await using v = await visit(served, link, { look: 'dark' });
    const theme = (name: string) => v.button(`Theme: ${name}`);
    await theme('as the system').waitFor();
    expect(await ground(v)).toBe(DARK);
    await v.page.emulateMedia({ colorScheme: 'light' });
    await eventually(() => ground(v)).toBe(LIGHT);
    await theme('as the system').click();
    await theme('light').click();
    await theme('dark').waitFor();
    expect(await ground(v)).toBe(DARK);
    await v.page.reload();
    await theme('dark').waitFor();
    expect(await ground(v)).toBe(DARK);
    await theme('dark').click();
    await eventually(() => ground(v)).toBe(LIGHT);
    expect(v.complaints).toEqual([]);
  },
);

test('charts are drawn again in the colours of the look that is chosen', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-learning', { look: 'dark' });
  await v.run().above('Episodes', 3);
  await v.page.keyboard.press('Space');
  // Their labels have the ground of the page behind them, which is no ink.
  await v.page.getByRole('checkbox', { name: 'Baselines' }).uncheck();
  const plot = v.page.getByRole('figure', { name: 'Return per episode' }).getByRole('img');
  await eventually(() => inkOf(plot)).toBeGreaterThan(110);
  await v.button('Theme: as the system').click();
  await eventually(() => inkOf(plot)).toBeLessThan(100);
  expect(v.complaints).toEqual([]);
});
