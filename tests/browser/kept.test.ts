/** What is kept beside the runs on the page: rows of the table of runs, and fits of the classifier's other tabs. */
import { gunzipSync } from 'node:zlib';
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';
import { savedLinks, savedSteps, stored, type SavedLabel } from './stored.ts';

const served = servePage();

const LAKE = 'world=frozen-lake&agent=q-learning&seed=3';

const table = ({ page }: Visit): Locator => page.getByRole('region', { name: 'Runs of this session' });
const rows = async (v: Visit): Promise<readonly string[]> => {
  const names = await table(v)
    .getByRole('textbox', { name: /^Name of/ })
    .all();
  return Promise.all(names.map((name) => name.inputValue()));
};
const verdict = (v: Visit): Promise<string> => v.page.getByRole('status', { name: 'Verdict' }).innerText();
const parts = async (v: Visit): Promise<readonly string[]> =>
  (await stored(v.page, 'parts')).map((each) => (each as { readonly stamp: string }).stamp);

test('a reload brings the table of runs back, with its verdict, and a row of before can be restored', async () => {
  await using v = await visit(served, LAKE);
  await v.run().above('Episodes', 20);
  await v.button('Runs').click();
  const seeds = async (groups: number): Promise<void> => {
    const steps = table(v).getByRole('textbox', { name: 'Steps each' });
    await steps.fill('2000');
    await steps.press('Enter');
    await eventually(() => table(v).getByRole('row').filter({ hasText: 'Done' }).count()).toBe(groups);
  };
  await seeds(1);
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sarsa');
  await v.run().above('Steps', 10);
  await seeds(2);
  const first = table(v).getByRole('textbox', { name: 'Name of Run 1', exact: true });
  await first.fill('Where it began');
  await first.press('Enter');
  await v.page.keyboard.press('Escape');
  await eventually(() => verdict(v)).toContain('5 and 5 seeds');
  const said = await verdict(v);
  const before = await rows(v);
  expect(before).toEqual(['Run 2, 5 seeds', 'Run 2', 'Run 1, 5 seeds', 'Where it began']);
  await eventually(() => parts(v)).toContainEqual(expect.stringContaining('Where it began'));
  await eventually(async () => (await parts(v)).length).toBe(3);
  await v.page.reload();
  await v.run().above('Steps', 10);
  await v.button('Runs').click();
  await eventually(() => rows(v)).toEqual(before);
  await eventually(() => verdict(v)).toBe(said);
  await table(v).getByRole('button', { name: 'Restore the settings of Where it began' }).click();
  await eventually(() => v.hash()).toContain('agent=q-learning');
  await eventually(() => rows(v)).toEqual(['Run 3', ...before]);
  expect(v.complaints).toEqual([]);
});

const epoch = async ({ page }: Visit): Promise<number> =>
  Number((await page.getByRole('status', { name: 'Epoch' }).innerText()).replaceAll(',', ''));

/** Whether a checkpoint that is stored holds this number. */
async function keeps({ page }: Visit, value: number): Promise<boolean> {
  const bytes = Buffer.from(Float32Array.of(value).buffer);
  const files = (await stored(page, 'files')) as readonly Uint8Array[];
  return files.some((file) => gunzipSync(file).includes(bytes));
}

test('the playground is back as it was, weights set by hand included, also from another tab', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&model.epochs=1');
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  await v.button('Playground').click();
  await v.button('Spiral').click();
  await v.button('Step').click();
  await v.button('Step').click();
  await eventually(() => epoch(v)).toBe(2);
  const link = v.page.getByRole('button', { name: /^Weight from X₁ to neuron 1 of layer 1: / });
  await link.focus();
  await v.page.keyboard.press('Enter');
  const field = v.page.getByRole('textbox', { name: 'Weight' });
  await field.fill('-4.5');
  await field.press('Enter');
  const map = (): Promise<string> =>
    v
      .panel('Output')
      .locator('canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  await eventually(() => link.getAttribute('aria-label')).toMatch(/: −?-?4\.5/);
  const shown = await map();
  // It stays while another tab is open.
  await v.button('Train').click();
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  await eventually(async () => {
    const labels = (await stored(v.page, 'labels')) as readonly SavedLabel[];
    return labels.some(({ about }) => about.startsWith('mlp on iris'));
  }).toBe(true);
  await eventually(() => keeps(v, -4.5)).toBe(true);
  expect(await parts(v)).toEqual([expect.stringContaining('"spiral"')]);
  for (const tab of ['Train', 'Playground'] as const) {
    await v.page.reload();
    await v.button(tab).waitFor();
    if (tab === 'Train') await v.page.getByTitle(/^All epochs are over/).waitFor();
    // Long enough for a save of what has not been opened yet.
    await v.page.waitForTimeout(4000);
    await v.button('Playground').click();
    await eventually(() => epoch(v)).toBe(2);
    await eventually(() => link.getAttribute('aria-label')).toMatch(/: −?-?4\.5/);
    await eventually(() => map()).toBe(shown);
  }
  // The fit of the room has waited, too.
  await v.button('Train').click();
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  expect(v.complaints).toEqual([]);
});

test('what was changed right before a reload is back', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&model.epochs=1');
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  for (const epochs of [1, 2, 3]) {
    await v.button('Playground').click();
    await v.button('Step').click();
    await eventually(() => epoch(v)).toBe(epochs);
    // Its file is saved, and then the page is on another tab when it goes.
    await eventually(async () => (await parts(v)).length).toBe(1);
    await v.page.waitForTimeout(8000);
    await v.button('Train').click();
    await v.page.getByTitle(/^All epochs are over/).waitFor();
    await v.page.waitForTimeout(3000);
    await v.button('Playground').click();
    await eventually(() => epoch(v)).toBe(epochs);
    await eventually(() => v.hash()).toContain('tab=playground');
    await v.page.reload();
    await eventually(() => epoch(v)).toBe(epochs);
  }
  expect(v.complaints).toEqual([]);
});

test('what was looked at inside a fit is back with it', async () => {
  await using v = await visit(
    served,
    'room=classifier&tab=inside&data=iris&model=mlp&model.epochs=1&model.learningRate=0.01',
  );
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  await v.button('Loss landscape').click();
  await v.page.getByRole('combobox', { name: 'Points' }).selectOption('9');
  await v.button('Beside: before training').click();
  const maps = v.page.getByRole('img', { name: /^Loss from/ });
  const names = async (): Promise<readonly (string | null)[]> =>
    maps.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
  await eventually(() => maps.count()).toBe(2);
  const shown = await names();
  const kept = async (): Promise<unknown> =>
    (await stored(v.page, 'parts')).map(
      (each) =>
        (each as { value: { state: { values: { landscape: { right: object } } } } }).value.state.values,
    );
  await eventually(() => kept()).toEqual([
    expect.objectContaining({
      landscape: expect.objectContaining({ side: 9, right: expect.objectContaining({ side: 9 }) }),
    }),
  ]);
  await v.page.reload();
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  await eventually(() => names()).toEqual(shown);
  // It goes with the fit as before.
  await v.page.getByRole('button', { name: /^Reset/ }).click();
  await eventually(() => maps.count()).toBeLessThan(2);
  expect(v.complaints).toEqual([]);
});

test('a room that is entered by its name goes on with what was there, also in another tab', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&model.epochs=1');
  await v.page.getByTitle(/^All epochs are over/).waitFor();
  await eventually(() => savedLinks(v.page)).toContainEqual(expect.stringContaining('data=iris'));
  const context = v.page.context();
  await v.page.close();
  const page = await context.newPage();
  await page.goto(`${served.site.url}#room=classifier`);
  await page.getByTitle(/^All epochs are over/).waitFor();
  await eventually(() => page.evaluate(() => location.hash)).toContain('data=iris');
  expect(v.complaints).toEqual([]);
});

test('a link that is pasted into another room opens what it says, although the page was there before', async () => {
  await using v = await visit(served, LAKE);
  await v.run().above('Steps', 10);
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sarsa');
  await eventually(() => v.hash()).toContain('agent=sarsa');
  await eventually(() => savedLinks(v.page)).toContainEqual(expect.stringContaining('agent=sarsa'));
  await v.page.getByRole('link', { name: 'Classifier' }).click();
  await v.button('Tour').waitFor();
  await v.page.evaluate((link) => (location.hash = link), LAKE);
  await eventually(() => v.run().title()).toBe('Q-learning on FrozenLake');
  expect(v.complaints).toEqual([]);
});

test('on the way to another room a run is saved as it is then', async () => {
  await using v = await visit(served, LAKE);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  // The next save by itself comes ten seconds later.
  const before = await v.run().above('Steps', (await savedSteps(v.page)) + 50);
  await v.page.getByRole('link', { name: 'Classifier' }).click();
  await v.button('Tour').waitFor();
  expect(await savedSteps(v.page)).toBeGreaterThanOrEqual(before);
  expect(v.complaints).toEqual([]);
});

test('an address that the classifier does not accept does not stay', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&paused=1');
  await eventually(() => v.hash()).toContain('data=iris');
  const before = await v.hash();
  await v.page.evaluate(() => (location.hash += '&seed=é'));
  await eventually(() => v.hash()).toBe(before);
  expect(v.complaints).toEqual([]);
});
