/** The classifier's playground on the built page in a real Chromium, as a user plays with it. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const open = (settings = '', smooth = false): Promise<Visit> =>
  visit(served, `room=classifier&tab=playground${settings && `&${settings}`}`, { smooth });
const epoch = async ({ page }: Visit): Promise<number> =>
  Number((await page.getByRole('status', { name: 'Epoch' }).innerText()).replaceAll(',', ''));
/** The epoch once it counts no further. */
const rested = async (v: Visit): Promise<number> => {
  let last = NaN;
  await eventually(async () => {
    const before = last;
    last = await epoch(v);
    await v.page.waitForTimeout(300);
    return before === last;
  }).toBe(true);
  return last;
};
/** Of points that are not learned from, in percent. */
const accuracy = async (v: Visit): Promise<number> => {
  const said = await v.panel('Output').getByRole('definition').first().innerText();
  return Number(/(\d+) %$/.exec(said)?.[1]);
};
/** The picture of the large map. */
const map = (v: Visit): Promise<string> =>
  v
    .panel('Output')
    .locator('canvas')
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
const neurons = (v: Visit): Locator => v.page.getByRole('group', { name: /^Neuron \d/ });
const weight = (v: Visit, from: string, to: string): Locator =>
  v.page.getByRole('button', { name: new RegExp(`^Weight from ${from} to ${to}: `) });
/** A point of a link, as a share of its length: the middle of its box may lie on another. */
const pointOf = async (link: Locator, share: number): Promise<readonly [x: number, y: number]> => {
  await link.waitFor({ state: 'attached' });
  return link
    .locator('path')
    .first()
    .evaluate((path, share) => {
      const line = path as SVGPathElement;
      const { x, y } = line.getPointAtLength(share * line.getTotalLength());
      const at = new DOMPoint(x, y).matrixTransform(line.getScreenCTM() ?? undefined);
      return [at.x, at.y] as const;
    }, share);
};
const shown = async (what: Locator): Promise<number> =>
  Number(((await what.getAttribute('aria-label')) ?? '').split(': ')[1]);

test('a user solves the spiral by adding features and neurons', async () => {
  await using v = await open();
  await v.button('Spiral').click();
  for (const feature of ['sin(X₁)', 'sin(X₂)']) await v.button(feature).click();
  for (let k = 0; k < 4; k++) await v.button('Add a neuron to layer 1').click();
  await v.button('Add a hidden layer').click();
  await eventually(() => neurons(v).count()).toBe(8 + 2 + 2);
  await v.button('Remove a hidden layer').click();
  for (let k = 0; k < 2; k++) await v.button('Add a neuron to layer 2').click();
  await v.page.getByLabel('Optimizer').selectOption('adam');
  await v.page.getByLabel('Learning rate').selectOption('0.01');
  await eventually(() => neurons(v).count()).toBe(8 + 4);
  await v.button('Play').click();
  await eventually(() => accuracy(v)).toBeGreaterThanOrEqual(95);
  await v.button('Pause').click();
  const at = await rested(v);
  expect(at).toBeGreaterThan(1);
  await v.button('Step').click();
  await eventually(() => epoch(v)).toBe(at + 1);
  await v.button('Reset').click();
  await eventually(() => epoch(v)).toBe(0);
  await eventually(() => accuracy(v)).toBeLessThan(80);
  expect(v.complaints).toEqual([]);
});

test('a click on a weight or a bias changes it, and the map with it', async () => {
  await using v = await open('play.seed=3');
  const link = weight(v, 'X₁', 'neuron 1 of layer 1');
  const [x, y] = await pointOf(link, 0.3);
  const before = await map(v);
  await v.page.mouse.move(x, y);
  await v.page.getByText('Click to change it').waitFor();
  await v.page.mouse.click(x, y);
  const field = v.page.getByRole('textbox', { name: 'Weight' });
  await field.fill('-4.5');
  await field.press('Enter');
  await eventually(() => shown(link)).toBe(-4.5);
  const between = await map(v);
  expect(between).not.toBe(before);

  const bias = v.page.getByRole('button', { name: /^Bias of the output: / });
  await bias.click();
  await v.page.getByRole('textbox', { name: 'Bias' }).fill('3');
  await v.page.getByRole('textbox', { name: 'Bias' }).press('Enter');
  await eventually(() => shown(bias)).toBe(3);
  expect(await map(v)).not.toBe(between);

  // By keyboard; Escape leaves it as it is.
  await weight(v, 'X₂', 'neuron 4 of layer 1').focus();
  await v.page.keyboard.press('Enter');
  await field.fill('9');
  await field.press('Escape');
  await eventually(() => field.count()).toBe(0);
  expect(await shown(weight(v, 'X₂', 'neuron 4 of layer 1'))).not.toBe(9);
  expect(v.complaints).toEqual([]);
});

test('the pointer on a neuron shows it large; the output can be made discrete', async () => {
  await using v = await open();
  await neurons(v).first().locator('canvas').waitFor();
  const output = await map(v);
  await neurons(v).first().hover();
  await v.panel('Output').getByText('Neuron 1 of layer 1').waitFor();
  expect(await map(v)).not.toBe(output);
  await v.page.mouse.move(5, 5);
  await eventually(() => map(v)).toBe(output);
  await v.page.getByLabel('Discretize output').check();
  await eventually(() => map(v)).not.toBe(output);
  expect(v.complaints).toEqual([]);
});

test('a link holds everything, and a lesson leaves controls out', async () => {
  await using first = await open();
  await first.button('y > f(x)').click();
  const formula = first.page.getByRole('textbox', { name: 'y >' });
  await formula.fill('x^2 / 4 - 3');
  await formula.press('Enter');
  await first.button('Remove a neuron from layer 2').click();
  await first.button('X₁²').click();
  await first.page.getByLabel('Activation').selectOption('relu');
  await first.page.getByLabel('Regularization', { exact: true }).selectOption('l2');
  await first.page.getByLabel('Regularization rate').selectOption('0.003');
  await first.page.getByLabel('Show test data').check();
  await eventually(() => first.hash()).toMatch(/play\.showTest=true/);
  const hash = (await first.hash()).slice(1);

  await using second = await visit(served, `${hash}&hide=noise,optimizer,play`);
  await eventually(() => neurons(second).count()).toBe(4 + 1);
  const { page } = second;
  expect(await page.getByRole('textbox', { name: 'y >' }).inputValue()).toBe('x^2 / 4 - 3');
  expect(await second.button('X₁²').getAttribute('aria-pressed')).toBe('true');
  expect(await page.getByLabel('Activation').inputValue()).toBe('relu');
  expect(await page.getByLabel('Regularization', { exact: true }).inputValue()).toBe('l2');
  expect(await page.getByLabel('Regularization rate').inputValue()).toBe('0.003');
  expect(await page.getByLabel('Show test data').isChecked()).toBe(true);
  expect(await page.getByLabel('Noise').count()).toBe(0);
  expect(await page.getByLabel('Optimizer').count()).toBe(0);
  expect(await second.button('Play').count()).toBe(0);
  expect(await page.getByLabel('Batch size').count()).toBe(1);
  await eventually(() => second.hash()).toBe(`#${hash}&hide=noise%2Coptimizer%2Cplay`);
  expect([...first.complaints, ...second.complaints]).toEqual([]);
});

test('the largest network learns without a long task on the page', async () => {
  await using v = await open(
    'play.data=spiral&play.hidden=8,8,8,8,8,8&play.features=x1,x2,x1Squared,x2Squared,product,sinX1,sinX2',
    true,
  );
  await eventually(() => neurons(v).count()).toBe(48);
  await v.button('Play').click();
  await eventually(() => epoch(v)).toBeGreaterThan(20);
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});
