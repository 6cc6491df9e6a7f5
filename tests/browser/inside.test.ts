/** Look inside, on the built page in a real Chromium: each view of a small model that was trained for a moment. */
import { expect, test } from 'vitest';
import { colours, eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** Opens the tab with MNIST and waits until the fit is over. */
async function inside(model: string): Promise<Visit> {
  const data = 'data=mnist&data.trainLimit=6000';
  const v = await visit(
    served,
    `room=classifier&tab=inside&${data}&model.epochs=1&model.learningRate=0.01&${model}`,
  );
  await eventually(() => v.page.getByTitle(/^All epochs are over/).count()).toBe(1);
  await eventually(() => v.page.getByRole('navigation', { name: 'Views' }).count()).toBe(1);
  return v;
}

const network = (layers: readonly unknown[]): string =>
  `model.network=${encodeURIComponent(JSON.stringify(layers))}`;
const SMALL = `model=mlp&${network([{ kind: 'flatten' }, { kind: 'dense', units: 14, activation: 'relu' }])}`;
const CNN = `model=cnn&${network([
  { kind: 'conv2d', filters: 4, size: 5, stride: 2, activation: 'relu' },
  { kind: 'flatten' },
  { kind: 'dense', units: 16, activation: 'relu' },
])}`;

test('neurons: what every feature likes best, page by page, and one of it large', async () => {
  await using v = await inside(CNN);
  const shown = v.page.getByRole('status', { name: 'What is shown' });
  await v.button('Look again').click();
  await eventually(() => shown.innerText()).toBe('As of epoch 1');
  const feature = v.panel('Feature 2');
  await eventually(() => feature.getByRole('button').count()).toBe(9);
  expect(await v.page.getByRole('region', { name: /^Feature/ }).count()).toBe(4);
  expect(await colours(feature)).toBeGreaterThan(4);
  const strengths = await feature
    .getByRole('button', { name: /^Test picture/ })
    .evaluateAll((all) => all.map((each) => Number(each.getAttribute('aria-label')?.split(': ')[1])));
  expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  await feature.getByRole('button').nth(1).click();
  await eventually(() => v.page.getByText('Activation', { exact: false }).last().innerText()).toContain(
    String(strengths[0]),
  );
  await v.page.getByRole('combobox', { name: 'Layer' }).selectOption({ index: 1 });
  await eventually(() => v.page.getByText('Features 1–12 of 16').count()).toBe(1);
  await v.button('Next features').click();
  await eventually(() => v.page.getByRole('region', { name: /^Feature/ }).count()).toBe(4);
  await eventually(() => v.panel('Feature 16').getByRole('button').count()).toBe(9);
  expect(v.complaints).toEqual([]);
});

test('dropout: two autoencoders learn side by side, and their features differ', async () => {
  await using v = await inside(SMALL);
  await v.button('Dropout').click();
  await v.page.getByRole('combobox', { name: 'Epochs' }).selectOption('1');
  await v.button('Train both').click();
  for (const title of ['Without dropout', 'Dropout 0.5']) {
    const wall = v.page.getByRole('figure', { name: title });
    await eventually(() => wall.getByRole('status').innerText()).toMatch(/^Epoch 1 · test error 0\.\d+$/);
    expect(await colours(wall.getByRole('img'))).toBeGreaterThan(4);
  }
  const errors = await v.page.getByText(/test error/).allInnerTexts();
  expect(new Set(errors).size).toBe(2);
  // Their workers have ended.
  await eventually(() => v.page.workers().length).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('fooling: ε decides, and a twin that is trained against it is harder to fool', async () => {
  await using v = await inside(SMALL);
  await v.button('Fooling').click();
  const epsilon = v.page.getByRole('slider', { name: 'ε' });
  const said = (part: string): Promise<string> => v.panel(part).getByRole('status').innerText();
  await epsilon.fill('0');
  await eventually(() => said('Result')).toBe('Taken for 7');
  await epsilon.fill('0.3');
  await eventually(() => said('Result')).toMatch(/^Fooled: taken for [^7]$/);
  expect(await said('Original')).toBe('Taken for 7');
  await v.button('PGD').click();
  await eventually(() => said('Result')).toMatch(/^Fooled/);
  await v.page.getByRole('checkbox', { name: 'Adversarial training' }).check();
  const figure = v.page.getByRole('figure', { name: 'Accuracy under attack' });
  await eventually(() => figure.getByText('trained against ε 0.15').count()).toBe(1);
  const text = (await figure.getByRole('img').getAttribute('aria-label')) ?? '';
  const [before, after] = text
    .split(';')
    .map((line) => [...line.matchAll(/([\d.]+) % at/g)].map(([, y]) => Number(y)));
  expect([before.length, after.length]).toEqual([13, 13]);
  expect(before[0]).toBeGreaterThan(60);
  expect(before[12]).toBeLessThan(before[0] - 40);
  // At ε = 0.1.
  expect(after[4]).toBeGreaterThan(before[4] + 5);
  await eventually(() => v.page.workers().length).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('fooling works on the digit that was drawn under Draw', async () => {
  await using v = await inside(SMALL);
  await v.button('Fooling').click();
  await eventually(() => v.button('Drawn').isDisabled()).toBe(true);
  await v.button('Draw').click();
  const pad = v.page.getByLabel('Pad: draw a digit');
  const box = await pad.boundingBox();
  if (!box) throw new Error('expected a pad on the page');
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await v.page.mouse.move(...at(0.5, 0.2));
  await v.page.mouse.down();
  await v.page.mouse.move(...at(0.5, 0.8), { steps: 8 });
  await v.page.mouse.up();
  await v.button('Look inside').click();
  await v.button('Drawn').click();
  await eventually(() => v.page.getByText('Your digit').count()).toBe(1);
  const said = (part: string): Promise<string> => v.panel(part).getByRole('status').innerText();
  await v.page.getByRole('slider', { name: 'ε' }).fill('0.3');
  await eventually(() => said('Result')).toMatch(/^Fooled/);
  expect(v.complaints).toEqual([]);
});

test('landscape: trained beside untrained, on one scale', async () => {
  await using v = await inside(SMALL);
  await v.button('Loss landscape').click();
  await v.page.getByRole('combobox', { name: 'Points' }).selectOption('9');
  await v.button('Beside: before training').click();
  const maps = v.page.getByRole('img', { name: /^Loss from/ });
  await eventually(() => maps.count()).toBe(2);
  const [trained, untrained] = await maps.evaluateAll((all) =>
    all.map((each) => Number(/, ([\d.]+) in the middle/.exec(each.getAttribute('aria-label') ?? '')?.[1])),
  );
  expect(untrained).toBeGreaterThan(2);
  expect(trained).toBeLessThan(1);
  expect(await colours(maps.first())).toBeGreaterThan(4);
  await v.button('Beside: with batch normalisation').click();
  await eventually(() =>
    v.page.getByRole('figure', { name: 'With batch normalisation, epoch 1' }).count(),
  ).toBe(1);
  await eventually(() => v.page.workers().length).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('what has nothing to look into says so', async () => {
  await using v = await visit(served, 'room=classifier&tab=inside&data=iris&model=perceptron');
  await eventually(() => v.page.getByText('This view needs pictures').count()).toBe(1);
  await v.button('Loss landscape').click();
  await eventually(() => v.page.getByText('A perceptron has no layers').count()).toBe(1);
  expect(v.complaints).toEqual([]);
});
